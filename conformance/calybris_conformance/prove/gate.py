"""Plan, ask, compare: every contract has a verdict, and every verdict an expectation.

What can be wrong, beside a verdict that is not the expected one: a contract that is declared and was not analysed
(`overlooked`), one that theorems.toml lists and that is gone (`vanished`), one that it does not list (`unexpected`),
one that no input reaches (`vacuous`), and a module that cannot be analysed (`unreadable`). Of several rounds: a verdict
or a number of paths that is not the same in each (`unstable`). Of all together: more than a small share that is only
searched (`too_many_searched`).
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from calybris_conformance.prove import declared, verdicts
from calybris_conformance.prove.cache import Cache
from calybris_conformance.prove.pool import Pool
from calybris_conformance.prove.verdicts import Condition, Limits, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from calybris_conformance.prove.expectations import Expectations

OVERLOOKED, VANISHED, UNEXPECTED, VACUOUS, UNREADABLE = "overlooked", "vanished", "unexpected", "vacuous", "unreadable"
UNSTABLE, TOO_MANY_SEARCHED = "unstable", "too_many_searched"
MOST_SEARCHED = 0.02
"""The share of all conditions, canaries apart, that may be searched instead of confirmed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong: what kind, about which function, and in words."""

    kind: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which modules and functions to check; by default all."""

    modules: tuple[str, ...] = ()
    only: str = ""

    def module(self, name: str) -> bool:
        """Whether a module was asked for."""
        return not self.modules or name in self.modules

    def function(self, condition: Condition) -> bool:
        """Whether a condition's function was asked for."""
        return re.search(self.only, condition.name) is not None


@dataclass(slots=True)
class Report:
    """The verdicts, in the order of the modules and of the source, and what is wrong with them."""

    results: list[Result] = field(default_factory=list)
    witnesses: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    from_cache: int = 0


@dataclass(slots=True)
class _Module:
    name: str
    conditions: list[Condition]
    error: str
    known: dict[tuple[Condition, int], Result]


def unknown_modules(expectations: Expectations, modules: Collection[str]) -> list[str]:
    """Those of the names that are no module of the package."""
    files = declared.modules(expectations.folder)
    return [name for name in modules if name not in files]


def prove(
    expectations: Expectations,
    selection: Selection,
    limits: Limits,
    processes: int,
    cache_folder: Path | None,
    on_plan: Callable[[int], None] = lambda _total: None,
    on_result: Callable[[Result], None] = lambda _result: None,
) -> Report:
    """Check what is selected; the callbacks are told how many questions there are, and each answer as it comes."""
    cache = Cache(cache_folder, expectations.folder, Path(__file__).parent, limits)
    report = Report()
    with Pool(expectations.folder, processes, limits) as pool:
        modules = [_inventory(name, pool, cache) for name in _modules(expectations) if selection.module(name)]
        for module in modules:
            report.failures += _inventory_failures(expectations, module)
        asked = [
            (condition, _paths(expectations, condition))
            for module in modules
            for condition in _questions(expectations, module)
            if selection.function(condition)
        ]
        answers = {question: module.known[question] for module in modules for question in module.known}
        to_ask = [question for question in asked if question not in answers]
        report.from_cache = len(asked) - len(to_ask)
        on_plan(len(to_ask))
        paths_of = dict(asked)
        with closing(pool.check(to_ask)) as results:
            for result in results:
                answers[result.condition, paths_of[result.condition]] = result
                on_result(result)
    for module in modules:
        kept = [(result, paths) for (_, paths), result in answers.items() if result.condition.module == module.name]
        if not module.error:
            cache.save(module.name, module.conditions, kept)
    for condition, paths in asked:
        result = answers[condition, paths]
        (report.witnesses if condition.is_witness else report.results).append(result)
        report.failures += _verdict_failures(expectations, result)
    return report


def unstable(rounds: Sequence[Report]) -> list[Failure]:
    """What was not the same in every round: a verdict, a number of paths, or whether there was an answer at all."""
    answers: dict[Condition, list[tuple[str, int]]] = {}
    for report in rounds:
        for result in (*report.results, *report.witnesses):
            answers.setdefault(result.condition, []).append((result.verdict, result.paths))
    failures = []
    for condition, given in answers.items():
        if len(set(given)) > 1 or len(given) < len(rounds):
            told = "; ".join(f"{verdict} on {paths} paths" for verdict, paths in given)
            failures.append(Failure(UNSTABLE, condition.name, f"{condition.text}: {told}"))
    return failures


def searched_share(proofs: Sequence[tuple[Expectations, Report]]) -> tuple[int, int]:
    """How many conditions are expected to be searched only, and how many there are, canaries apart."""
    expected = [
        found.verdict
        for expectations, report in proofs
        for result in report.results
        if (found := expectations.of(result.condition.module, result.condition.function))
        and found.verdict != verdicts.REFUTED
    ]
    return expected.count(verdicts.SEARCHED), len(expected)


def too_many_searched(proofs: Sequence[tuple[Expectations, Report]]) -> list[Failure]:
    """The failure of a specification that is searched where it ought to be proved; for runs of everything."""
    searched, conditions = searched_share(proofs)
    if searched <= MOST_SEARCHED * conditions:
        return []
    detail = f"{searched} of {conditions} conditions are only searched, more than {MOST_SEARCHED:.0%}"
    return [Failure(TOO_MANY_SEARCHED, "all conditions", detail)]


def _modules(expectations: Expectations) -> list[str]:
    """The modules that declare a contract or are expected to."""
    files = declared.modules(expectations.folder)
    return [
        name
        for name, path in files.items()
        if declared.contracts(path.read_text("utf-8")) or name in expectations.modules
    ] + [name for name in expectations.modules if name not in files]


def _inventory(name: str, pool: Pool, cache: Cache) -> _Module:
    conditions, known = cache.load(name)
    if conditions is not None:
        return _Module(name, conditions, "", known)
    found, error = pool.inventory(name)
    return _Module(name, found, error, {})


def _questions(expectations: Expectations, module: _Module) -> list[Condition]:
    """The conditions of a module, and for each function not expected to be refuted a witness against vacuity."""
    witnesses = [
        Condition(condition.module, condition.function, 0, condition.line, "some input reaches the postcondition")
        for condition in module.conditions
        if condition.number == 1 and not _expects(expectations, condition, verdicts.REFUTED)
    ]
    return sorted([*module.conditions, *witnesses], key=lambda condition: (condition.line, condition.number))


def _paths(expectations: Expectations, condition: Condition) -> int:
    """How many paths to try at most: 0 for all of them. A witness is a counterexample, found early or by the budget."""
    expected = expectations.of(condition.module, condition.function)
    return expected.paths if expected and not condition.is_witness else 0


def _expects(expectations: Expectations, condition: Condition, verdict: str) -> bool:
    expected = expectations.of(condition.module, condition.function)
    return expected is not None and expected.verdict == verdict


def _inventory_failures(expectations: Expectations, module: _Module) -> list[Failure]:
    if module.error:
        return [Failure(UNREADABLE, module.name, module.error)]
    failures = []
    found = Counter(condition.function for condition in module.conditions)
    path = declared.modules(expectations.folder)[module.name]
    analysed = Counter({name.rpartition(".")[2]: 0 for name in found})
    for name, number in found.items():
        analysed[name.rpartition(".")[2]] += number
    for name, number in declared.contracts(path.read_text("utf-8")).items():
        if analysed[name] < number:
            detail = f"{number} conditions are declared, {analysed[name]} were analysed"
            failures.append(Failure(OVERLOOKED, f"{module.name}.{name}", detail))
    expected = expectations.modules.get(module.name, {})
    for name, expectation in expected.items():
        if found[name] < expectation.conditions:
            detail = f"{expectation.conditions} conditions are expected, {found[name]} were analysed"
            failures.append(Failure(VANISHED, f"{module.name}.{name}", detail))
    for name, number in found.items():
        listed = expected[name].conditions if name in expected else 0
        if number > listed:
            detail = f"{number} conditions were analysed, {listed} are listed in theorems.toml"
            failures.append(Failure(UNEXPECTED, f"{module.name}.{name}", detail))
    return failures


def _verdict_failures(expectations: Expectations, result: Result) -> list[Failure]:
    condition = result.condition
    if condition.is_witness:
        if result.verdict == verdicts.REFUTED:
            return []
        detail = f"no input was found that reaches the postcondition ({result.verdict}) {result.detail}".rstrip()
        return [Failure(VACUOUS, condition.name, detail)]
    expected = expectations.of(condition.module, condition.function)
    if expected is None or result.verdict == expected.verdict:
        return []  # without an expectation the inventory has already failed
    text = f"{condition.text}: {verdicts.MEANING[result.verdict]}, expected {expected.verdict}. {result.detail}"
    return [Failure(result.verdict, condition.name, text.rstrip())]
