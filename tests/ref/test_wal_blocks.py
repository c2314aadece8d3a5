"""calybris_ref.wal_blocks: blocks of lines, verified at once or line by line, with the same verdict (LOG-3, LOG-4)."""

import io
import random
import subprocess
import sys

import pytest

from calybris_ref import WalAnchor, WalError, WalHead, verify_log, wal_blocks
from calybris_ref.wal_blocks import VerifiedBlock, blocks_of, file_blocks, verified_blocks, verify_blocks
from calybris_ref.wal_chain import BEGINNING, lines_of, verified_entries
from calybris_ref.wal_line import MAX_LINE_BYTES
from tests.support.logs import KEY, last_hash, line, log
from tests.support.verdicts import line_by_line, verdict

PAYLOADS = (b"null", b'{"a": [1.5, -0, "\\u00e9"]}', '"é"'.encode(), b"[1]", b"{}", b"7")
LOG = log(*PAYLOADS)


@pytest.fixture(autouse=True)
def blocks_of_three_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wal_blocks, "BLOCK_BYTES", 600)
    monkeypatch.setattr(wal_blocks, "_SMALLEST_BLOCK_BYTES", 0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[WalHead | None]:
    """What the quick way answered."""
    from calybris_ref.wal_plain import head_behind

    answers: list[WalHead | None] = []

    def noted(block: bytes, head: WalHead, key: bytes | None) -> WalHead | None:
        answers.append(head_behind(block, head, key))
        return answers[-1]

    monkeypatch.setattr(wal_blocks, "_quick", lambda: noted)
    return answers


@pytest.mark.parametrize("key", [None, KEY])
def test_a_log_is_read_in_blocks_of_whole_lines(key: bytes | None) -> None:
    whole = log(*PAYLOADS, key=key)
    blocks = list(blocks_of(whole))
    assert b"".join(blocks) == whole
    assert 1 < len(blocks) < len(PAYLOADS)
    assert all(block.endswith(b"\n") for block in blocks)
    assert list(file_blocks(io.BytesIO(whole))) == blocks
    assert list(file_blocks(io.BytesIO(whole[:-1]))) == [*blocks[:-1], blocks[-1][:-1]]
    verified = list(verified_blocks(blocks, key))
    assert [block.lines for block in verified] == blocks
    assert [placed for block in verified for placed in block.entries()] == list(verified_entries(lines_of(whole), key))
    assert verified[-1].end == (len(PAYLOADS), len(whole), WalHead(len(PAYLOADS), last_hash(*PAYLOADS, key=key)))


def test_a_plain_log_is_verified_at_once(asked: list[WalHead | None]) -> None:
    assert verify_log(LOG) == WalHead(len(PAYLOADS), last_hash(*PAYLOADS))
    assert asked
    assert None not in asked


def test_what_holds_in_front_of_a_fault_is_given_before_it() -> None:
    damaged = LOG.replace(b"[1]", b"[2]")
    found: list[VerifiedBlock] = []
    with pytest.raises(WalError) as caught:
        found.extend(verified_blocks(blocks_of(damaged)))
    assert caught.value.line == 3
    assert found[-1].end == (3, len(b"".join(LOG.splitlines(keepends=True)[:3])), WalHead(3, last_hash(*PAYLOADS[:3])))


def test_the_small_is_not_worth_the_quick_way(monkeypatch: pytest.MonkeyPatch, asked: list[WalHead | None]) -> None:
    monkeypatch.setattr(wal_blocks, "_SMALLEST_BLOCK_BYTES", len(LOG) + 1)
    assert verify_log(LOG).sequence == len(PAYLOADS)
    assert asked == []


def test_without_its_package_everything_is_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "calybris_ref.wal_plain", raising=False)
    monkeypatch.setitem(sys.modules, "msgspec", None)
    wal_blocks._quick.cache_clear()
    try:
        assert wal_blocks._quick() is None
        assert verify_log(LOG) == WalHead(len(PAYLOADS), last_hash(*PAYLOADS))
    finally:
        wal_blocks._quick.cache_clear()


def test_an_anchor_is_asked_about_its_schema_first() -> None:
    with pytest.raises(WalError) as caught:
        verify_blocks([b"not read"], anchor=WalAnchor("x", 0, "genesis", False))
    assert caught.value.code == "LOG_ANCHOR_SCHEMA_UNKNOWN"


# ---- the same verdict, whatever is done to a log


@pytest.mark.parametrize("key", [None, KEY])
def test_damage_at_every_byte(key: bytes | None) -> None:
    whole = log(*PAYLOADS[:4], key=key)
    for at in range(len(whole)):
        for other in (b"", b'"', b"\n", b" ", b"\\", b"\xff", b"0", bytes([whole[at] ^ 1]), whole[at : at + 1] * 2):
            damaged = whole[:at] + other + whole[at + 1 :]
            assert verdict(lambda: verify_log(damaged, key)) == line_by_line(damaged, key), (at, other)  # noqa: B023 - asked at once


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        LOG.replace(b"\n", b"\r\n"),
        LOG.replace(b"\n", b"\n\n"),
        LOG.replace(b"\n", b" \n"),
        LOG + b" \t\r\x0c\n\n",
        b"\n" + LOG,
        b"\xef\xbb\xbf" + LOG,
        LOG.replace(b'"sequence":1', b'"sequence":1.0'),
        LOG.replace(b'"sequence":1', b'"sequence":1e0'),
        LOG.replace(b'"sequence":1', b'"sequence":-1'),
        LOG.replace(b'"sequence":1', b'"sequence":01'),
        LOG.replace(b'"sequence":1', b'"sequence":true'),
        LOG.replace(b'"sequence":1', b'"sequ\\u0065nce":1'),
        LOG.replace(b'"genesis"', b'"gen\\u0065sis"'),
        LOG.replace(b'"genesis"', b'"\\ud800"'),
        LOG.replace(b'{"sequence":1', b'{"extra":1,"sequence":1'),
        LOG.replace(b'{"sequence":1', b'{"sequence":1,"sequence":1'),
        LOG.replace(b'"data":null', b'"data":null,"data":null'),
        LOG.replace(b'"data":null', b'"data":NaN'),
        LOG.replace(b"null}\n", b"null}"),
        LOG.replace(b"null}\n", b"null}{}\n"),
        log(b"[" * 5_000 + b"]" * 5_000),
        log(b'"\\ud800"'),
        log(b'"\xff"'),
        log(b'"\x01"'),
        log(b"9" * 5_000, b"1e400"),
        log(b'{"a":1,"a":2}'),
        log(b"nul"),
        log(b'1,"x":2'),
        line(2**64 - 1, "genesis", b"1"),
        line(1, "genesis", b"1") + line(2, "a\nb", b"1"),
        log(*[b"1"] * 40) + b"x",
    ],
)
def test_odd_logs(odd: bytes) -> None:
    assert verdict(lambda: verify_log(odd)) == line_by_line(odd)
    assert verdict(lambda: verify_log(odd[:-1])) == line_by_line(odd[:-1])


@pytest.mark.parametrize("length", [MAX_LINE_BYTES, MAX_LINE_BYTES + 1, 2 * MAX_LINE_BYTES])
def test_huge_lines(length: int) -> None:
    shell = len(line(1, "genesis", b'""'))
    huge = line(1, "genesis", b'"' + b"x" * (length - shell) + b'"') + b"\n"
    assert verdict(lambda: verify_log(huge)) == line_by_line(huge)
    assert verdict(lambda: verify_blocks(file_blocks(io.BytesIO(huge)))) == line_by_line(huge)


@pytest.mark.parametrize("seed", range(300))
def test_lines_in_any_order(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a test that can be repeated
    lines = LOG.splitlines(keepends=True)
    chosen = [lines[place] for place in sorted(rng.choices(range(len(lines)), k=rng.randrange(8)))]
    if rng.random() < 0.3:
        rng.shuffle(chosen)
    shuffled = b"".join(chosen)
    assert verdict(lambda: verify_log(shuffled)) == line_by_line(shuffled)


def test_a_chain_goes_on_from_any_head() -> None:
    first, rest = LOG.splitlines(keepends=True)[0], b"".join(LOG.splitlines(keepends=True)[1:])
    start = BEGINNING._replace(line=1, offset=len(first), head=WalHead(1, last_hash(PAYLOADS[0])))
    *_, last = verified_blocks(blocks_of(rest), start=start)
    assert last.end == (len(PAYLOADS), len(LOG), WalHead(len(PAYLOADS), last_hash(*PAYLOADS)))
    *_, placed = last.entries()
    assert (placed.line, placed.entry.sequence) == (len(PAYLOADS) - 1, len(PAYLOADS))


def test_the_last_sequence_that_there_can_be() -> None:
    start = BEGINNING._replace(head=WalHead(2**64 - 2, "x"))
    last = line(2**64 - 1, "x", b"1")
    (block,) = verified_blocks([last], start=start)
    assert block.end.head.sequence == 2**64 - 1
    behind = line(2**64, last_hash(), b"1")
    found = verdict(lambda: list(verified_blocks([behind], start=start._replace(head=WalHead(2**64 - 1, "genesis")))))
    assert found[0].__name__ == "WalJsonError"


def test_nothing_of_an_extra_is_loaded_before_it_pays() -> None:
    code = (
        "import sys, calybris_ref, calybris_ref.cli.wal, calybris_ref.wal_segments;"
        "calybris_ref.verify_log(b''); calybris_ref.replay_log(b'', []);"
        "print([*{'msgspec', 'numpy', 'numba', 'distributed', 'multiprocessing'}.intersection(sys.modules)])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
