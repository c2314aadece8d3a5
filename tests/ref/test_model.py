"""calybris_ref.model: the records' fields and codes (TYPES-2 … TYPES-8), and the bounds of a request (INPUT-1)."""

import pytest
from calybris import _core as peer

from calybris_ref import (
    ALL_PROVIDERS,
    ALL_REGIONS,
    BASIS_POINTS,
    MAX_BPS,
    MAX_CATALOG_MODELS,
    MAX_PROVIDER_ID,
    MAX_RISK_PENALTY_MULTIPLIER_BPS,
    MICROCENTS_PER_CENT,
    Gate,
    InputError,
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelModel,
    KernelReason,
    PolicySnapshot,
    RejectionHistogram,
)
from calybris_ref.record import Record, columns
from tests.support import records

# The widths in declaration order, as the clauses list them: a digest depends on every one of them.
WIDTHS = {
    KernelModel: "u32 u16 u16 u16 u8 u32 u64 u64 u64 u64",
    KernelInput: "u64 u32 u32 u32 i64 u64 u16 u16 u16 u32 u64 u64 u64",
    KernelDecision: "u64 u8 u16 u32 u16 u64 i64 u32 i64 u16 u16 u64 u64",
    PolicySnapshot: "u64 u64 u16 u16 u16 u64",
    RejectionHistogram: "u16 u16 u16 u16 u16 u16 u16 u16 u16",
}


@pytest.mark.parametrize("record", WIDTHS, ids=lambda record: record.__name__)
def test_the_fields_have_the_widths_of_the_clauses(record: type[Record]) -> None:
    assert [column.width.name for column in columns(record) if column.width] == WIDTHS[record].split()


@pytest.mark.parametrize("record", [KernelModel, KernelInput], ids=lambda record: record.__name__)
def test_the_fields_are_those_of_the_peer_in_its_order(record: type[Record]) -> None:
    example = records.model() if record is KernelModel else records.request()
    values = [getattr(example, column.name) for column in columns(record)]
    assert getattr(peer, record.__name__)(*values).as_dict() == example.to_dict()


@pytest.mark.parametrize("reason", KernelReason, ids=lambda reason: reason.label)
def test_the_reasons_have_the_codes_of_the_peer(reason: KernelReason) -> None:
    assert getattr(peer, f"REASON_{reason.name}") == reason


@pytest.mark.parametrize("action", KernelAction, ids=lambda action: action.label)
def test_the_actions_have_the_codes_of_the_peer(action: KernelAction) -> None:
    assert getattr(peer, f"ACTION_{action.name}") == action


def test_the_codes_are_those_of_the_clauses() -> None:
    assert [int(action) for action in KernelAction] == [1, 2, 3]
    assert [int(reason) for reason in KernelReason] == [1, 2, *range(100, 111)]
    assert KernelReason(110).label == "risk_ceiling_constraint"
    assert KernelReason(102).name_json == "NoEnabledModel"


def test_the_gates_stand_in_the_order_in_which_they_are_asked() -> None:
    order = "disabled quality latency capability provider region risk_ceiling budget utility"
    assert [gate.label for gate in sorted(Gate)] == order.split()
    assert {gate.label for gate in Gate} == {column.name for column in columns(RejectionHistogram)}


def test_the_constants_are_those_of_the_clauses() -> None:
    assert (BASIS_POINTS, MAX_BPS, MAX_RISK_PENALTY_MULTIPLIER_BPS) == (10_000, 10_000, 50_000)
    assert (MAX_PROVIDER_ID, MAX_CATALOG_MODELS, MICROCENTS_PER_CENT) == (63, 65_535, 1_000_000)
    assert ALL_PROVIDERS == ALL_REGIONS == peer.ALL_PROVIDERS == peer.ALL_REGIONS == 18_446_744_073_709_551_615


@pytest.mark.parametrize(
    ("action", "executable", "requested", "substitution", "rejected"),
    [
        (KernelAction.EXECUTE_REQUESTED, True, True, False, False),
        (KernelAction.SUBSTITUTE, True, False, True, False),
        (KernelAction.REJECT, False, False, False, True),
    ],
)
def test_a_decision_says_what_it_is(
    action: KernelAction, executable: bool, requested: bool, substitution: bool, rejected: bool
) -> None:
    decision = KernelDecision(1, action, KernelReason.BUDGET_CONSTRAINT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert decision.is_executable is executable
    assert decision.is_requested_execution is requested
    assert decision.is_substitution is substitution
    assert decision.is_rejected is rejected


BOUNDED = ("risk_bps", "confidence_bps", "minimum_quality_bps")


@pytest.mark.parametrize("field", BOUNDED)
def test_a_proportion_of_a_request_may_be_one_and_no_more(field: str) -> None:
    records.request(**{field: 10_000}).validate()
    with pytest.raises(InputError) as refused:
        records.request(**{field: 10_001}).validate()
    error = refused.value
    assert (error.code, error.at, error.field) == ("INPUT_BPS_OUT_OF_RANGE", field, field)
    assert (error.value, error.maximum) == (10_001, 10_000)


def test_the_first_proportion_out_of_bounds_is_reported() -> None:
    wrong = dict.fromkeys(BOUNDED, 65_535)
    for field in BOUNDED:
        with pytest.raises(InputError) as refused:
            records.request(**wrong).validate()
        assert refused.value.field == field
        wrong[field] = 0
    records.request(**wrong).validate()
