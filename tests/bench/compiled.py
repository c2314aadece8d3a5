"""The same decisions by the compiled wheel, in the environment that `make wheel-compiled` leaves.

Two builds of one package do not fit into one process. A child of that environment times its own calls: it reads how
many, and answers how many seconds they took. Isolated (-I), so that it does not find the sources of a clone first.
"""

import atexit
import json
import subprocess
from pathlib import Path
from time import process_time

from calybris import _core as peer

from tests.bench.jobs import ALL_ELIGIBLE, CATALOG, MIXED, MODELS, SCALARS, Job

PYTHON = Path(__file__).resolve().parents[2] / "out" / "compiled" / "venv" / "bin" / "python"
MISSING = "no compiled wheel: make wheel-compiled"
_CHILD = """
import gc, json, sys
from time import process_time
from calybris_ref import KernelInput, KernelModel, PolicySnapshot, kernel_fast
assert not kernel_fast.__file__.endswith(".py"), "not the compiled one"
gc.disable()
scalars, catalog, request = json.loads(sys.stdin.readline())
policy = PolicySnapshot.try_new(*scalars, [KernelModel(*row) for row in catalog])
asked = KernelInput(*request)
call = lambda: policy.prescribe(asked)
print(policy.prescribe(asked).eligible_models, flush=True)
for line in sys.stdin:
    start = process_time()
    for _ in range(int(line)):
        call()
    print(process_time() - start, flush=True)
"""


def jobs() -> list[Job]:
    """The two decisions; ModuleNotFoundError, which says what to do, when there is no compiled wheel."""
    if not PYTHON.exists():
        raise ModuleNotFoundError(MISSING)
    return [_decision(ALL_ELIGIBLE), _decision(MIXED)]


def _decision(request: tuple[int, ...]) -> Job:
    theirs = peer.PolicySnapshot(*SCALARS, [peer.KernelModel(*row) for row in CATALOG])
    asked = peer.KernelInput(*request)
    child = subprocess.Popen([PYTHON, "-I", "-c", _CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(child.kill)
    eligible = int(_answer(child, json.dumps([SCALARS, CATALOG, request])))
    if eligible != theirs.prescribe(asked).eligible_models:
        raise AssertionError("the two do not do the same job")

    def clock(repeats: int) -> float:
        return float(_answer(child, str(repeats)))

    return Job(
        f"compiled: one decision, {MODELS} models, {eligible} eligible",
        lambda: clock(1),
        lambda: theirs.prescribe(asked),
        15_000,
        60_000,
        process_time,
        clock,
    )


def _answer(child: "subprocess.Popen[str]", line: str) -> str:
    if child.stdin is None or child.stdout is None:
        raise AssertionError("both are pipes")
    child.stdin.write(line + "\n")
    child.stdin.flush()
    return child.stdout.readline()
