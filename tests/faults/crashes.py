"""What a disk may hold after a crash of the machine, from a trace of file calls (as ALICE and CrashMonkey do).

What was written to a file since it was last synced may be there or not, each write on its own, whole, torn at any byte,
or with zeros behind the tear. What was done to names since the folder was last synced may be done or not, each on its
own. A sync of a file says nothing of its name.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from tests.faults.disk import Disk, Op

Files = dict[str, bytes]


class Kept:
    """What is on the disk for certain after some calls, and what may be."""

    def __init__(self, disk: Disk, count: int) -> None:
        self.names = dict(disk.start_files)
        self.content = {disk.start_files[name]: data for name, data in disk.start.items()}
        self.name_ops: list[Op] = []
        self.data_ops: dict[int, list[Op]] = {}
        self.noted: dict[str, int] = {}
        for op in disk.ops[:count]:
            self._take(op)

    def _take(self, op: Op) -> None:
        match op.kind:
            case "ack":
                self.noted[op.name] = op.value
            case "sync":
                ops = self.data_ops.pop(op.file, [])
                self.content[op.file] = written(self.content.get(op.file, b""), ops)
            case "sync_folder":
                self.names = named(self.names, self.name_ops)
                self.name_ops = []
            case "write" | "truncate":
                self.data_ops.setdefault(op.file, []).append(op)
            case _:
                self.name_ops.append(op)


def written(content: bytes, ops: Iterable[Op]) -> bytes:
    for op in ops:
        if op.kind == "truncate":
            content = content[: op.value].ljust(op.value, b"\0")
        elif op.data:
            content = content.ljust(op.value, b"\0")
            content = content[: op.value] + op.data + content[op.value + len(op.data) :]
    return content


def named(names: dict[str, int], ops: Iterable[Op]) -> dict[str, int]:
    names = dict(names)
    for op in ops:
        if op.kind == "unlink":
            names.pop(op.name, None)
        else:
            names.pop(op.other, None)
            names[op.name] = op.file
    return names


def subsets(ops: list[Op]) -> Iterator[list[Op]]:
    for count in range(len(ops) + 1):
        yield from (list(chosen) for chosen in combinations(ops, count))


def contents(before: bytes, ops: list[Op], step: int) -> set[bytes]:
    """What a file may hold: any of the writes, and one of them torn at every `step`-th byte."""
    found = set[bytes]()
    for chosen in subsets(ops):
        found.add(written(before, chosen))
        for place, op in enumerate(chosen):
            for cut in range(1, len(op.data), step):
                for torn in (op.data[:cut], op.data[:cut].ljust(len(op.data), b"\0")):
                    found.add(written(before, [*chosen[:place], op._replace(data=torn), *chosen[place + 1 :]]))
    return found


def states(disk: Disk, count: int, step: int) -> Iterator[Files]:
    """What the folder may hold when the machine crashes behind the first `count` calls."""
    kept = Kept(disk, count)
    seen = set[tuple[tuple[str, bytes], ...]]()
    cache: dict[int, list[bytes]] = {}
    for chosen in subsets(kept.name_ops):
        names = sorted(named(kept.names, chosen).items())
        for _, file in names:
            if file not in cache:
                ops = kept.data_ops.get(file, [])
                cache[file] = sorted(contents(kept.content.get(file, b""), ops, step))
        for choice in product(*(cache[file] for _, file in names)):
            state = tuple((name, data) for (name, _), data in zip(names, choice, strict=True))
            if state not in seen:
                seen.add(state)
                yield dict(state)


def played(disk: Disk) -> Files:
    """The folder as the whole trace gives it, when nothing is lost."""
    kept = Kept(disk, len(disk.ops))
    names = named(kept.names, kept.name_ops)
    return {
        name: written(kept.content.get(file, b""), kept.data_ops.get(file, [])) for name, file in sorted(names.items())
    }
