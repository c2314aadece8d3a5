"""The reference sends the bytes behind its digests, and they are those of the vectors."""

from collections.abc import Mapping
from typing import Any

import pytest

from calybris_conformance.adapters import reference_preimages
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.reference_preimages import telling
from calybris_conformance.corpus import Case, load

DIGESTS = [case for case in load().cases if case.op.startswith("digest.")]
TOLD = telling(ADAPTER)


def told(case: Case) -> Mapping[str, Any]:
    return TOLD.operations[case.op](case.given, case.input)


def test_every_preimage_of_the_vectors_is_sent() -> None:
    with_preimage = [case for case in DIGESTS if "preimage_hex" in case.expect]
    assert {case.op for case in with_preimage} == {"digest.policy", "digest.input", "digest.decision", "digest.ledger"}
    for case in with_preimage:
        assert told(case) == {**case.expect["ok"], "preimage_hex": case.expect["preimage_hex"]}, case.id


def test_a_preimage_that_is_too_long_to_read_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    case = next(case for case in DIGESTS if "preimage_hex" in case.expect)
    monkeypatch.setattr(reference_preimages, "_LONGEST_SENT", 8)
    assert told(case) == case.expect["ok"]


def test_asked_without_the_protocol_nothing_is_told() -> None:
    case = DIGESTS[0]
    assert ADAPTER.operations[case.op](case.given, case.input) == case.expect["ok"]
