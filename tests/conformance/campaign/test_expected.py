"""The right answers are those of the kernel, row by row, and are written as `decide` writes them."""

from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.campaign import cases, expected
from calybris_conformance.campaign.steering import DECISIONS
from tests.support.campaigning import made


def test_columns_of_answers_are_what_the_reference_answers() -> None:
    for index, arm in enumerate(DECISIONS):
        batch, due = made(*arm, 5, index)
        for row in range(5):
            case = cases.decision(batch, due, row)
            assert {"ok": ADAPTER.operations["decide"](case.given, case.input)} == case.expect


def test_a_question_that_is_refused_expects_the_refusal() -> None:
    batch, due = made()
    case = cases.decision(batch, due, 0)
    request = {**case.input["request"], "risk_bps": "65536"}
    refused = cases.answered("decide", case.given, {"request": request}, "x")
    assert refused.expect == {"error": {"code": "INTEGER_OUT_OF_RANGE", "at": "risk_bps"}}


def test_types_follow_the_widths() -> None:
    assert [expected.dtype(kind).__name__ for kind in ("u8", "u64", "i64")] == ["uint64", "uint64", "int64"]
