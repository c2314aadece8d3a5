"""Every vector about logs, read at once where that can be, and line by line alone: one answer (LOG-1 … LOG-11)."""

from typing import Any

import pytest

from calybris_conformance import corpus, wire
from calybris_conformance.adapters.reference import ADAPTER
from calybris_conformance.adapters.reference_records import policy_of
from calybris_conformance.operations import Refused
from calybris_ref import WalError, wal_blocks, wal_replay_blocks
from calybris_ref.wal_blocks import blocks_of, verified_blocks
from calybris_ref.wal_line import check_key
from calybris_ref.wal_replay import PolicyBook
from calybris_ref.wal_replay_blocks import replay_blocks

CASES = [case for case in corpus.load().cases if case.op.startswith("wal.")]


@pytest.fixture(params=["at once", "line by line"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    smallest = 0 if request.param == "at once" else 2**64
    monkeypatch.setattr(wal_blocks, "_SMALLEST_BLOCK_BYTES", smallest)
    monkeypatch.setattr(wal_replay_blocks, "_SMALLEST_BATCH_BYTES", smallest)
    return str(request.param)


@pytest.mark.parametrize("op", sorted({case.op for case in CASES}))
def test_every_vector_has_its_answer(op: str) -> None:
    for case in (case for case in CASES if case.op == op):
        answer: dict[str, Any]
        try:
            answer = {"ok": ADAPTER.operations[op](case.given, case.input)}
        except Refused as refusal:
            answer = {"error": {"code": refusal.code, "at": refusal.at}}
        assert answer == corpus.due(case.expect), case.id


def test_every_replay_has_its_answer_in_one_pass() -> None:
    asked = 0
    for case in (case for case in CASES if case.op == "wal.replay"):
        asked += 1
        log, key_hex = wire.read_bytes(case.input["log"]), case.input["key_hex"]
        key = None if key_hex is None else bytes.fromhex(key_hex)
        book = PolicyBook([policy_of(value) for value in case.given["policies"]])
        found: dict[str, Any]
        try:
            check_key(key)
            verdicts = list(replay_blocks(verified_blocks(blocks_of(log), key), book).verdicts())
            found = {"ok": {"verdicts": [wire.write(wire.VERDICT, verdict.to_dict()) for verdict in verdicts]}}
        except WalError as error:
            found = {"error": {"code": error.code, "at": error.at}}
        assert found == corpus.due(case.expect), case.id
    assert asked
