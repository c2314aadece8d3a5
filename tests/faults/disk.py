"""A recording layer over the file calls that the library uses, and what it needs to fail them or to die in them.

While a `Disk` is in place, every change of a folder is an `Op` in its trace. Before each call `before` is asked, which
may raise (an OSError: the call fails; `Killed`: the process is gone, and whatever cleans up behind it is not done).
That nothing is overlooked is checked: the trace, played from the beginning, must give the folder that is there.
"""

import builtins
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REAL_OPEN, REAL_WRITE = os.open, os.write


class Killed(BaseException):
    """The process is gone."""


class Op(NamedTuple):
    """One call: a change of the folder, a sync, or a note of the test (`ack`).

    `file` is a number that a file keeps when its names change; `value` an offset, a size or what is noted.
    """

    kind: str
    name: str = ""
    file: int = 0
    value: int = 0
    data: bytes = b""
    other: str = ""


class Raw(io.FileIO):
    """A file as `open` makes it, whose reads and writes are asked for."""

    disk: "Disk"

    def write(self, data: Any) -> int:
        return os.write(self.fileno(), bytes(data))

    def readinto(self, buffer: Any) -> int | None:
        self.disk.before(Op("read"))
        return super().readinto(buffer)


class Disk:
    """The folder, its trace, and the calls that are put in the place of the real ones."""

    def __init__(self, folder: Path, before: Callable[[Op], None] = lambda _op: None) -> None:
        self.folder = folder
        self.ops: list[Op] = []
        self.hook = before
        self.is_dead = False
        self._file_of_descriptor: dict[int, int] = {}
        self._numbers = iter(range(1, 10**9))
        self.start = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        self.start_files = {name: next(self._numbers) for name in self.start}
        self.names = dict(self.start_files)

    def before(self, op: Op) -> None:
        if self.is_dead:
            raise Killed
        try:
            self.hook(op)
        except Killed:
            self.is_dead = True
            raise

    def note(self, what: str, value: int) -> None:
        self.ops.append(Op("ack", what, value=value))

    @contextmanager
    def in_place(self) -> Iterator["Disk"]:
        with pytest.MonkeyPatch.context() as patch:
            for name in ("open", "write", "fsync", "ftruncate", "link", "unlink", "replace"):
                patch.setattr(os, name, getattr(self, f"_{name}"))
            patch.setattr(io, "open", self._io_open)
            patch.setattr(builtins, "open", self._io_open)
            yield self

    def _mine(self, path: Any) -> str:
        """The name in the folder; empty for a path elsewhere."""
        where = Path(os.fspath(path))
        return where.name if where.parent == self.folder else ""

    def _open(self, path: Any, flags: int, mode: int = 0o777) -> int:
        name = self._mine(path)
        is_new = bool(name) and bool(flags & os.O_CREAT) and not os.path.lexists(path)
        if name or Path(path) == self.folder:
            self.before(Op("create" if is_new else "open", name))
        descriptor = REAL_OPEN(path, flags, mode)
        if is_new:
            self.names[name] = next(self._numbers)
            self.ops.append(Op("create", name, self.names[name]))
        elif name and flags & os.O_TRUNC:
            self.ops.append(Op("truncate", file=self.names[name]))
        self._file_of_descriptor[descriptor] = 0 if Path(path) == self.folder else self.names.get(name, -1)
        return descriptor

    def _io_open(self, file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any) -> Any:
        is_ours = isinstance(file, int) or self._mine(file)
        if not is_ours or "b" not in mode:
            return REAL_IO_OPEN(file, mode, buffering, *rest, **named)
        opener = named.get("opener") or (lambda name, flags: os.open(name, flags, 0o666))
        raw = Raw(
            file, mode.replace("b", ""), named.get("closefd", True), opener=None if isinstance(file, int) else opener
        )
        raw.disk = self
        if "+" in mode:
            return io.BufferedRandom(raw)
        return io.BufferedReader(raw) if mode == "rb" else io.BufferedWriter(raw)

    def _write(self, descriptor: int, data: bytes) -> int:
        file = self._file_of_descriptor.get(descriptor, -1)
        if file <= 0:
            return REAL_WRITE(descriptor, data)
        appends = REAL["get_flags"](descriptor) & os.O_APPEND
        offset = os.fstat(descriptor).st_size if appends else os.lseek(descriptor, 0, os.SEEK_CUR)
        op = Op("write", file=file, value=offset, data=bytes(data))
        try:
            self.before(op)
        except ShortWrite as short:
            op = op._replace(data=op.data[: len(op.data) // 2])
            self.is_dead = short.is_last
        self.ops.append(op)
        count = REAL_WRITE(descriptor, op.data)
        if self.is_dead:
            raise Killed
        return count

    def _fsync(self, descriptor: int) -> None:
        file = self._file_of_descriptor[descriptor]
        self._do(Op("sync" if file else "sync_folder", file=file), REAL["fsync"], descriptor)

    def _ftruncate(self, descriptor: int, size: int) -> None:
        op = Op("truncate", file=self._file_of_descriptor[descriptor], value=size)
        self._do(op, REAL["ftruncate"], descriptor, size)

    def _link(self, source: Any, target: Any) -> None:
        file = self.names[self._mine(source)]
        self._do(Op("link", self._mine(target), file), REAL["link"], source, target)
        self.names[self._mine(target)] = file

    def _replace(self, source: Any, target: Any) -> None:
        file = self.names[self._mine(source)]
        self._do(Op("rename", self._mine(target), file, other=self._mine(source)), REAL["replace"], source, target)
        self.names[self._mine(target)] = self.names.pop(self._mine(source))

    def _unlink(self, path: Any) -> None:
        if not os.path.lexists(path):
            raise FileNotFoundError(path)
        self._do(Op("unlink", self._mine(path)), REAL["unlink"], path)
        self.names.pop(self._mine(path))

    def _do(self, op: Op, real: Callable[..., Any], *arguments: Any) -> None:
        self.before(op)
        real(*arguments)
        self.ops.append(op)


class ShortWrite(Exception):  # noqa: N818 - no error: the call writes a half, and says so
    """Only a half is written; where it is the last call, the process is gone then."""

    def __init__(self, *, is_last: bool = False) -> None:
        super().__init__()
        self.is_last = is_last


def _flags(descriptor: int) -> int:
    return fcntl.fcntl(descriptor, fcntl.F_GETFL)


REAL: dict[str, Callable[..., Any]] = {
    "fsync": os.fsync,
    "ftruncate": os.ftruncate,
    "link": os.link,
    "replace": os.replace,
    "unlink": os.unlink,
    "get_flags": _flags,
}
REAL_IO_OPEN: Callable[..., Any] = io.open
