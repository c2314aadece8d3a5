"""calybris_ref.durable: a file is replaced in one step, whatever fails (SNAP-3)."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import durable
from calybris_ref.durable import replace_file

OLD, NEW = b"old", b"the new one"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that holds OLD, alone in its folder."""
    path = tmp_path / "file"
    replace_file(path, OLD)
    return path


def alone(path: Path) -> bool:
    return list(path.parent.iterdir()) == [path]


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_arguments: object, **_named: object) -> Any:
        raise error

    return fail


def test_a_file_is_replaced(file: Path) -> None:
    assert file.read_bytes() == OLD
    replace_file(str(file), NEW)
    assert file.read_bytes() == NEW
    assert alone(file)


def test_a_file_gets_the_permissions_of_any_new_file(file: Path) -> None:
    plain = file.with_name("plain")
    plain.touch()
    assert file.stat().st_mode == plain.stat().st_mode


def test_what_a_link_leads_to_is_replaced(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    replace_file(link, NEW)
    assert link.is_symlink()
    assert file.read_bytes() == NEW


def test_a_reader_keeps_the_old_file_whole(file: Path) -> None:
    with file.open("rb") as reader:
        replace_file(file, NEW)
        assert reader.read() == OLD


def test_a_file_is_on_the_disk_before_it_has_its_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    sync, rename = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        events.append("folder" if os.path.isdir(f"/dev/fd/{descriptor}") else "file")  # noqa: PTH112 - a descriptor
        sync(descriptor)

    def replace(path: Path, target: Path) -> Path:
        assert path.parent == target.parent
        assert path.read_bytes() == NEW
        events.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    replace_file(file, NEW)
    assert events == ["file", "rename", "folder"]


def test_an_interrupt_leaves_the_old_file_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", failing(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            replace_file(file, NEW)
    assert alone(file)
    assert file.read_bytes() == OLD


def test_an_interrupt_behind_the_rename_is_an_interrupt(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def replace(path: Path, target: Path) -> Path:
        rename(path, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        replace_file(file, NEW)
    assert alone(file)
    assert file.read_bytes() == NEW


def test_a_folder_that_cannot_be_synced_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "sync_folder", failing(OSError(errno.EIO, "Input/output error")))
    with pytest.raises(OSError, match="Input/output error"):
        replace_file(file, NEW)
    assert file.read_bytes() == NEW
    monkeypatch.setattr(durable, "_FOLDERS_ARE_FILES", False)
    replace_file(file, OLD)  # a system without such folders does not sync them
    assert file.read_bytes() == OLD
