import shutil
import subprocess
from pathlib import Path

import pytest

from calybris_ref.cli import COMMANDS
from tests.cli.conftest import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_is_told_every_command_and_option(cli: Run, shell: str) -> None:
    code, out, err = cli("completion", shell)
    assert (code, err) == (0, "")
    for word in (*COMMANDS, "preimage", "explain", "try_new_trusted", "html", "anchor"):
        assert word in out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["calybris-ref", "deci"], ["decide"]),
        (["calybris-ref", "decide", "--constructor", ""], ["try_new", "try_new_trusted", "unchecked"]),
        (["calybris-ref", "digest", "p"], ["policy"]),
        (["calybris-ref", "expl"], ["explain"]),
        (["calybris-ref", "doc"], ["doctor"]),
        (["calybris-ref", "explain", "--h"], ["--help", "--html"]),
        (["calybris-ref", "wal", "show", "--an"], ["--anchor"]),
        (["calybris-ref", "ledger", "show", "--html", "po"], ["policy.json"]),
        (["calybris-ref", "decide", "--policy", "po"], ["policy.json"]),
    ],
)
@pytest.mark.usefixtures("files")
def test_bash_completes(cli: Run, tmp_path: Path, words: list[str], found: list[str]) -> None:
    (tmp_path / "completion").write_text(cli("completion", "bash").out)
    script = f"""
        source ./completion
        COMP_WORDS=({" ".join(word or "''" for word in words)})
        COMP_CWORD={len(words) - 1}
        function_of() {{ complete -p calybris-ref | sed 's/.*-F \\([^ ]*\\).*/\\1/'; }}
        $(function_of) calybris-ref "${{COMP_WORDS[COMP_CWORD]}}"
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30, cwd=tmp_path)
    assert (done.stdout.split(), done.stderr) == (found, "")
