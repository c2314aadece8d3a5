"""Real processes that behave badly: nothing blocks the judge, nothing fills its memory, nothing is left behind."""

import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from calybris_conformance.strict_json import LINE_LIMIT
from calybris_conformance.transport import (
    STDERR_LIMIT,
    Interrupted,
    LineTooLong,
    Port,
    PortEnded,
    PortSilent,
    StartError,
)

BYE = b'{"type":"bye"}\n'


def python(code: str) -> list[str]:
    return [sys.executable, "-ISc", f"import os, signal, sys, time\n{code}"]


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody has reaped does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    deadline = soon(seconds)
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_lines_go_there_and_back() -> None:
    with Port(python("for line in sys.stdin.buffer: os.write(1, line.upper())")) as port:
        port.send(b"one\n")
        port.send("zwei é\n".encode())
        assert port.receive(soon()) == b"ONE"
        assert port.receive(soon()) == "ZWEI é".encode()
        assert port.finish(b"bye\n") == "The port wrote another line after its last answer: b'BYE'."


def test_a_port_that_leaves_after_bye_is_well() -> None:
    with Port(python("sys.stdin.buffer.readline()")) as port:
        assert port.finish(BYE) is None


def test_a_port_that_leaves_at_the_end_of_input_is_well() -> None:
    with Port(python("sys.stdin.buffer.read()")) as port:
        assert port.finish(BYE) is None


@pytest.mark.parametrize("code", ["time.sleep(60)", "os.close(1); time.sleep(60)"])
def test_a_port_that_stays_is_killed_and_told_on(code: str) -> None:
    with Port(python(code)) as port:
        started = time.monotonic()
        assert port.finish(BYE, seconds=0.3) == "The port did not exit within 0.3 s of bye."
        assert time.monotonic() - started < 2
        assert not is_alive(port.pid)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/no/such/port"], "'/no/such/port' cannot be started: No such file or directory"),
        ([str(Path(__file__))], "cannot be started: Permission denied"),
        (["a\0b"], "cannot be started: embedded null byte"),
        ([str(Path(__file__).parent)], "cannot be started: Permission denied"),
    ],
)
def test_a_command_that_cannot_be_started_is_one_sentence(command: list[str], words: str) -> None:
    with pytest.raises(StartError) as caught:
        Port(command)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "it exited with status 0"),
        ("os._exit(7)", "it exited with status 7"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "it was ended by SIGSEGV"),
        ("os.kill(os.getpid(), 40)", "it was ended by signal 40"),
        ("os.write(1, b'{'); os._exit(0)", "it exited with status 0; its last line has no newline"),
        ("os.close(1); time.sleep(60)", "it closed its stdout and went on running"),
    ],
)
def test_how_a_port_ended_is_told(code: str, words: str) -> None:
    with Port(python(code)) as port, pytest.raises(PortEnded) as caught:
        port.receive(soon())
    assert str(caught.value) == words


def test_silence_ends_at_the_deadline() -> None:
    with Port(python("time.sleep(60)")) as port:
        started = time.monotonic()
        with pytest.raises(PortSilent):
            port.receive(soon(0.3))
        assert 0.3 <= time.monotonic() - started < 1.5


def test_lines_before_the_end_are_not_lost() -> None:
    with Port(python("os.write(1, b'1\\n2\\n3\\n')")) as port:
        time.sleep(0.3)
        assert [port.receive(soon()) for _ in range(3)] == [b"1", b"2", b"3"]
        for _ in range(2):  # the end stays the end
            with pytest.raises(PortEnded):
                port.receive(soon())


def test_a_hundred_megabytes_without_newline_are_cut_off() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    flood = "chunk = b'x' * 65536\nfor _ in range(1600): os.write(1, chunk)\ntime.sleep(60)"
    with Port(python(flood)) as port, pytest.raises(LineTooLong, match="more than 16,777,216 bytes"):
        port.receive(soon(20))
    assert not is_alive(port.pid)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024, f"{grown} KiB"


def test_the_longest_line_is_read_whole() -> None:
    line = f"os.write(1, b'') or sys.stdout.buffer.write(b'x' * {LINE_LIMIT} + b'\\n')"
    with Port(python(line)) as port:
        assert len(port.receive(soon(20))) == LINE_LIMIT


def test_a_flood_of_lines_waits_for_the_judge() -> None:
    """A port that writes without end fills the pipe and waits; what the judge holds stays bounded."""
    flood = "chunk = (b'x' * 1023 + b'\\n') * 64\nwhile True: os.write(1, chunk)"
    with Port(python(flood)) as port:
        assert port.receive(soon()) == b"x" * 1023
        held = port._inbox
        assert wait_until(lambda: held._bytes > 32 * 1024 * 1024, 20)
        time.sleep(0.2)
        assert held._bytes < 34 * 1024 * 1024
        assert port.receive(soon()) == b"x" * 1023
    assert not is_alive(port.pid)


def test_a_port_that_never_reads_does_not_block_the_judge() -> None:
    with Port(python("time.sleep(60)")) as port:
        started = time.monotonic()
        for _ in range(40):
            port.send(b"x" * 1_000_000 + b"\n")
        with pytest.raises(PortSilent):
            port.receive(soon(0.2))
        assert time.monotonic() - started < 2


def test_the_end_of_stderr_is_kept() -> None:
    noise = "sys.stderr.write('a' * 1_000_000 + 'the end \\xff é'); sys.stderr.flush(); os.write(1, b'x\\n')"
    with Port(python(noise)) as port:
        port.receive(soon())
        port.kill()
        kept = port.take_stderr()
        assert kept.endswith("the end ÿ é")
        assert len(kept.encode()) == STDERR_LIMIT
        assert port.take_stderr() == ""


def test_stderr_that_is_not_utf_8_is_shown_anyway() -> None:
    with Port(python("os.write(2, b'\\xff!')")) as port:
        with pytest.raises(PortEnded):
            port.receive(soon())
        port.kill()
        assert port.take_stderr() == "\ufffd!"


@pytest.mark.parametrize("leader", ["time.sleep(60)", "os._exit(0)"], ids=["leader runs", "leader is gone"])
def test_the_whole_group_is_killed(leader: str, tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = f"""
import subprocess
child = subprocess.Popen([sys.executable, "-ISc", "import time; time.sleep(60)"])
open({str(note)!r}, "w").write(str(child.pid))
os.write(1, b"x\\n")
{leader}
"""
    with Port(python(code)) as port:
        port.receive(soon())
        child = int(note.read_text())
        assert is_alive(child)
        if "_exit" in leader:
            assert wait_until(lambda: not is_alive(port.pid))
    assert not is_alive(port.pid)
    assert wait_until(lambda: not is_alive(child))


def test_an_exception_leaves_nothing_behind() -> None:
    with pytest.raises(KeyboardInterrupt), Port(python("time.sleep(60)")) as port:
        raise KeyboardInterrupt
    assert not is_alive(port.pid)
    port.kill()  # once more does no harm


def test_a_wait_ends_when_the_judge_is_told_to_stop() -> None:
    stop = threading.Event()
    with Port(python("time.sleep(60)"), stop) as port:
        threading.Timer(0.2, stop.set).start()
        started = time.monotonic()
        with pytest.raises(Interrupted):
            port.receive(soon(30))
        assert time.monotonic() - started < 2


def test_nothing_stays_open() -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count is all
    threads = threading.active_count()
    for _ in range(5):
        with Port(python("sys.stdin.buffer.readline()")) as port:
            port.finish(BYE)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - a count is all
    assert threading.active_count() == threads
