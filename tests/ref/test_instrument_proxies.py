"""What each wrapped object tells, and that it answers as before."""

import asyncio
import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calybris_ref import (
    AsyncWalWriter,
    Instrumentation,
    MissingTenant,
    Released,
    Reserved,
    Valid,
    WalPoisoned,
    WalWriter,
    audit_bundle,
    decision_digest,
)
from tests.support import ledgers, logs, records
from tests.support.observed import (
    CANARY,
    DECISION,
    POLICY,
    REJECTED,
    REQUEST,
    SUBSTITUTED,
    Broken,
    Told,
)


def test_a_decision_is_told_with_its_numbers(watched: Instrumentation, told: Told) -> None:
    assert watched.policy(POLICY).prescribe(REQUEST) == DECISION
    assert told.fields == [
        {
            "event": "prescribe",
            "request_sequence": 77,
            "requested_model_id": 1,
            "input_tokens": 1_000,
            "output_tokens": 500,
            "action": "execute_requested",
            "reason": "requested_model_maximizes_utility",
            "selected_model_id": 1,
            "expected_utility_microunits": records.UTILITY,
            "estimated_cost_microunits": 5_000,
            "eligible_models": 2,
        }
    ]
    assert told.levels == ["INFO"]
    assert told.records[0].getMessage().startswith("prescribe request_sequence=77 requested_model_id=1 input_tokens=")


def test_every_way_to_decide_is_told_and_answers_as_before(watched: Instrumentation, told: Told) -> None:
    policy = watched.policy(POLICY)
    assert policy.prescribe_with_trace(REQUEST) == POLICY.prescribe_with_trace(REQUEST)
    assert policy.prescribe_batch([REJECTED, SUBSTITUTED]) == POLICY.prescribe_batch([REJECTED, SUBSTITUTED])
    assert [fields["action"] for fields in told.fields] == ["execute_requested", "reject", "substitute"]
    assert policy.wrapped is POLICY
    assert (policy.models, policy.explain(REQUEST)) == (POLICY.models, POLICY.explain(REQUEST))
    assert len(told.records) == 3


@pytest.mark.parametrize(("is_right", "status", "level"), [(True, "valid", "INFO"), (False, "mismatch", "WARNING")])
def test_a_verification_is_told_by_its_verdict(
    watched: Instrumentation, told: Told, is_right: bool, status: str, level: str
) -> None:
    decision = DECISION if is_right else replace(DECISION, selected_model_id=2)
    verdict = watched.verify_decision(POLICY, REQUEST, decision)
    assert verdict.status == status
    assert told.fields == [{"event": "verify", "request_sequence": 77, "status": status}]
    assert told.levels == [level]


def test_a_digest_that_is_not_the_decision_s_is_an_error(watched: Instrumentation, told: Told) -> None:
    assert watched.verify_decision_digest(DECISION, decision_digest(DECISION).hex()) == Valid()
    watched.verify_decision_digest(DECISION, "00")
    assert told.fields == [
        {"event": "verify", "request_sequence": 77, "status": "valid"},
        {"event": "verify", "request_sequence": 77, "status": "digest_mismatch"},
    ]
    assert told.levels == ["INFO", "ERROR"]


def test_the_ledger_tells_statuses_and_no_amounts(watched: Instrumentation, told: Told) -> None:
    engine = watched.engine(ledgers.engine(acme=100))
    outcome, first = engine.try_reserve("acme", 40)
    assert outcome == Reserved(60)
    _, second = engine.try_reserve("acme", 50)
    assert engine.try_reserve("nobody", 1) == (MissingTenant(), None)
    engine.commit(first, 39)
    engine.commit(first, 39)
    assert engine.release(second) == Released(61, 50)
    engine.release(None)
    assert engine.verify_conservation().status == "balanced"
    assert told.fields == [
        {"event": "reserve", "status": "reserved"},
        {"event": "reserve", "status": "reserved"},
        {"event": "reserve", "status": "missing_tenant"},
        {"event": "commit", "status": "committed"},
        {"event": "commit", "status": "missing_reservation"},
        {"event": "release", "status": "released"},
        {"event": "release", "status": "missing_reservation"},
        {"event": "conservation", "status": "balanced"},
    ]
    assert set(told.levels) == {"INFO"}
    assert engine.remaining_microcents("acme") == engine.wrapped.remaining_microcents("acme") == 61


def test_a_ledger_out_of_balance_is_an_error(watched: Instrumentation, told: Told) -> None:
    watched.engine(Broken()).verify_conservation()
    assert (told.fields, told.levels) == ([{"event": "conservation", "status": "violation"}], ["ERROR"])
    assert watched.metrics().conservation_balanced is False


def test_an_append_tells_the_place_and_the_beginning_of_the_hash(
    watched: Instrumentation, told: Told, tmp_path: Path
) -> None:
    with watched.log(WalWriter.open(tmp_path / "a.wal")) as log:
        entries = [
            log.append({"note": CANARY}),
            log.append_audited(audit_bundle(POLICY, REQUEST, DECISION), REQUEST, DECISION),
            log.append_verified_audited(POLICY, REQUEST, DECISION, {"note": CANARY}),
        ]
        assert log.sequence == 3
    assert told.fields == [
        {"event": "append", "sequence": entry.sequence, "entry_hash_prefix": entry.entry_hash[:16]} for entry in entries
    ]
    with pytest.raises(Exception, match="closed"):
        log.wrapped.append(1)


def test_an_append_from_an_event_loop(watched: Instrumentation, told: Told, tmp_path: Path) -> None:
    async def work() -> list[Any]:
        async with watched.log(await AsyncWalWriter.open(tmp_path / "a.wal")) as log:
            entries = [
                await log.append(1),
                await log.append_audited(audit_bundle(POLICY, REQUEST, DECISION), REQUEST, DECISION),
                await log.append_verified_audited(POLICY, REQUEST, DECISION),
            ]
            await log.sync()
            return entries

    entries = asyncio.run(work())
    assert [fields["sequence"] for fields in told.fields] == [1, 2, 3]
    assert [fields["entry_hash_prefix"] for fields in told.fields] == [entry.entry_hash[:16] for entry in entries]
    assert watched.metrics().wal_sequence == 3


def test_a_poisoned_log_is_told(
    watched: Instrumentation, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = watched.log(WalWriter.open(tmp_path / "a.wal"))
    monkeypatch.setattr(log.wrapped, "_put", lambda line: (_ for _ in ()).throw(OSError("no space")))
    with pytest.raises(WalPoisoned):
        log.append(logs.record())
    assert [fields["error"] for fields in told.fields] == ["LOG_WRITER_POISONED"]
    log.close()


def test_a_proxy_may_be_copied(watched: Instrumentation) -> None:
    assert copy.copy(watched.policy(POLICY)).prescribe(REQUEST) == DECISION
