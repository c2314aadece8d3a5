"""Runs the tutorial: writes its files, runs its commands, and compares what they print with what the page shows.

`python -m tests.tutorial` runs it with the command on the path, in a folder of its own; `--write` puts what was printed
into the page instead. A block behind a line that ends with `name`: is a file. An `sh` block is run in the folder of all
the blocks before it; the `text` block behind it is everything that it prints.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests.support.markdown import Block, blocks

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"
# The one block that is not run here: it makes the environment in which the others run. `make package` does the same.
INSTALL = "python3 -m venv .venv\n. .venv/bin/activate\npip install .\n"
Environment = Mapping[str, str] | None
NO_BLOCK = Block("", "", 0)
_FILE = re.compile(r"`([\w./-]+)`:$")


class Step(NamedTuple):
    """A block that was run, what the page shows behind it, and what it printed; without output, both are empty."""

    block: Block
    shown: str
    printed: str


def steps(page: str, folder: Path, environment: Environment = None) -> Iterator[Step]:
    """Runs a page in an empty folder, block by block."""
    lines = page.splitlines()
    for block, behind in pairwise([*blocks(page), NO_BLOCK]):
        before = next((line for line in reversed(lines[: block.line - 2]) if line), "")
        if name := _FILE.search(before):
            file = folder / name[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.language == "sh" and block.text != INSTALL:
            shown = behind.text if behind.language == "text" else ""
            yield Step(block, shown, run(block.text, folder, environment))


def run(commands: str, folder: Path, environment: Environment) -> str:
    """What the commands print; the code of one that fails stands behind it."""
    done = subprocess.run(
        ["bash", "-c", commands],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    if done.returncode:
        lines.append(f"exit code {done.returncode}")
    return "".join(f"{line}\n" for line in lines)


def drifted(page: str, folder: Path, environment: Environment = None) -> list[str]:
    """The blocks that print something else than the page shows."""
    return [
        f"line {step.block.line}: {step.block.text.strip()}\nshown:\n{step.shown}printed:\n{step.printed}"
        for step in steps(page, folder, environment)
        if step.shown != step.printed
    ]


def written(page: str, folder: Path) -> str:
    """The page with what its commands print."""
    out, rest = "", page
    for step in steps(page, folder):
        head, rest = rest.split(f"```sh\n{step.block.text}```\n", 1)
        out += f"{head}```sh\n{step.block.text}```\n"
        rest = rest.removeprefix(f"\n```text\n{step.shown}```\n") if step.shown else rest
        out += f"\n```text\n{step.printed}```\n" if step.printed else ""
    return out + rest


def main(arguments: list[str]) -> int:
    """Run the page, or write it."""
    page = PAGE.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        if arguments == ["--write"]:
            PAGE.write_text(written(page, Path(folder)), "utf-8")
            return 0
        found = drifted(page, Path(folder))
    print("\n".join([*found, f"{PAGE.name}: {len(found)} blocks print something else"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
