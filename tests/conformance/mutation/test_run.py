"""Mutants judged end to end on a tiny package: killed, survived, invalid, without end; and by the vectors."""

from dataclasses import replace
from pathlib import Path

import pytest

import calybris_spec
from calybris_conformance import corpus
from calybris_conformance.mutation.mutants import Mutant, Package
from calybris_conformance.mutation.results import Known
from calybris_conformance.mutation.run import ASKER, Run
from calybris_conformance.mutation.verdict import Budget
from calybris_conformance.mutation.workers import Workers
from calybris_conformance.prove import expectations
from tests.support.planted import RULES, plant

VECTORS = corpus.default_root()
EXTRA = """
import os

FACTOR = (1, 2)[1]


@ensure(lambda result: result >= 0)
def quits(amount: int) -> int:
    \"\"\"Return nothing.\"\"\"
    if False:
        os._exit(7)
    return 0


@require(lambda amount: is_amount(amount) & low(amount))
@ensure(lambda result: result)
def is_low(amount: int) -> bool:
    \"\"\"Whether it is low.\"\"\"
    return low(amount)


def low(amount: int) -> bool:
    \"\"\"Whether it is low.\"\"\"
    return amount < 5
"""
SOURCES = {**RULES, "price": RULES["price"] + EXTRA.replace("\n", "\n        ")}
MORE = """
[price.quits]
verdict = "confirmed"
conditions = 1
clauses = ["MONEY-1"]
[price.is_low]
verdict = "confirmed"
conditions = 1
clauses = ["MONEY-1"]
"""


def load(folder: Path, budget: Budget | None = None) -> tuple[Run, dict[str, Mutant]]:
    package = Package(plant(folder, SOURCES))
    theorems = package.folder / "theorems.toml"
    theorems.write_text(theorems.read_text().replace('["theorems.price"]', MORE + '\n["theorems.price"]'))
    mutants = {mutant.id: mutant for mutant in package.mutants("price")}
    return Run(package, expectations.load(theorems), {}, 2, VECTORS, budget or Budget()), mutants


CHOSEN = (
    "price.rounded:integer:1",
    "price.STEP:integer:3",
    "price.UNUSED:integer:1",
    "price.FACTOR:integer:6",
    "price.quits:condition:1",
    "price.low:integer:3",
)


Judged = tuple[Run, dict[str, Mutant], list[Known]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    run, mutants = load(tmp_path_factory.mktemp("judged"))
    told: list[Known] = []
    run.ask_contracts([mutants[name] for name in CHOSEN], told.append)
    return run, mutants, told


def find(run: Run, name: str) -> Known:
    return run.known[name]


@pytest.mark.parametrize(
    ("name", "change", "outcome"),
    [
        ("price.rounded:integer:1", "1 -> 2", "killed"),  # falls behind at a multiple of ten
        ("price.STEP:integer:3", "10 -> 0", "killed"),  # divides by zero
        ("price.low:integer:3", "5 -> 0", "survived"),  # no input meets the precondition any more: that refutes nothing
        ("price.UNUSED:integer:1", "1 -> 2", "survived"),  # nobody looks
        ("price.quits:condition:1", "False -> True", "survived"),  # ends the process, which refutes nothing
        ("price.FACTOR:integer:6", "1 -> 2", "invalid"),  # cannot be imported
    ],
)
def test_what_becomes_of_a_mutant(judged: Judged, name: str, change: str, outcome: str) -> None:
    run, mutants, _ = judged
    assert (run.known[name].change, run.known[name].outcome) == (change, outcome)
    assert run.is_known(mutants[name])


def test_every_answer_is_told(judged: Judged) -> None:
    run, _, told = judged
    assert {one.id for one in told} == run.known.keys() == set(CHOSEN)


def test_a_kill_names_the_condition(judged: Judged) -> None:
    run, _, _ = judged
    assert run.known["price.STEP:integer:3"].by == "price.rounded#1"


def test_a_proof_that_did_not_finish_stays_open(judged: Judged) -> None:
    run, _, _ = judged
    assert (run.known["price.quits:condition:1"].open, run.known["price.UNUSED:integer:1"].open) == (1, 0)


def test_another_change_under_the_same_id_is_not_known(judged: Judged) -> None:
    run, mutants, _ = judged
    mutant = replace(mutants["price.STEP:integer:3"], after="77")
    assert not run.is_known(mutant)
    assert not run.is_known(mutants["price.STEP:integer:1"])


def test_what_killed_before_is_asked_first(judged: Judged) -> None:
    run, mutants, _ = judged
    question = run._question(mutants["price.rounded:integer:2"])
    assert (question["favourites"], question["conditions"][0]["function"]) == (1, "rounded")
    assert run._question(mutants["price.doubled:integer:1"])["favourites"] == 0


def test_a_short_budget_in_all_leaves_conditions_open(tmp_path: Path) -> None:
    run, mutants = load(tmp_path, Budget(total=0.0))
    mutant = mutants["price.rounded:arithmetic:5"]  # killed by nothing before the money is spent: one answer is had
    run.ask_contracts([replace(mutant, after="amount + STEP")], lambda _known: None)
    assert run.known[mutant.id].open == 1


def test_a_kill_is_not_shown_to_the_vectors(judged: Judged) -> None:
    run, mutants, _ = judged
    assert run.is_answered(mutants["price.STEP:integer:3"])
    assert not run.is_answered(mutants["price.UNUSED:integer:1"])


def test_a_worker_that_ends_ends_the_run() -> None:
    with (
        Workers(("-c", "print(input() and 'no JSON')"), 1) as workers,
        pytest.raises(ValueError, match="Expecting value"),
    ):
        list(workers.ask({"one": dict}))
    with Workers(("-c", "raise SystemExit(3)"), 1) as workers, pytest.raises(RuntimeError, match="code 3"):
        list(workers.ask({"one": dict}))


SPECIFICATION = Path(calybris_spec.__path__[0])


@pytest.mark.parametrize(
    ("module", "old", "new", "seen"),
    [
        pytest.param("logic", "return statement ^ True", "return statement ^ True", False, marks=pytest.mark.slow),
        ("inputs", "request.risk_bps > MAX_BPS", "request.risk_bps >= MAX_BPS", True),
        ("codes", "MAX_BPS = BASIS_POINTS", "MAX_BPS = BASIS_POINTS[0]", True),
        ("decision", "    return trace(snapshot, request).decision", "    raise SystemExit", True),
        ("decision", "    return trace(snapshot, request).decision", "    return [0] * 2**40", True),
    ],
)
def test_what_the_vectors_see(module: str, old: str, new: str, seen: bool) -> None:
    source = (SPECIFICATION / f"{module}.py").read_text("utf-8")
    assert old in source
    question = {
        "package": SPECIFICATION.name,
        "import_from": str(SPECIFICATION.parent),
        "module": module,
        "source": source.replace(old, new),
    }
    with Workers(("-O", "-m", ASKER, str(VECTORS)), 1) as workers:
        ((_, answer),) = workers.ask({"one": lambda: question})
    assert bool(answer["case"]) == seen


def test_what_is_open_is_asked_again_with_patience(judged: Judged) -> None:
    run, mutants, _ = judged
    assert run.is_open(mutants["price.quits:condition:1"])
    assert not run.is_open(mutants["price.UNUSED:integer:1"])
