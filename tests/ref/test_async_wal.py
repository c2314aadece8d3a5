"""calybris_ref.async_wal: the same log from an event loop (LOG-8, LOG-9, LOG-12)."""

import asyncio
import errno
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import (
    AnchorMismatch,
    AsyncWalWriter,
    AuditFailed,
    ChainBroken,
    KeyTooShort,
    PayloadError,
    WalAnchor,
    WalEntry,
    WalHead,
    WalPoisoned,
    WriterActive,
    WriterClosed,
    async_wal,
    audit_bundle,
    verify_async_wal,
    verify_wal,
)
from tests.support.logs import DECISION, KEY, POLICY, REQUEST, compact, log, record, refusal
from tests.support.records import request

OTHER = POLICY.prescribe(request(request_sequence=1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often the disk was written to and synced."""
    counts = {"write": 0, "fsync": 0}

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any) -> Any:
            counts[name] += 1
            assert threading.current_thread() is not threading.main_thread()
            return real(*arguments)

        return call

    for name in counts:
        monkeypatch.setattr(os, name, counted(name))
    return counts


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(), timeout=30)

    asyncio.run(main())


def test_the_log_is_the_same(path: Path) -> None:
    async def work() -> None:
        async with await AsyncWalWriter.open(path) as writer:
            assert (writer.sequence, writer.entry_count, writer.last_hash) == (0, 0, "genesis")
            await writer.append(1)
            await writer.append_verified_audited(POLICY, REQUEST, DECISION, "m")
            entry = await writer.append_audited(audit_bundle(POLICY, REQUEST, OTHER), REQUEST, OTHER)
            assert (writer.sequence, writer.entry_count, writer.last_hash) == (3, 3, entry.entry_hash)
            assert await writer.validate_chain() == entry.head
            await writer.flush()
            await writer.sync()
            await writer.flush_and_sync()
            assert await writer.anchor() == WalAnchor.of(entry.head, keyed=False)
            assert await verify_async_wal(path) == entry.head

    run(work)
    third = compact(
        record(
            audit=audit_bundle(POLICY, REQUEST, OTHER).to_dict(),
            decision=OTHER.to_dict(),
        )
    )
    assert path.read_bytes() == log(b"1", compact(record(metadata="m")), third)


def test_refusals_are_the_same(path: Path) -> None:
    async def work() -> None:
        path.write_bytes(log(b"1", key=KEY))
        with pytest.raises(KeyTooShort):
            await AsyncWalWriter.open_keyed(path, KEY[1:])
        with pytest.raises(ChainBroken):
            await AsyncWalWriter.open(path)
        with pytest.raises(AnchorMismatch):
            await verify_async_wal(path, KEY, WalAnchor.of(WalHead(0, "genesis"), keyed=True))
        async with await AsyncWalWriter.open_keyed(path, KEY) as writer:
            with pytest.raises(WriterActive):
                await AsyncWalWriter.open_keyed(path, KEY)
            with pytest.raises(AuditFailed):
                await writer.append_verified_audited(POLICY, REQUEST, OTHER)
            with pytest.raises(PayloadError) as caught:
                await writer.append([1.5])
            assert refusal(caught) == ("LOG_PAYLOAD_FLOAT", "data[0]")
            assert writer.sequence == 1

    run(work)


def test_appends_that_wait_together_share_a_write_and_a_sync(path: Path, calls: dict[str, int]) -> None:
    async def work() -> None:
        async with await AsyncWalWriter.open(path, sync_on_append=True) as writer:
            calls["fsync"] = 0  # that of the folder
            entries = await asyncio.gather(*(writer.append(number) for number in range(1_000)))
            assert [entry.sequence for entry in entries] == list(range(1, 1_001))
            assert [entry.data for entry in entries] == [b"%d" % number for number in range(1_000)]
            assert calls["write"] == calls["fsync"] <= 3

    run(work)
    assert verify_wal(path).sequence == 1_000


def test_a_group_is_no_longer_than_what_is_written_at_once(
    path: Path, calls: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_wal, "_GROUP_BYTES", 10)

    async def work() -> None:
        async with await AsyncWalWriter.open(path) as writer:
            await asyncio.gather(*(writer.append("12345678") for _ in range(7)))
            assert calls["write"] == 7

    run(work)


def test_one_refused_payload_keeps_none_of_the_others_back(path: Path) -> None:
    class Broken(dict[str, int]):
        def items(self) -> Any:
            raise ZeroDivisionError

    async def work() -> None:
        async with await AsyncWalWriter.open(path) as writer:
            payloads: list[Any] = [1, 1.5, 2, Broken(), 3]
            answers = await asyncio.gather(*map(writer.append, payloads), return_exceptions=True)
            assert [type(answer) for answer in answers] == [
                WalEntry,
                PayloadError,
                WalEntry,
                ZeroDivisionError,
                WalEntry,
            ]

    run(work)
    assert path.read_bytes() == log(b"1", b"2", b"3")


def test_a_group_that_cannot_be_written_fails_as_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> Any:
        raise OSError(errno.ENOSPC, "full")

    async def work() -> None:
        async with await AsyncWalWriter.open(path) as writer:
            await writer.append(0)
            with monkeypatch.context() as faulty:
                faulty.setattr(os, "write", fail)
                answers = await asyncio.gather(*map(writer.append, range(5)), return_exceptions=True)
            assert [type(answer) for answer in answers] == [WalPoisoned] * 5
            assert writer.sequence == 1
            with pytest.raises(WalPoisoned):
                await writer.append(1)
            with pytest.raises(WalPoisoned):
                await writer.sync()

    run(work)
    assert path.read_bytes() == log(b"0")


def test_the_loop_goes_on_while_the_disk_is_slow(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = threading.Event()
    real = os.write

    def write(file: int, data: bytes) -> int:
        assert slow.wait(30)
        return real(file, data)

    async def work() -> None:
        async with await AsyncWalWriter.open(path) as writer:
            monkeypatch.setattr(os, "write", write)
            first = asyncio.create_task(writer.append(1))
            await asyncio.sleep(0.05)
            given_up = asyncio.create_task(writer.append(2))
            later = asyncio.create_task(writer.append(3))
            flushed = asyncio.create_task(writer.flush())
            await asyncio.sleep(0.05)
            given_up.cancel()
            assert not first.done()
            slow.set()
            assert [(await first).sequence, (await later).sequence] == [1, 3], (
                "what is given up is written all the same"
            )
            await flushed
            assert given_up.cancelled()

    run(work)


def test_closing_waits_for_what_was_asked_for(path: Path) -> None:
    async def work() -> None:
        writer = await AsyncWalWriter.open(path)
        waiting = [asyncio.create_task(writer.append(number)) for number in range(10)]
        await asyncio.sleep(0)
        await writer.close()
        assert [(await task).sequence for task in waiting] == list(range(1, 11))
        await writer.close()
        for call in (lambda: writer.append(1), writer.sync, writer.flush, writer.anchor, writer.validate_chain):
            with pytest.raises(WriterClosed) as caught:
                await call()
            assert refusal(caught) == ("LOG_WRITER_CLOSED", "log")
        async with await AsyncWalWriter.open(path) as again:
            assert again.sequence == 10

    run(work)


@pytest.mark.parametrize("begun", [False, True])
def test_nobody_waits_for_ever_when_the_loop_is_taken_down(path: Path, begun: bool) -> None:
    async def work() -> None:
        writer = await AsyncWalWriter.open(path)
        waiting = [asyncio.create_task(writer.append(number)) for number in range(3)]
        await asyncio.sleep(0)
        if begun:
            await asyncio.sleep(0)
        assert writer._committing is not None
        writer._committing.cancel()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)
        await writer.append("goes on")
        await writer.close()

    run(work)


def test_whatever_goes_wrong_is_told_to_those_who_wait(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise MemoryError

    async def work() -> None:
        async with await AsyncWalWriter.open(path) as writer:
            with monkeypatch.context() as faulty:
                faulty.setattr(async_wal, "_written", fail)
                answers = await asyncio.gather(*map(writer.append, range(2)), return_exceptions=True)
            assert [type(answer) for answer in answers] == [MemoryError, MemoryError]
            assert (await writer.append(1)).sequence == 1

    run(work)
