"""What no proof reaches, searched with the symbolic checker as Hypothesis' backend: `make prove` runs this file alone.

Importing CrossHair disarms the contracts of the process, so no other test may run beside these; they compare by
`assert`.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calybris_ref.digest import decode_hex32
from calybris_ref.errors import DigestDecodeError
from calybris_ref.layout import decision_preimage, input_preimage
from calybris_refinement import kernel, stand_ins
from calybris_spec import digest
from calybris_spec.integers import Width
from calybris_spec.layout import decision_bytes, input_bytes
from calybris_spec.theorems import unfolded
from calybris_spec.types import DECISION, MODEL, POLICY, REQUEST, Decision, Model, Policy, Request

searched = settings(
    backend="crosshair", max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@searched
@given(st.integers(0, 2**64 - 1))
def differs_once(value: int) -> None:
    assert value * 3 != 3 * (2**40 + 7)


def test_the_search_finds_a_planted_difference() -> None:
    with pytest.raises(AssertionError):
        differs_once()


def row(widths: dict[str, Width]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(width.low, width.high) for width in widths.values()])


@searched
@given(row(POLICY), row(MODEL), row(REQUEST))
def test_a_candidate_is_assessed_as_specified(
    policy: tuple[int, ...], model: tuple[int, ...], request: tuple[int, ...]
) -> None:
    assert kernel.is_assessed_as_specified(Policy._make(policy), Model._make(model), Request._make(request))


@searched
@given(row(REQUEST))
def test_a_request_has_the_same_bytes(values: tuple[int, ...]) -> None:
    request = Request._make(values)
    assert tuple(input_preimage(stand_ins.request(request))) == unfolded(input_bytes)(request)


@searched
@given(row(DECISION))
def test_a_decision_has_the_same_bytes(values: tuple[int, ...]) -> None:
    decision = Decision._make(values)
    assert tuple(decision_preimage(stand_ins.decision(decision))) == unfolded(decision_bytes)(decision)


@searched
@given(st.text(max_size=66))
def test_a_digest_in_hex_is_read_alike(text: str) -> None:
    problem, _, raw = unfolded(digest.decode_hex)(tuple(text.encode("utf-8", "surrogatepass")))
    try:
        code, read = "", tuple(decode_hex32(text))
    except DigestDecodeError as error:
        code, read = error.code, ()
    assert (code, read) == (digest.REFUSALS[problem].code, raw)
