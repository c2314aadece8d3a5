"""calybris_ref.wal_print: the template prints what `payload_bytes` prints (LOG-7, LOG-9)."""

import dataclasses
from typing import Any

import pytest

from calybris_ref import AuditBundle, JsonText, PayloadError, audit_bundle, payload_bytes
from calybris_ref.wal_print import printed
from calybris_ref.wal_record import record_bytes
from tests.support.logs import DECISION, POLICY, REQUEST
from tests.support.records import request

BUNDLE = audit_bundle(POLICY, REQUEST, DECISION)
REJECTED = POLICY.prescribe(request(risk_bps=10_000))


def by_the_book(audit: AuditBundle, metadata: Any) -> bytes:
    return payload_bytes(
        {"audit": audit.to_dict(), "input": REQUEST.to_dict(), "decision": DECISION.to_dict(), "metadata": metadata}
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"replay_valid": False},
        {"created_by": "é\U0001f600"},
        {"created_by": 'a"b\\c\n\x01\x7f\u2028%s %d'},
        {"schema_version": "", "policy_digest_hex": "é" * 64},
        {"policy_epoch": 2**64 - 1, "catalog_epoch": 0},
    ],
)
@pytest.mark.parametrize("metadata", [None, {"a": [1, "é"]}, "%s", JsonText(' {"b" : -1} ')])
def test_the_template_prints_the_same(changes: dict[str, Any], metadata: Any) -> None:
    audit = dataclasses.replace(BUNDLE, **changes)
    assert printed(audit, REQUEST, DECISION) is not None
    assert record_bytes(audit, REQUEST, DECISION, metadata) == by_the_book(audit, metadata)


def test_every_number_and_name_is_printed() -> None:
    asked = request(business_value_microunits=-(2**63), allowed_provider_mask=2**64 - 1)
    decided = POLICY.prescribe(asked)
    for request_, decision in ((asked, decided), (REQUEST, REJECTED)):
        by_hand = {"audit": BUNDLE.to_dict(), "input": request_.to_dict(), "decision": decision.to_dict()}
        assert record_bytes(BUNDLE, request_, decision, 0) == payload_bytes({**by_hand, "metadata": 0})


@pytest.mark.parametrize(
    ("audit", "metadata"),
    [
        (dataclasses.replace(BUNDLE, created_by="\ud800"), None),
        (dataclasses.replace(BUNDLE, created_by="\ud800"), 1.5),
        (BUNDLE, {"a": [0, 1.5]}),
        (BUNDLE, [[[]]] * 2),
        (BUNDLE, JsonText("[" * 100 + "]" * 100)),
        (BUNDLE, "x" * (16 * 1024 * 1024 - 1_000)),
    ],
)
def test_what_is_refused_is_refused_in_the_same_words(audit: AuditBundle, metadata: Any) -> None:
    def told(ask: Any) -> Any:
        try:
            return ask()
        except PayloadError as error:
            return str(error), vars(error)

    assert told(lambda: record_bytes(audit, REQUEST, DECISION, metadata)) == told(lambda: by_the_book(audit, metadata))
