"""Files that a crash leaves old or new, never in part (SNAP-3).

The new file is written beside the old one, synced, and renamed over it; then the folder, which holds the
name, is synced.
"""

import os
import secrets
from pathlib import Path
from typing import Final, TypeAlias

PathLike: TypeAlias = str | os.PathLike[str]

# Where a folder cannot be opened, it cannot be synced; a rename is then as durable as the system makes it.
_FOLDERS_ARE_FILES: Final = os.name == "posix"


def replace_file(path: PathLike, data: bytes) -> None:
    """Put a file with these bytes in the place of the one that may be there, in one step.

    OSError leaves the old file as it was, and no other; only when it is the sync of the folder that failed, the new
    file is there, and may not survive a crash.
    """
    # What a symbolic link leads to is replaced, and not the link.
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".calybris-{secrets.token_hex(8)}.tmp")
    # "x": with the permissions of any new file, and only when there is none of this name.
    with temporary.open("xb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    if _FOLDERS_ARE_FILES:
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make what was created or renamed in a folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
