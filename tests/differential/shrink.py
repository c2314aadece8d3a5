"""Makes a case on which implementations differ as small as greed can make it, and prints it as a vector."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.differential.cases import Integers, Policy, to_wire

_Path = tuple[int | str, ...]


class Case(NamedTuple):
    """A policy, a request, and the request for which the other decision is taken."""

    policy: Policy
    request: Integers
    decided_for: Integers


def shrink(case: Case, differs: Callable[[Case], bool]) -> Case:
    """The smallest case found that still differs: fewer models first, then numbers nearer to 0."""
    before = None
    while before != case:
        before = case
        case = _drop_models(case, differs)
        for path in list(_numbers(case)):
            case = _lower(case, path, differs)
    return case


def _drop_models(case: Case, differs: Callable[[Case], bool]) -> Case:
    place = 0
    while place < len(case.policy["models"]):
        models = case.policy["models"]
        smaller = case._replace(policy=case.policy | {"models": models[:place] + models[place + 1 :]})
        if differs(smaller):
            case = smaller
        else:
            place += 1
    return case


def _numbers(case: Case) -> Iterator[_Path]:
    yield from ((1, key) for key in case.request)
    yield from ((2, key) for key in case.decided_for)
    yield from ((0, key) for key in case.policy if key != "models")
    for place, model in enumerate(case.policy["models"]):
        yield from ((0, "models", place, key) for key in model)


def _lower(case: Case, path: _Path, differs: Callable[[Case], bool]) -> Case:
    """The case with the number at this path as near to 0 as it can be."""
    while value := _part(case, path):
        sign = 1 if value > 0 else -1
        lower = (sign * (abs(value) - (abs(value) >> bits)) for bits in range(value.bit_length()))
        found = next((smaller for number in lower if differs(smaller := _with(case, path, number))), None)
        if found is None:
            break
        case = found
    return case


def _part(whole: Any, path: _Path) -> Any:
    for key in path:
        whole = whole[key]
    return whole


def _with(case: Case, path: _Path, number: int) -> Case:
    changed = copy.deepcopy(case)
    _part(changed, path[:-1])[path[-1]] = number
    return changed


def as_vector(op: str, given: dict[str, Any], question: dict[str, Any], answers: dict[str, Any]) -> str:
    """A question and what each implementation answers, in the words of the vectors."""
    return json.dumps(to_wire({"op": op, "given": given, "input": question, "answers": answers}), indent=2)
