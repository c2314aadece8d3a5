"""Every theorem on concrete arguments, contracts on: what the prover confirms for all values holds for these too.

The prover looks at code paths symbolically; this runs the same functions in the ordinary interpreter.
"""

import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any, get_type_hints

import icontract
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import calybris_spec
from calybris_spec import theorems
from calybris_spec.book import Row
from calybris_spec.decision import NOTHING_SEEN, Rejections, Tally, take
from calybris_spec.gates import Appraisal
from calybris_spec.ledger import Account
from calybris_spec.policy import Verdict
from calybris_spec.ranking import EMPTY, Candidate, Podium, enter
from calybris_spec.snapshot import Finding
from calybris_spec.theorems import canary, unfolded
from calybris_spec.theorems.catalogs import Entry
from calybris_spec.theorems.chain import START, Head, Line, head_behind
from calybris_spec.theorems.logic import Nine
from calybris_spec.types import Decision, Model, Policy, Request
from calybris_spec.utility import Terms
from tests.support.specification import (
    EXAMPLE_MODELS,
    EXAMPLE_POLICY,
    EXAMPLE_REQUEST,
    LIMIT_MODEL,
    LIMIT_POLICY,
    LIMIT_REQUEST,
    accounts,
    decisions,
    models,
    near_models,
    near_requests,
    policies,
    requests,
)

Theorem = Callable[..., Any]


def functions_under_contract(module: Any) -> dict[str, Theorem]:
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and hasattr(function, "__postconditions__")
    }


MODULES = [
    importlib.import_module(f"{theorems.__name__}.{found.name}") for found in pkgutil.iter_modules(theorems.__path__)
]
THEOREMS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": function
    for module in MODULES
    if module is not canary
    for name, function in functions_under_contract(module).items()
}

small = st.integers(0, 3)
integers = small | st.sampled_from(
    [8, 9, 11, 13, 16, 18, 63, 64, 255, 9_999, 10_000, 10_001, 65_535, 2**32 - 1, 2**63 - 1, 2**64 - 1]
)
candidates = st.builds(Candidate, small, small, small, small, st.integers(0, 9))
terms = st.builds(Terms, *[integers] * 4)
appraisals = st.builds(Appraisal, st.integers(0, 9), terms, integers)


def podium_of(entered: list[Candidate]) -> Podium:
    podium = EMPTY
    for candidate in entered:
        podium = enter(podium, candidate)
    return podium


def tally_of(taken: list[Appraisal]) -> Tally:
    tally = NOTHING_SEEN
    for appraisal in taken:
        tally = take(tally, 1, 1, appraisal)
    return tally


def chain_of(*data: int, start: Head = START, number: int = 7) -> tuple[Line, ...]:
    """A good chain; the hash of one entry is a number made from the one before and the data."""
    lines: list[Line] = []
    head = start
    for one in data:
        digest = 1_000 * (head.last_hash + number) + one + 1
        lines.append(Line(head.sequence + 1, head.last_hash, digest, one, digest))
        head = head_behind(lines[-1])
    return tuple(lines)


def rewritten(line: Line, data: int) -> Line:
    """The line with other data and the hash made right."""
    digest = line.digest + data - line.data
    return line._replace(data=data, entry_hash=digest, digest=digest)


ONE, TWO, THREE = chain_of(1, 2, 3)

entries = st.builds(Entry, small, small, appraisals)

# Fields that add up, and fields of any width.
some_accounts = accounts | st.builds(Account, *[st.sampled_from([-(2**63), -1, 0, 1, 5, 2**63 - 1])] * 4)

BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    Account: some_accounts,
    Finding: st.builds(Finding, st.integers(0, 3), small),
    Row: st.builds(Row, small, some_accounts),
    tuple[Row, ...]: st.lists(st.builds(Row, small, some_accounts), max_size=3).map(tuple),
    tuple[int, int, int]: st.tuples(*[st.integers(0, 255)] * 3),
    bool: st.booleans(),
    int: integers,
    tuple[int, int]: st.tuples(integers, integers),
    Nine: st.tuples(*[st.booleans()] * 9),
    tuple[Appraisal, ...]: st.lists(appraisals, max_size=3).map(tuple),
    Appraisal: appraisals,
    Candidate: candidates,
    Entry: entries,
    tuple[Entry, ...]: st.lists(entries, max_size=3).map(tuple),
    tuple[Model, ...]: st.lists(near_models | models, max_size=2).map(tuple),
    Verdict: st.builds(Verdict, st.integers(0, 12), small),
    Decision: decisions,
    Head: st.builds(Head, small, small),
    Line: st.builds(Line, small, small, small, small, small) | st.sampled_from([ONE, TWO, THREE]),
    tuple[Line, ...]: st.lists(st.integers(0, 9), max_size=4).map(lambda data: chain_of(*data)),
    Model: near_models | models,
    Podium: st.lists(candidates, max_size=3, unique_by=lambda candidate: candidate.position).map(podium_of),
    Policy: st.just(EXAMPLE_POLICY) | policies,
    Rejections: st.builds(Rejections, *[small] * 9),
    Request: near_requests | requests,
    Tally: st.lists(appraisals, max_size=4).map(tally_of),
    Terms: terms,
}
# Arguments for theorems whose preconditions chance would not meet.
CHOSEN: dict[str, dict[str, Any]] = {
    "catalogs.neighbours_may_change_places": {
        "podium": podium_of([Candidate(3, 0, 0, 1, 0), Candidate(2, 0, 0, 2, 1)]),
        "one": Candidate(2, 0, 0, 4, 0),
        "two": Candidate(2, 0, 0, 3, 0),
        "place": 2,
    },
    "catalogs.neighbours_may_change_places_in_any_catalog": {
        "podium": podium_of([Candidate(3, 0, 0, 1, 0), Candidate(2, 0, 0, 2, 1)]),
        "one": Candidate(2, 0, 0, 4, 0),
        "two": Candidate(5, 0, 0, 3, 0),
        "rest": (Candidate(4, 0, 0, 6, 0), Candidate(5, 0, 0, 5, 0), Candidate(9, 0, 0, 5, 0)),
        "place": 2,
    },
    "catalogs.whatever_follows_keeps_podiums_alike": {
        "one": podium_of([Candidate(3, 0, 0, 1, 0), Candidate(2, 0, 0, 2, 1)]),
        "other": podium_of([Candidate(2, 0, 0, 2, 0), Candidate(3, 0, 0, 1, 1)]),
        "rest": (Candidate(3, 0, 0, 0, 0), Candidate(1, 0, 0, 7, 0)),
        "place": 2,
    },
    "catalogs.podiums_that_are_alike_stay_alike": {
        "one": podium_of([Candidate(3, 0, 0, 1, 0), Candidate(2, 0, 0, 2, 1)]),
        "other": podium_of([Candidate(2, 0, 0, 2, 0), Candidate(3, 0, 0, 1, 1)]),
        "candidate": Candidate(2, 0, 0, 0, 2),
        "place": 2,
    },
    "catalogs.whoever_has_entered_stays_behind_the_podium": {
        "tally": tally_of([Appraisal(0, Terms(9, 0, 1, 0), 8)]),
        "entries": (Entry(2, 9, Appraisal(0, Terms(9, 0, 0, 0), 9)), Entry(3, 9, Appraisal(4, Terms(9, 0, 0, 0), 9))),
        "seen": Candidate(8, 1, 1, 1, 0),
    },
    "chain.a_change_that_keeps_the_hash_is_found_where_it_is": {
        "head": START,
        "a": ONE,
        "t": rewritten(ONE, 9)._replace(entry_hash=ONE.entry_hash),
    },
    "chain.a_change_with_a_new_hash_is_found_at_the_next_entry": {
        "head": START,
        "a": ONE,
        "b": TWO,
        "t": rewritten(ONE, 9),
    },
    "chain.an_entry_that_is_dropped_is_missed_at_once": {"head": START, "a": ONE, "b": TWO, "c": THREE},
    "chain.entries_that_are_swapped_are_found_at_the_first_of_them": {"head": START, "a": ONE, "b": TWO},
    "chain.an_entry_that_is_repeated_is_found_at_once": {"head": START, "a": ONE},
    "chain.an_entry_that_is_inserted_is_found_behind_it": {
        "head": START,
        "a": ONE,
        "b": TWO,
        "t": rewritten(TWO, 9),
    },
    "chain.a_last_entry_with_the_same_hash_is_the_same_entry": {
        "head": START,
        "a": ONE,
        "b": TWO,
        "t": rewritten(TWO, 9),
    },
    "chain.logs_that_end_alike_ended_alike_before": {"one": START, "other": START, "a": ONE, "b": ONE},
    "chain.two_logs_of_three_entries_with_one_last_hash_are_one": dict(
        zip("abcxyz", [ONE, TWO, THREE] * 2, strict=True)
    ),
    "chain.no_entry_has_the_hash_of_a_log_without_entries": {"one": head_behind(ONE), "a": TWO},
    "chain.a_tail_that_is_cut_off_leaves_a_good_log": {"head": START, "a": ONE, "b": TWO},
    "chain.an_anchor_shows_that_a_tail_was_cut_off": {"head": START, "a": ONE, "b": TWO, "keyed": True},
    "chain.another_key_breaks_a_log_at_its_first_entry": {"head": START, "a": ONE, "other_digest": 5},
    "cost.cost_is_the_sum_of_two_ceilings_or_the_largest_u64": {
        "input_tokens": 1_200,
        "input_rate": 2_500_000,
        "output_tokens": 1,
        "output_rate": 1,
        "input_side": 3_000,
        "output_side": 1,
    },
    "decision.a_rejection_fits_the_widths": {
        "policy": EXAMPLE_POLICY,
        "request": EXAMPLE_REQUEST,
        "reason": 104,
        "evaluated": 70_000,
    },
    "envelope.a_sealed_envelope_holds_the_decision_and_nothing_attached": {
        "replay_valid": True,
        "decision": Decision(7, 3, 104, 1, 65_535, 6_500, -30_685, 2, 30_075, 3, 2, 12, 5),
    },
    "gates.a_number_at_its_limit_passes": {"policy": LIMIT_POLICY, "model": LIMIT_MODEL, "request": LIMIT_REQUEST},
    "gates.zero_means_no_constraint": {
        "policy": LIMIT_POLICY,
        "model": LIMIT_MODEL,
        "request": LIMIT_REQUEST._replace(max_p95_latency_ms=0, required_region_mask=0, required_capabilities=0),
    },
    "json_text.different_pairs_are_different_characters": {
        "one": 0xD83D,
        "low": 0xDE00,
        "other": 0xDBFF,
        "last": 0xDFFF,
    },
    "json_text.every_character_outside_the_basic_plane_is_one_pair": {"code": 0x1F600},
    "ranking.of_two_equal_candidates_the_earlier_stays": {
        "one": Candidate(1, 2, 3, 4, 5),
        "other": Candidate(1, 2, 3, 4, 6),
    },
    "ranking.whoever_stood_behind_the_podium_still_does": {
        "podium": podium_of([Candidate(3, 0, 0, 0, 0), Candidate(2, 0, 0, 0, 1)]),
        "candidate": Candidate(4, 0, 0, 0, 3),
        "seen": Candidate(1, 0, 0, 0, 2),
    },
    "recovery.the_plan_counts_the_entries_above_the_watermark": {"last_sequence": 9, "watermark": 4},
    "policy.trusted_visits_by_id_and_names_the_place_given": {
        "one": EXAMPLE_MODELS[1]._replace(provider_id=64),
        "other": EXAMPLE_MODELS[0],
    },
}


def preconditions_hold(theorem: Theorem, arguments: dict[str, Any]) -> bool:
    groups = getattr(theorem, "__preconditions__", None) or []
    return all(
        contract.condition(**{name: arguments[name] for name in contract.condition_args})
        for group in groups
        for contract in group
    )


@pytest.mark.parametrize("name", sorted(THEOREMS))
def test_a_theorem_holds_for_concrete_values(name: str) -> None:
    theorem = THEOREMS[name]
    hints = {key: hint for key, hint in get_type_hints(theorem).items() if key != "return"}
    if name in CHOSEN:
        assert preconditions_hold(theorem, CHOSEN[name])
        theorem(**CHOSEN[name])
        return

    @settings(max_examples=15, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    @given(st.fixed_dictionaries({key: BY_TYPE[hint] for key, hint in hints.items()}))
    def holds(arguments: dict[str, Any]) -> None:
        assume(preconditions_hold(theorem, arguments))
        theorem(**arguments)

    holds()


COUNTEREXAMPLES: dict[str, tuple[Any, ...]] = {
    "wrong_tokens_may_be_swapped": (EXAMPLE_POLICY, EXAMPLE_MODELS[1], EXAMPLE_REQUEST),
    "wrong_less_budget_never_hurts": (EXAMPLE_POLICY, EXAMPLE_MODELS[1], EXAMPLE_REQUEST, 6_499),
    "wrong_both_sides_are_rounded_together": (1, 1),
    "wrong_two_floors_are_as_good_as_one": (3, 5_000, 6_667),
    "wrong_a_larger_mask_covers_a_smaller_one": (2, 1),
    "wrong_the_higher_id_wins": (Candidate(1, 1, 1, 1, 1), Candidate(1, 1, 1, 2, 1)),
    "wrong_the_first_of_equal_counts_dominates": (
        Rejections(1, 1, 0, 0, 0, 0, 0, 0, 1)._replace(disabled=0, budget=1),
    ),
    "wrong_the_highest_byte_comes_first": (1,),
    "wrong_a_tail_that_is_cut_off_breaks_the_chain": (START, ONE, TWO),
    "wrong_two_entries_may_be_swapped_unnoticed": (START, ONE, TWO),
    "wrong_an_anchor_need_not_be_compared_by_hash": (START, ONE, rewritten(ONE, 9), False),
    "wrong_a_changed_entry_with_a_new_hash_is_found_where_it_is": (START, ONE, TWO, rewritten(ONE, 9)),
    "wrong_equal_hashes_mean_equal_data_under_any_hash": (ONE, ONE._replace(data=9)),
    "wrong_an_overrun_gives_the_hold_back": (Account(5, 1, 4, 0), 4, 6),
    "wrong_the_money_is_asked_before_the_cap": (Account(5, 5, 0, 0), 6, 5),
    "wrong_what_balances_may_be_restored": (Account(5, 1, 4, 0),),
    "wrong_a_total_that_does_not_fit_saturates": (2**63, 0),
}


def test_every_canary_has_a_counterexample() -> None:
    assert sorted(functions_under_contract(canary)) == sorted(COUNTEREXAMPLES)


@pytest.mark.parametrize("name", sorted(COUNTEREXAMPLES))
def test_a_canary_is_wrong(name: str) -> None:
    with pytest.raises(icontract.ViolationError):
        getattr(canary, name)(*COUNTEREXAMPLES[name])


# Theorems about more than one module.
ACROSS = {"answers", "canary", "catalogs", "json_answers", "ledger_tables", "monotonicity", "tables", "walking"}


def test_every_module_of_theorems_mirrors_a_module_of_the_specification() -> None:
    modules = {found.name for found in pkgutil.iter_modules(calybris_spec.__path__)}
    mirrors = {module.__name__.rpartition(".")[2] for module in MODULES} - ACROSS
    assert {name.removesuffix("_answers") for name in mirrors} <= modules


def test_the_expectations_list_every_theorem() -> None:
    expected = tomllib.loads((resources.files(calybris_spec) / "theorems.toml").read_text("utf-8"))
    listed = {f"{module}.{name}" for module, functions in expected.items() for name in functions}
    assert {f"theorems.{name}" for name in THEOREMS} <= listed


def test_a_function_without_a_contract_unfolds_to_itself() -> None:
    assert unfolded(podium_of) is podium_of
