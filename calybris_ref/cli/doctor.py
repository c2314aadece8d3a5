"""`calybris-ref doctor`: which version runs, which extras and toolchains are there, and what that allows.

Nothing is imported or downloaded to find out: packages are read from their metadata, tools are asked for their version.
"""

import argparse
import importlib.metadata as metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from calybris_ref import __version__, kernel
from calybris_ref.cli import COMMANDS
from calybris_ref.cli.terminal import EXIT_OK, EXIT_WRONG, one_line, paint, table

_EXAMPLES = """\
examples:
  calybris-ref doctor
  calybris-ref doctor --json | jq '.extras[] | select(.ready | not)'

Exit code 1 when a package is there in a version that does not fit; what is
only missing is no mistake.
"""
_DISTRIBUTION = "calybris-ref"
_SECONDS = 20

# What each extra is for. Those that only help to develop this project (dev, docs) are not asked for.
_EXTRAS = {
    "spec": "run the specification, generate vectors",
    "prove": "check the specification symbolically",
    "cli": "tab completion",
    "bulk": "decisions and logs by the million",
    "cluster": "the same on many machines",
    "campaign": "campaigns of random questions to ports",
    "peers": "compare with the published wheel",
    "fuzz": "fuzz the readers of files (make fuzz)",
}
# (tool, how it is asked for its version, what it allows)
_TOOLS = (
    ("cargo", ("--version",), "adapters in Rust; make ports"),
    ("go", ("version",), "adapters in Go; make ports"),
    ("node", ("--version",), "adapters in TypeScript; make ports"),
    ("npm", ("--version",), "make ports, make pages"),
    ("java", ("-version",), "adapters in Java"),
    ("javac", ("-version",), "build adapters in Java"),
    ("cc", ("--version",), "adapters in C"),
)
# 'numpy>=2.0; extra == "bulk"', 'calybris-ref[bulk]; extra == "cluster"'
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?\s*\(?([^;)]*)\)?\s*(?:;(.*))?")
_OF_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_OF_PYTHON = re.compile(r"""python_version\s*([<>=!]+)\s*["']([^"']+)["']""")
_BOUND = re.compile(r"(==|!=|<=|>=|<|>)\s*([0-9.]+)")
_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


class Package(NamedTuple):
    """A package that an extra asks for: its bounds, the version that is there or None, and whether that fits."""

    name: str
    bounds: str
    version: str | None

    @property
    def fits(self) -> bool:
        """Whether it is there, in a version that the extra asks for."""
        return self.version is not None and within(self.version, self.bounds)

    @property
    def words(self) -> str:
        """What is there, and what is asked for where that is not the same."""
        if self.version is None:
            return f"{self.name} missing"
        return f"{self.name} {self.version}" + ("" if self.fits else f" (needs {self.bounds})")


class Extra(NamedTuple):
    """An extra: its packages, and what they allow."""

    name: str
    packages: list[Package]
    allows: str

    @property
    def is_ready(self) -> bool:
        """Whether everything that it asks for is there."""
        return all(package.fits for package in self.packages)


class Tool(NamedTuple):
    """A program: its path or None, what it says of its version, and what it allows."""

    name: str
    path: str | None
    version: str
    allows: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = _EXAMPLES
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Look, and say what is there."""
    installed, extras, tools = _installed(), _extras(), [_tool(*one) for one in _TOOLS]
    ready = {extra.name: extra.is_ready for extra in extras}
    commands = {name: extra is None or ready.get(extra, False) for name, (_, _, extra) in COMMANDS.items()}
    if arguments.json:
        document = {
            "version": __version__,
            "installed_version": installed,
            "python": platform.python_version(),
            "python_path": sys.executable,
            "package_path": _home(),
            "kernel_compiled": not _is_python(kernel.__file__),
            "extras": [
                {
                    "name": extra.name,
                    "ready": extra.is_ready,
                    "allows": extra.allows,
                    "packages": [{**package._asdict(), "fits": package.fits} for package in extra.packages],
                }
                for extra in extras
            ],
            "toolchains": [tool._asdict() for tool in tools],
            "commands": commands,
        }
        print(json.dumps(document))
    else:
        print("\n\n".join((_head(installed), _extra_table(extras), _tool_table(tools), _summary(extras, installed))))
    misfit = any(package.version and not package.fits for extra in extras for package in extra.packages)
    return EXIT_WRONG if misfit else EXIT_OK


def within(version: str, bounds: str) -> bool:
    """Whether a version is within bounds such as `>=2.0,<3`; what is no plain release is not held against anybody."""
    own = _release(version)
    for operator, text in _BOUND.findall(bounds):
        bound = _release(text)
        length = max(len(own), len(bound))
        sides = [(*side, *(0,) * (length - len(side))) for side in (own, bound)]
        order = (sides[0] > sides[1]) - (sides[0] < sides[1])
        right = {"==": order == 0, "!=": order != 0, "<=": order <= 0, ">=": order >= 0, "<": order < 0, ">": order > 0}
        if own and not right[operator]:
            return False
    return True


def _release(text: str) -> tuple[int, ...]:
    found = _RELEASE.match(text)
    return tuple(map(int, found[0].split("."))) if found else ()


def _installed() -> str | None:
    """The version that the installed metadata names; None for a tree that is run without being installed."""
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return None


def _extras() -> list[Extra]:
    """The extras of the installed package, each with the packages that it brings, those of other extras included."""
    try:
        required = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []
    of_extra: dict[str, list[tuple[str, str]]] = {name: [] for name in _EXTRAS}
    # What asks for another extra is read last, when that one is complete.
    for text in sorted(required, key=lambda one: one.startswith(f"{_DISTRIBUTION}[")):
        found = _REQUIREMENT.match(text)
        marker = (found and found[4]) or ""
        extra = _OF_EXTRA.search(marker)
        if found and extra and extra[1] in of_extra and _is_for_this_python(marker):
            if found[1] == _DISTRIBUTION:
                for other in found[2].split(","):
                    of_extra[extra[1]] += of_extra[other.strip()]
            else:
                of_extra[extra[1]].append((found[1], found[3].strip()))
    return [
        Extra(name, [Package(package, bounds, _version(package)) for package, bounds in of_extra[name]], allows)
        for name, allows in _EXTRAS.items()
        if of_extra[name]
    ]


def _is_for_this_python(marker: str) -> bool:
    return all(within(platform.python_version(), f"{op}{bound}") for op, bound in _OF_PYTHON.findall(marker))


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _tool(name: str, question: tuple[str, ...], allows: str) -> Tool:
    path = shutil.which(name)
    if path is None:
        return Tool(name, None, "", allows)
    try:
        asked = subprocess.run(  # noqa: S603 - a tool of the user's own path, asked for its version
            [path, *question], capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Tool(name, path, "does not answer", allows)
    said = (asked.stdout or asked.stderr).decode(errors="replace").strip().splitlines()
    return Tool(name, path, said[0] if said and not asked.returncode else "does not answer", allows)


def _is_python(file: str) -> bool:
    """Whether a module is source, and not an extension of the compiled wheel."""
    return file.endswith(".py")


def _home() -> str:
    return os.fspath(Path(__file__).parents[1])


def _head(installed: str | None) -> str:
    rows = [
        ("version", __version__ + ("" if installed in (None, __version__) else f", but {installed} is installed")),
        ("package", one_line(_home()) + (" (not installed)" if installed is None else "")),
        ("python", f"{platform.python_version()}, {one_line(sys.executable)}"),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("kernel", "in Python" if _is_python(kernel.__file__) else "compiled"),
    ]
    return table(("calybris-ref", ""), rows)


def _extra_table(extras: list[Extra]) -> str:
    if not extras:
        return "extras: unknown, because the package is not installed (in a clone: pip install .)"
    lines = [table(("extra", "", "allows"), [(extra.name, _mark(extra), extra.allows) for extra in extras])]
    lines += [f"  {extra.name}: {', '.join(package.words for package in extra.packages)}" for extra in extras]
    return lines[0] + "\n\n" + "\n".join(map(one_line, lines[1:]))


def _mark(extra: Extra) -> str:
    if extra.is_ready:
        return paint("ready", "good", sys.stdout)
    if any(package.version and not package.fits for package in extra.packages):
        return paint("does not fit", "bad", sys.stdout)
    some = any(package.version for package in extra.packages)
    return paint("in part" if some else "missing", "dim", sys.stdout)


def _tool_table(tools: list[Tool]) -> str:
    rows = [
        (
            tool.name,
            one_line(tool.version) if tool.path else paint("missing", "dim", sys.stdout),
            tool.allows,
        )
        for tool in tools
    ]
    return table(("tool", "", "allows"), rows)


def _summary(extras: list[Extra], installed: str | None) -> str:
    missing = [extra.name for extra in extras if not extra.is_ready]
    if installed is None:
        return "Judging, deciding, verifying and auditing need nothing but Python."
    if not missing:
        return "Every extra is there."
    return (
        "Judging, deciding, verifying and auditing need nothing but Python.\n"
        "To add what is missing, in a clone:\n"
        f"  pip install '.[{','.join(missing)}]'"
    )
