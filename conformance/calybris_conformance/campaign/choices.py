"""A case of `decide` as a sequence of small choices, and back: what Hypothesis makes smaller.

Every field is one integer that is 0 when the field does nothing: no limit, no mask, full quality, no cost. So a case
becomes smaller in the sense of Hypothesis exactly when it becomes simpler to read. `strategy` draws such a sequence,
`encode` writes down the one that a given case would have been drawn from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from calybris_conformance import wire
from calybris_conformance.campaign.catalogs import as_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.campaign.catalogs import Record

_U16: Final = 2**16 - 1
_U64: Final = 2**64 - 1
_BPS: Final = 10_000
_CONSTRUCTORS: Final = ("validated", "try_new", "unchecked")

# Fields whose neutral value is not 0: the choice is the distance down from it, and what lies above it comes after.
_NEUTRAL: Final[Mapping[str, int]] = {
    "quality_bps": _BPS,
    "risk_ceiling_bps": _BPS,
    "enabled": 1,
    "capabilities": _U64,
    "region_mask": _U64,
    "hard_risk_limit_bps": _BPS,
    "confidence_bps": _BPS,
    "budget_limit_microunits": _U64,
    "allowed_provider_mask": _U64,
}


def strategy() -> st.SearchStrategy[dict[str, Any]]:
    """Cases as {given, input}, on the wire; many mean nothing, and are refused by whoever asks."""

    @st.composite
    def candidates(draw: st.DrawFn, last: int) -> Record | None:
        # One draw from the outside, so that a candidate is left out as a whole.
        if not draw(_MORE):
            return None
        fields = {name: _decoded(name, draw(drawn)) for name, drawn in _CANDIDATE.items()}
        return {**fields, "model_id": last + draw(_STEP)}

    @st.composite
    def cases(draw: st.DrawFn) -> dict[str, Any]:
        record: Record = {"constructor": _CONSTRUCTORS[draw(_CONSTRUCTOR)], "models": []}
        last = 1
        while (candidate := draw(candidates(last))) is not None:
            record["models"].append(candidate)
            last = candidate["model_id"] + 1
        for name, drawn in _SCALARS.items():
            record[name] = _decoded(name, draw(drawn))
        request = {name: str(_decoded(name, draw(drawn))) for name, drawn in _REQUEST.items()}
        return {"given": {"policy": as_wire(record)}, "input": {"request": request}}

    return cases()


def encode(given: Mapping[str, Any], question: Mapping[str, Any]) -> list[int | bool]:
    """The choices from which `strategy` draws this case."""
    constructor, scalars, listed = wire.read_policy(given["policy"])
    found: list[int | bool] = [_CONSTRUCTORS.index(constructor)]
    last = 1
    for model in listed:
        found.append(True)
        found += [_encoded(name, model[name]) for name in _FIELDS]
        found.append(model["model_id"] - last)
        last = model["model_id"] + 1
    found.append(False)
    found += [_encoded(name, scalars[name]) for name in wire.POLICY_SCALARS]
    request = wire.read(wire.REQUEST, question["request"])
    return [*found, *(_encoded(name, request[name]) for name in wire.REQUEST)]


def neutral(name: str) -> int:
    """The value of a field that does nothing."""
    return _NEUTRAL.get(name, 0)


def _draws(shape: Mapping[str, str]) -> dict[str, st.SearchStrategy[int]]:
    return {name: st.integers(*wire.INTEGER_TYPES[kind]) for name, kind in shape.items()}


_FIELDS: Final = {name: kind for name, kind in wire.MODEL.items() if name != "model_id"}
_CANDIDATE: Final = _draws(_FIELDS)
_SCALARS: Final = _draws(wire.POLICY_SCALARS)
_REQUEST: Final = _draws(wire.REQUEST)
_CONSTRUCTOR: Final = st.integers(0, len(_CONSTRUCTORS) - 1)
_MORE: Final = st.booleans()
_STEP: Final = st.integers(-(2**32), 2**32)  # from one id to the next; below 0 in a catalog out of order


def _decoded(name: str, choice: int) -> int:
    neutral = _NEUTRAL.get(name)
    return choice if neutral is None or choice > neutral else neutral - choice


def _encoded(name: str, value: int) -> int:
    neutral = _NEUTRAL.get(name)
    return value if neutral is None or value > neutral else neutral - value
