"""Skeletons of adapters: the files that a port needs to answer `hello` and `echo` in its own language.

A template is copied as it stands, so that what is tested here is what a port gets. `gitignore` gets its dot only then:
with one, it would hold for this repository. README.md is written from the table, which knows how the adapter is built
and started.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_RENAMED: Final = {"gitignore": ".gitignore"}
_README: Final = """\
# Adapter

It puts an implementation of the Calybris decision kernel, written in {language}, behind the protocol CAP/1, so that
`calybris-ref conformance` can judge it. It answers `hello` and `echo`, and says `unsupported` to the rest.

```sh
{steps}
```

Next: add an operation, claim it, judge again. `docs/write-a-port.md` of calybris-ref says in which order,
`docs/operations.md` what each operation is asked and answers, `docs/protocol.md` how. The name, the version and the
source of the port stand in the `ready` message.
"""


@dataclass(frozen=True, slots=True)
class Language:
    """`tools` must be on the path; `build` is a line of a shell, empty where nothing is built; `run` starts the port.

    `adapter` is the file to write in.
    """

    tools: tuple[str, ...]
    build: str
    run: str
    adapter: str

    def steps(self) -> tuple[str, ...]:
        """What to type in the folder."""
        judged = (f"calybris-ref conformance {command} -- {self.run}" for command in ("smoke", "run"))
        return (*([self.build] if self.build else []), *judged)


LANGUAGES: Final[Mapping[str, Language]] = {
    "c": Language(("make", "cc"), "make", "./adapter", "adapter.c"),
    "go": Language(("go",), "go build -o adapter .", "./adapter", "main.go"),
    "java": Language(("mvn", "java"), "mvn -q package", "java -jar target/adapter.jar", "src/main/java/Adapter.java"),
    "python": Language(("python3",), "", "python3 adapter.py", "adapter.py"),
    "rust": Language(("cargo",), "cargo build --release", "target/release/adapter", "src/main.rs"),
    "typescript": Language(("node", "npm"), "npm install && npm run build", "node dist/adapter.js", "src/adapter.ts"),
}


class ScaffoldError(Exception):
    """A place where nothing is written; str() is one clear sentence."""


def write(language: str, folder: Path) -> list[Path]:
    """Writes the skeleton into a folder that is empty or does not exist yet; the files, in order.

    Raises ScaffoldError when something stands there already, and OSError when it cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise ScaffoldError(f"{folder} is not empty; a skeleton is written into an empty or a new folder only.")
    if folder.exists() and not folder.is_dir():
        raise ScaffoldError(f"{folder} is not a folder.")
    contents = {
        Path(_RENAMED.get(str(name), name)): (TEMPLATES / language / name).read_bytes() for name in _names(language)
    }
    steps = "\n".join(LANGUAGES[language].steps())
    contents[Path("README.md")] = _README.format(language=language, steps=steps).encode()
    for name, data in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return sorted(contents)


def _names(language: str) -> list[Path]:
    """The files of a template; what a Python interpreter may have left beside one is none of it."""
    root = TEMPLATES / language
    return [path.relative_to(root) for path in root.rglob("*") if path.is_file() and path.parent.name != "__pycache__"]
