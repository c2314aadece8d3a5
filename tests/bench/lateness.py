"""How late an event loop runs while a log is written from it: in figures of milliseconds, not as a ratio.

A coroutine asks to be woken every millisecond and notes by how much each time is missed. Meanwhile 16 others append and
sync, once with the writer for loops, once with the ordinary writer called from the loop, once not at all.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

from calybris_ref import AsyncWalWriter, WalWriter

_TASKS = 16
_APPENDS_PER_TASK = 60
_TICK_SECONDS = 0.001
_PAYLOAD = {"note": "x" * 600}

Row = tuple[str, float, float, float]
"""What was done, then the median, the 99th percentile and the maximum of the lateness in milliseconds."""


def lateness() -> list[Row]:
    """One row for each way of writing."""
    with tempfile.TemporaryDirectory(prefix="calybris-bench-") as folder:
        return [
            asyncio.run(_measured("nothing written", _idle)),
            asyncio.run(_measured("AsyncWalWriter, every append synced", _for_loops(Path(folder) / "loop"))),
            asyncio.run(_measured("WalWriter called from the loop, the same", _blocking(Path(folder) / "blocking"))),
        ]


async def _idle() -> None:
    await asyncio.sleep(1)


def _for_loops(path: Path) -> Callable[[], Awaitable[None]]:
    async def write() -> None:
        async with await AsyncWalWriter.open(path, sync_on_append=True) as writer:

            async def task() -> None:
                for _ in range(_APPENDS_PER_TASK):
                    await writer.append(_PAYLOAD)

            await asyncio.gather(*[task() for _ in range(_TASKS)])

    return write


def _blocking(path: Path) -> Callable[[], Awaitable[None]]:
    async def write() -> None:
        with WalWriter.open(path, sync_on_append=True) as writer:

            async def task() -> None:
                for _ in range(_APPENDS_PER_TASK):
                    writer.append(_PAYLOAD)
                    await asyncio.sleep(0)

            await asyncio.gather(*[task() for _ in range(_TASKS)])

    return write


async def _measured(name: str, write: Callable[[], Awaitable[None]]) -> Row:
    late: list[float] = []

    async def tick() -> None:
        while True:
            asked = perf_counter() + _TICK_SECONDS
            await asyncio.sleep(_TICK_SECONDS)
            late.append((perf_counter() - asked) * 1e3)

    ticking = asyncio.create_task(tick())
    await write()
    ticking.cancel()
    late.sort()
    return name, late[len(late) // 2], late[len(late) * 99 // 100], late[-1]
