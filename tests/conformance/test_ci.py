"""What porters run in continuous integration: the action, the template and the container, and the script behind them.

The commands of the action and of the template are taken out of their files and run as a runner would: with the
variables that the file sets, and nothing of an input in the text of a command.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "conformance" / "ci"
REFERENCE = f"{shlex.quote(sys.executable)} -m calybris_conformance.adapters.reference"
WRONG = f"{shlex.quote(sys.executable)} -m calybris_conformance.adapters.sabotage big_endian"
FAST = "--suite utility"
_INPUT = re.compile(r"\$\{\{ *inputs\.([\w-]+) *\}\}|\$\[\[ *inputs\.([\w-]+) *\]\]")


def load(name: str) -> list[dict[str, Any]]:
    """The documents of a file of YAML."""
    return [yaml_load(part) for part in re.split(r"^---$", (CI / name).read_text("utf-8"), flags=re.MULTILINE)]


def filled(
    values: Mapping[str, str], inputs: Mapping[str, Any], given: Mapping[str, str], action: Path
) -> dict[str, str]:
    """The variables of a step, with its inputs put in: those that are given, and the defaults of the others."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return given.get(name, (inputs[name] or {}).get("default", ""))

    text = {name: _INPUT.sub(value, one) for name, one in values.items()}
    return {name: one.replace("${{ github.action_path }}", str(action)) for name, one in text.items()}


def run(command: str, folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A command as a runner gives it to bash, with the judge of this environment on the path."""
    runner = {"GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "GITHUB_OUTPUT": str(folder / "output")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CALYBRIS_", "GITHUB_"))}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env=inherited | runner | {"PATH": path} | dict(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def run_action(folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The action, up to where it hands over to another one."""
    (action,) = load("action.yml")
    (step,) = (step for step in action["runs"]["steps"] if "run" in step)
    return run(step["run"], folder, filled(step["env"], action["inputs"], given, CI))


def outputs(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / "output").read_text("utf-8").splitlines())


def test_the_action_publishes_a_conformant_port(tmp_path: Path) -> None:
    done = run_action(tmp_path, port=REFERENCE, options=FAST, name="my port")
    assert (done.returncode, done.stderr) == (0, "")
    assert outputs(tmp_path) == {"exit-code": "0", "conformant": "true", "report": "calybris-report"}
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert summary == (tmp_path / "calybris-report" / "report.md").read_text("utf-8")
    assert "my port" in summary
    suite = ET.parse(tmp_path / "calybris-report" / "junit.xml").getroot()  # noqa: S314 - our own file
    assert suite.find(".//testcase") is not None
    assert suite.find(".//failure") is None
    assert json.loads((tmp_path / "calybris-report" / "badge.json").read_bytes())["schemaVersion"] == 1


def test_the_action_fails_for_a_wrong_port_and_publishes_why(tmp_path: Path) -> None:
    done = run_action(tmp_path, port=WRONG, options="--suite digest", out="there")
    assert done.returncode == 1
    assert outputs(tmp_path) == {"exit-code": "1", "conformant": "false", "report": "there"}
    assert "NOT CONFORMANT" in (tmp_path / "summary.md").read_text("utf-8")
    suite = ET.parse(tmp_path / "there" / "junit.xml").getroot()  # noqa: S314 - our own file
    assert suite.find(".//failure") is not None


def test_profile_and_known_failures_reach_the_judge(tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text(
        '[[failure]]\ncase = "utility/none/none"\noutcome = "mismatch"\nreason = "a test"\nissue = ""\n',
        encoding="utf-8",
    )
    done = run_action(tmp_path, port=REFERENCE, options=FAST, **{"known-failures": "known.toml"})
    assert done.returncode != 0
    assert "utility/none/none" in done.stdout + done.stderr
    part = f"{shlex.quote(sys.executable)} {shlex.quote(str(ROOT / 'conformance' / 'examples' / 'adapter.py'))}"
    assert run_action(tmp_path, port=part, options="--suite echo --suite verify").returncode == 0
    assert run_action(tmp_path, port=part, options="--suite echo --suite verify", profile="core").returncode == 1


def test_a_port_that_does_not_start_leaves_no_old_report(tmp_path: Path) -> None:
    assert run_action(tmp_path, port=REFERENCE, options=FAST).returncode == 0
    (tmp_path / "summary.md").unlink()
    assert run_action(tmp_path, port="false").returncode == 3
    assert not any((tmp_path / "calybris-report" / name).exists() for name in ("report.md", "junit.xml", "badge.json"))
    assert "was not judged: exit code 3" in (tmp_path / "summary.md").read_text("utf-8")


def test_without_a_port_the_script_says_what_is_missing(tmp_path: Path) -> None:
    done = run(f"bash {shlex.quote(str(CI / 'judge.sh'))}", tmp_path, {})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "judge.sh: CALYBRIS_PORT is not set; it is the command that starts the port\n"


def test_nothing_of_an_input_is_run_before_the_port(tmp_path: Path) -> None:
    """Neither words nor signs of a name become options or commands."""
    name = "$(touch pwned) `touch pwned` '\" --json"
    assert run_action(tmp_path, port=REFERENCE, options=FAST, name=name).returncode == 0
    assert not (tmp_path / "pwned").exists()
    assert "touch pwned" in (tmp_path / "calybris-report" / "junit.xml").read_text("utf-8")


def test_the_template_clones_the_judge_and_runs_it(tmp_path: Path) -> None:
    head, body = load("gitlab.yml")
    (job,) = body.values()
    origin = tmp_path / "origin"
    (origin / "conformance").mkdir(parents=True)
    (origin / "conformance" / "ci").symlink_to(CI)
    clone = "git() { cp -rL origin .calybris-judge; }\n"  # the network is not there
    given = {"port": REFERENCE, "options": FAST, "repository": "https://example.org/x.git"}
    variables = filled(job["variables"], head["spec"]["inputs"], given, CI)
    done = run(clone + "\n".join(job["script"]), tmp_path, variables)
    assert (done.returncode, done.stderr) == (0, "")
    for path in (*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]):
        assert (tmp_path / path).exists()


def commands(document: object, key: str = "") -> Iterator[str]:
    """Every text below `run` and `script`."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from commands(value, name)
    elif isinstance(document, list):
        for value in document:
            yield from commands(value, key)
    elif key in ("run", "script"):
        yield str(document)


@pytest.mark.parametrize("name", ["action.yml", "gitlab.yml"])
def test_commands_are_whole_and_hold_no_input(name: str) -> None:
    found = [command for document in load(name) for command in commands(document)]
    assert found
    for command in found:
        assert not re.search(r"\$\{\{|\$\[\[ ", command)
        subprocess.run(["bash", "-n", "-c", command], check=True)


def test_every_input_is_used_and_every_use_is_an_input() -> None:
    (action,) = load("action.yml")
    head, body = load("gitlab.yml")
    for inputs, text in ((action["inputs"], str(action["runs"])), (head["spec"]["inputs"], str(body))):
        assert {first or second for first, second in _INPUT.findall(text)} | set(
            re.findall(r"inputs\.(artifact)", text)
        ) == set(inputs)


def test_the_page_lists_what_the_script_reads() -> None:
    page, script = ((CI / name).read_text("utf-8") for name in ("README.md", "judge.sh"))
    names = set(re.findall(r"CALYBRIS_\w+", script))
    assert set(re.findall(r"CALYBRIS_\w+", page)) == names
    assert set(re.findall(r"^# (CALYBRIS_\w+)", script, re.MULTILINE)) == names


def copied() -> list[str]:
    """What the container takes from a clone."""
    text = (CI / "Containerfile").read_text("utf-8")
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE)
    return [word for line in lines for word in line.split() if not word.startswith("--")]


def test_the_container_copies_what_is_there() -> None:
    assert len(copied()) > 5
    assert [source for source in copied() if not (ROOT / source).exists()] == []


@pytest.mark.slow
def test_a_wheel_is_built_from_what_the_container_copies(tmp_path: Path) -> None:
    """The same wheel as from the whole clone."""
    wheels = []
    for source in copied():
        place = tmp_path / "part" / source
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place)
    for name, source_tree in (("part", tmp_path / "part"), ("whole", ROOT)):
        out = tmp_path / f"wheel-{name}"
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*build, "--no-build-isolation", "--wheel-dir", str(out), str(source_tree)], check=True)
        (wheel,) = out.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            wheels.append(sorted(archive.namelist()))
    assert wheels[0] == wheels[1]
