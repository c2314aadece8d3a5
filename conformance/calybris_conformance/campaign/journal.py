"""The state file of a campaign: a line that says which campaign it is, then a line for each range that is done.

Lines are only ever added. A last line that a crash tore is dropped when the campaign goes on; everything else that is
not as it was written is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from calybris_conformance.campaign.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

FORMAT = "calybris-campaign/1"


class JournalError(Exception):
    """A state file that cannot be used; str() is one clear sentence."""


class Journal:
    """The state file at a path, or nothing when there is none; a context manager. `done` holds what was done before."""

    def __init__(self, path: Path | None, campaign: Mapping[str, Any]) -> None:
        """Reads what is there; `campaign` must be the one that the file was begun with. Raises JournalError."""
        self.done: dict[int, Tally] = {}
        self._file: BinaryIO | None = None
        if path is None:
            return
        header = {"format": FORMAT, **campaign}
        if path.exists() and path.stat().st_size:
            whole = self._read(path, header)
            self._file = path.open("r+b")
            self._file.truncate(whole)
            self._file.seek(whole)
        if self._file is None or not self._file.tell():
            self._file = self._file or path.open("wb")
            self._line(header)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, number: int, tally: Tally) -> None:
        """Adds a range that is done."""
        if self._file is not None:
            self._line({"range": number, "tally": tally.to_json()})

    def _line(self, value: Mapping[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            self._file.flush()

    def _read(self, path: Path, header: Mapping[str, Any]) -> int:
        """Takes over the ranges that are done; how many bytes are whole lines."""
        *lines, torn = path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            try:
                value = json.loads(line)
                if number > 1:
                    self.done[int(value["range"])] = Tally.from_json(value["tally"])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise JournalError(f"{path}:{number}: is not a line of a campaign ({type(error).__name__}).") from None
            if number == 1 and value != header:
                differ = sorted(key for key in header if not isinstance(value, dict) or value.get(key) != header[key])
                raise JournalError(f"{path}: was begun by another campaign ({', '.join(differ) or 'more'} differ).")
        return path.stat().st_size - len(torn)
