"""calybris_conformance.operations: what an adapter is."""

import pickle

from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.operations import Refused


def test_a_refusal_reads_as_its_code_and_path() -> None:
    assert str(Refused("INTEGER_NOT_CANONICAL", "risk_bps")) == "INTEGER_NOT_CANONICAL at risk_bps"
    assert str(Refused("X", "a", "why")) == "X at a: why"


def test_a_refusal_survives_the_way_to_another_process() -> None:
    twin = pickle.loads(pickle.dumps(Refused("X", "a", "why")))  # noqa: S301 - our own bytes
    assert (twin.code, twin.at, twin.detail) == ("X", "a", "why")


def test_an_adapter_claims_every_operation_that_it_has() -> None:
    assert ADAPTER.operations.keys() <= ADAPTER.features
