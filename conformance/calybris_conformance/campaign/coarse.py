"""The first, coarse cut at a finding: leave out candidates, then set whole fields to what does nothing.

Hypothesis would get there too, but its attempts cost more the more there is to draw; after this there is little left.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from calybris_conformance import wire
from calybris_conformance.campaign.choices import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_MOST_IN_PAIRS: Final = 12  # candidates, of which every two are tried
_AMOUNTS: Final = ("input_tokens", "output_tokens", "business_value_microunits", "risk_bps", "confidence_bps")

Question = dict[str, Any]
"""{given, input} of `decide`, on the wire."""


def cut(question: Question, still_wrong: Callable[[Mapping[str, Any]], bool]) -> Question:
    """The question with everything left out that is not needed for it to be still wrong, tried piece by piece."""
    before = None
    while question != before:  # simpler fields need fewer candidates, and fewer candidates simpler fields
        before = question
        question = _without_candidates(question, still_wrong)
        for simpler in _simpler(question):
            made = simpler(question)
            if made != question and still_wrong(made):
                question = made
    return question


def _without_candidates(question: Question, still_wrong: Callable[[Mapping[str, Any]], bool]) -> Question:
    """Leaves out halves of the catalog, then quarters, down to single candidates; then pairs, which keep a draw."""
    size = len(_models(question))
    while size:
        place = 0
        while place < len(_models(question)):
            models = _models(question)
            shorter = _with_models(question, models[:place] + models[place + size :])
            if still_wrong(shorter):
                question = shorter
            else:
                place += size
        size //= 2
    return _without_pairs(question, still_wrong)


def _without_pairs(question: Question, still_wrong: Callable[[Mapping[str, Any]], bool]) -> Question:
    """Leaves out any two candidates, as long as that can be done."""
    found = True
    while found and len(_models(question)) <= _MOST_IN_PAIRS:
        models = _models(question)
        found = False
        for pair in combinations(range(len(models)), 2):
            shorter = _with_models(question, [one for place, one in enumerate(models) if place not in pair])
            if still_wrong(shorter):
                question, found = shorter, True
                break
    return question


def _simpler(question: Question) -> Iterator[Callable[[Question], Question]]:
    """Ways to set fields to what does nothing: many at once, which keeps a balance, then one by one."""
    yield partial(_with_policy, key="constructor", value="validated")
    for names in (tuple(wire.REQUEST), _AMOUNTS, *((name,) for name in wire.REQUEST)):
        yield partial(_with_request, fields={name: str(neutral(name)) for name in names})
    for name in wire.POLICY_SCALARS:
        yield partial(_with_policy, key=name, value=str(neutral(name)))
    for place in range(len(_models(question))):
        for name in wire.MODEL:
            value = place + 1 if name == "model_id" else neutral(name)
            yield partial(_with_model, place=place, name=name, value=str(value))


def _models(question: Question) -> list[dict[str, str]]:
    found: list[dict[str, str]] = question["given"]["policy"]["models"]
    return found


def _with_models(question: Question, models: list[dict[str, str]]) -> Question:
    return _with_policy(question, "models", models)


def _with_model(question: Question, place: int, name: str, value: str) -> Question:
    models = list(_models(question))
    models[place] = {**models[place], name: value}
    return _with_models(question, models)


def _with_request(question: Question, fields: Mapping[str, str]) -> Question:
    return {**question, "input": {"request": {**question["input"]["request"], **fields}}}


def _with_policy(question: Question, key: str, value: Any) -> Question:
    return {**question, "given": {"policy": {**question["given"]["policy"], key: value}}}
