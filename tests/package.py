"""Builds what is published, and uses it as somebody does who has nothing else.

`python -m tests.package FOLDER` builds the source distribution and, from it, the wheel; looks into both; installs the
wheel into an empty environment; and runs there the script of the front page, its commands, the quick subset and the
tutorial. The first thing that is wrong ends it.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

from tests import tutorial
from tests.support import markdown

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
# Path in the checkout → place in the wheel; what is below each is carried whole.
CARRIED = {
    "calybris_ref": "calybris_ref",
    "spec/calybris_spec": "calybris_spec",
    "conformance/calybris_conformance": "calybris_conformance",
    "conformance/calybris_refinement": "calybris_refinement",
    "vectors": "calybris_conformance/_vectors",
}
NOT_IN_SDIST = (".ci/", ".gitignore")
# In the commands of the front page; here it is the adapter of the reference.
PORT = "PORT"
# Commands that need an extra; here there is none, and tests/cli holds what they say then.
WITH_EXTRA = ("calybris-ref campaign", "calybris-ref prove")
# Asking everything takes a minute and is what `make demo` does.
WHOLE, QUICK = "conformance run -- ./my-port", "conformance run --quick --profile full -- ./my-port"


class Wrong(Exception):  # noqa: N818 - what was found
    """What is wrong with the package."""


def tracked(folder: str = "") -> set[str]:
    """The files of the repository below a folder."""
    listed = subprocess.run(["git", "ls-files", "-z", folder or "."], cwd=ROOT, capture_output=True, check=True)
    return {name for name in listed.stdout.decode().split("\0") if name}


def missing_in_wheel(names: Iterable[str], files: Iterable[str]) -> list[str]:
    """The files of the repository that a wheel should carry and does not."""
    held = set(names)
    places = [
        place + name.removeprefix(folder)
        for name in files
        for folder, place in CARRIED.items()
        if name.startswith(folder + "/")
    ]
    return sorted(place for place in places if place not in held)


def missing_in_sdist(names: Iterable[str], files: Iterable[str]) -> list[str]:
    """The files of the repository that a source distribution does not carry; its names begin with its folder."""
    held = {name.partition("/")[2] for name in names}
    return sorted(name for name in files if name not in held and not name.startswith(NOT_IN_SDIST))


def readme_script() -> tuple[str, str]:
    """The script of the front page, and what it prints."""
    (pair,) = ((one.text, two.text) for one, two in pairwise(markdown.blocks(README)) if one.language == "python")
    return pair


def readme_commands() -> list[str]:
    """The command lines of the front page that a reader can run who has two files and a port, but no reports."""
    lines = [line.replace(f"-- {PORT}", "-- ./my-port") for line in markdown.commands(README, "calybris-ref")]
    usable = (line for line in lines if " -" in line and " out/" not in line and not line.startswith(WITH_EXTRA))
    return [line.replace(WHOLE, QUICK) for line in dict.fromkeys(usable)]


def call(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> tuple[Path, Path]:
    """The source distribution, and the wheel that is built from it."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    call(command, ROOT, dict(os.environ))
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    call([sys.executable, "-m", "twine", "check", "--strict", str(source), str(wheel)], ROOT, dict(os.environ))
    return source, wheel


def look_into(source: Path, wheel: Path) -> None:
    """Both carry everything, and the wheel from the source distribution is what the checkout gives."""
    with tarfile.open(source) as archive:
        if lost := missing_in_sdist(archive.getnames(), tracked()):
            raise Wrong(f"{source.name} lacks {', '.join(lost)}")
    with zipfile.ZipFile(wheel) as archive:
        if lost := missing_in_wheel(archive.namelist(), tracked()):
            raise Wrong(f"{wheel.name} lacks {', '.join(lost)}")


def install(wheel: Path, folder: Path) -> dict[str, str]:
    """An empty environment with the wheel and nothing else, without a network; the variables to work in it."""
    venv.create(folder, with_pip=True, clear=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "VIRTUAL"))}
    clean["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    call([*pip, "--no-index", str(wheel)], folder, clean)
    return clean


def use(folder: Path, environment: dict[str, str]) -> None:
    """The front page and the tutorial, as a reader runs them."""
    script, shown = readme_script()
    printed = call(["python3", "-W", "error", "-c", script], folder, environment)
    if printed != shown:
        raise Wrong(f"the script of the front page prints\n{printed}")
    adapter = folder / "my-port"
    adapter.write_text("#!/bin/sh\nexec python3 -m calybris_conformance.adapters.reference\n", encoding="utf-8")
    adapter.chmod(0o755)
    hour = folder / "hour"
    hour.mkdir()
    if found := tutorial.drifted(tutorial.PAGE.read_text("utf-8"), hour, environment):
        raise Wrong("\n".join(found))
    for name in ("policy.json", "request.json"):
        shutil.copy(hour / name, folder)
    for line in readme_commands():
        call(["bash", "-c", line], folder, environment)
    typed = "import calybris_ref, pathlib; assert (pathlib.Path(calybris_ref.__file__).parent / 'py.typed').is_file()"
    call(["python3", "-c", typed], folder, environment)


def main(arguments: list[str], say: Callable[[str], None] = print) -> int:
    """Build, look, install, use; 1 when something is wrong."""
    try:
        source, wheel = build(Path(arguments[0]).resolve())
        look_into(source, wheel)
        say(f"{source.name} and {wheel.name} carry everything, and their descriptions can be shown")
        with tempfile.TemporaryDirectory() as temporary:
            environment = install(wheel, Path(temporary) / "venv")
            folder = Path(temporary) / "work"
            folder.mkdir()
            use(folder, environment)
    except Wrong as wrong:
        say(f"wrong: {wrong}")
        return 1
    say("installed without a network; the front page and the tutorial work from the wheel")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
