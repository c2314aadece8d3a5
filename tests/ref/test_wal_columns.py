"""calybris_ref.wal_columns, wal_compiled, wal_steps: many records at once, judged as one by one (LOG-10)."""

import dataclasses
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from calybris_ref import (
    AuditBundle,
    AuditFailed,
    PolicySnapshot,
    WalError,
    WalHead,
    audit_bundle,
    compiling,
    policy_digest,
    wal_replay_blocks,
)
from calybris_ref.wal_blocks import VerifiedBlock, blocks_of, verified_blocks
from calybris_ref.wal_chain import BEGINNING
from calybris_ref.wal_columns import replayed
from calybris_ref.wal_compiled import STEPS, read_lines
from calybris_ref.wal_replay import PolicyBook
from calybris_ref.wal_replay_blocks import Replay, replay_blocks
from calybris_ref.wal_steps import ROW_BYTES, _members
from tests.support.logs import POLICY, compact, log, record
from tests.support.records import model, policy, request

OTHER_POLICY = policy([model(2)], policy_epoch=6)
EXTREMES = (0, 1, 9, 10, 2**16 - 1, 2**32 - 1, 2**63 - 1, -(2**63), -1, 10**19, 2**64 - 1)


def record_of(snapshot: PolicySnapshot, metadata: Any = None, **asked: int) -> bytes:
    one = request(**asked)
    decision = snapshot.prescribe(one)
    bundle = audit_bundle(snapshot, one, decision).to_dict()
    return compact(record(audit=bundle, input=one.to_dict(), decision=decision.to_dict(), metadata=metadata))


def blocks(*payloads: bytes) -> list[VerifiedBlock]:
    return list(verified_blocks(blocks_of(log(*payloads))))


def at_once(*payloads: bytes) -> Counter[str] | None:
    """The quick way alone, on whatever is said to be verified."""
    text, count = log(*payloads), len(payloads)
    block = VerifiedBlock(text, BEGINNING, BEGINNING._replace(head=WalHead(count, "")))
    return replayed([block], PolicyBook([POLICY, OTHER_POLICY]).find)


def one_by_one(*payloads: bytes) -> Replay:
    replay = Replay(PolicyBook([POLICY, OTHER_POLICY]))
    replay.take(blocks(*payloads))
    return replay


def agree(*payloads: bytes) -> bool:
    """Whether both ways accept; they must agree where the quick one answers."""
    quick, slow = at_once(*payloads), one_by_one(*payloads)
    if quick is not None:
        assert slow.failure is None
        assert quick == slow.uses
    return quick is not None


@pytest.fixture(params=["compiled", "as it stands"], autouse=True)
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The walk, compiled and not: what is compiled is not seen by the coverage, and wraps around without a word."""
    if request.param != "compiled":
        plain: Any = read_lines
        monkeypatch.setattr("calybris_ref.wal_columns.read_lines", plain.py_func)
    return str(request.param)


def test_good_records_are_replayed_at_once() -> None:
    good = [record_of(POLICY), record_of(OTHER_POLICY, {"a": ["é", 1.5]}), record_of(POLICY, "x", risk_bps=10_000)]
    uses = {policy_digest(POLICY).hex(): 2, policy_digest(OTHER_POLICY).hex(): 1}
    assert at_once(*good) == uses
    assert at_once(good[0]) == {policy_digest(POLICY).hex(): 1}
    assert at_once() == {}
    assert agree(*good)
    (block,) = blocks(*good)
    cut = block._replace(lines=block.lines[:-1])
    assert replayed([cut], PolicyBook([POLICY, OTHER_POLICY]).find) == uses


@pytest.mark.parametrize("value", EXTREMES)
@pytest.mark.parametrize("field", ["request_sequence", "business_value_microunits", "required_region_mask", "risk_bps"])
def test_every_number_that_fits_is_read(field: str, value: int) -> None:
    good = json.loads(record_of(POLICY))
    good["input"][field] = value
    fits = 0 <= value < 2**16 or (field == "business_value_microunits" and -(2**63) <= value < 2**63)
    fits |= field in ("request_sequence", "required_region_mask") and 0 <= value < 2**64
    if fits:
        assert at_once(record_of(POLICY, **{field: value})) is not None
    assert not agree(compact(good)) or good == json.loads(record_of(POLICY))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"risk_bps":', b'"risk_bps":0'),
        (b'"risk_bps":', b'"risk_bps":-'),
        (b'"risk_bps":', b'"risk_bps": '),
        (b'"risk_bps":', b'"risk_bps":1.'),
        (b'"risk_bps":', b'"risk_bps":999999'),
        (b'"request_sequence":', b'"request_sequence":18446744073709551616'),
        (b'"request_sequence":', b'"request_sequence":99999999999999999999'),
        (b'"request_sequence":', b'"request_sequence":' + b"9" * 21),
        (b'"business_value_microunits":', b'"business_value_microunits":-0'),
        (b'"business_value_microunits":', b'"business_value_microunits":-'),
        (b'"proof_version":1', b'"proof_version":2'),
        (b'"replay_valid":true', b'"replay_valid":false'),
        (b'"created_by":"calybris"', b'"created_by":"calybri\\u0073"'),
        (b'"input_digest_hex":"', b'"input_digest_hex":"A'),
        (b'"input_digest_hex":"', b'"input_digest_hex":"0'),
        (b'"policy_digest_hex":"', b'"policy_digest_hex":"G'),
        (b'"policy_epoch":', b'"policy_epoch":1'),
        (b'"ExecuteRequested"', b'"Reject"'),
        (b'"ExecuteRequested"', b'"execute_requested"'),
        (b'"ExecuteRequested"', b'"Execute"'),
        (b'"ExecuteRequested"', b"1"),
        (b'"metadata":null', b'"metadata":null,"metadata":null'),
        (b'"metadata":null', b'"metadata":1,"more":{"a":1}'),
        (b'"metadata":null', b'"metadata":1 '),
        (b'"metadata":null', b'"metadata": 1'),
        (b'"metadata":null', b'"metadata":' + b"[" * 3_000 + b"]" * 3_000),
        (b'"metadata":null', b'"metadata":"\\ud800"'),
        (b'"metadata":null', b'"metadata":nulls'[:-1] + b" "),
        (b'{"audit"', b'{ "audit"'),
        (b'"input":{', b'"input":{"request_sequence":1,'),
    ],
)
def test_what_is_odd_or_wrong_is_left_to_the_readable_way(old: bytes, new: bytes) -> None:
    good = record_of(POLICY)
    assert old in good
    assert at_once(good, good.replace(old, new, 1), good) is None
    with suppress(WalError):  # what is no JSON at all
        assert not agree(good, good.replace(old, new, 1), good)


def test_a_record_that_does_not_hold_is_never_accepted() -> None:
    good = json.loads(record_of(POLICY))
    for part in ("audit", "input", "decision"):
        for field, value in good[part].items():
            changed = json.loads(record_of(POLICY))
            changed[part][field] = value + 1 if type(value) is int else "0" * 64
            assert at_once(compact(changed)) is None
    for end in range(len(compact(good))):
        assert at_once(compact(compact(good)[:end].decode())) is None


def test_a_lie_in_both_the_decision_and_its_digest_is_found() -> None:
    asked = request()
    lie = dataclasses.replace(POLICY.prescribe(asked), expected_utility_microunits=7)
    bundle = {**audit_bundle(POLICY, asked, lie).to_dict(), "replay_valid": True}
    payload = compact(record(audit=bundle, decision=lie.to_dict()))
    assert at_once(payload) is None
    failure = one_by_one(payload).failure
    assert failure
    assert failure.code == "LOG_AUDIT_NOT_REPLAYED"


def test_a_policy_that_nobody_has() -> None:
    assert replayed(blocks(record_of(OTHER_POLICY)), PolicyBook(POLICY).find) is None


@pytest.mark.parametrize("seed", range(40))
def test_random_requests(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    asked = {
        "business_value_microunits": rng.choice([rng.getrandbits(63), -rng.getrandbits(40), 10**9]),
        "budget_limit_microunits": rng.getrandbits(rng.randrange(65)),
        "risk_bps": rng.getrandbits(rng.randrange(17)),
        "request_sequence": rng.getrandbits(64),
        "max_p95_latency_ms": rng.choice([0, rng.getrandbits(10)]),
    }
    assert agree(record_of(POLICY, **asked), record_of(OTHER_POLICY, {"n": seed}, **asked))


def test_a_table_of_steps_needs_widths() -> None:
    with pytest.raises(AssertionError, match="schema_version has no width"):
        list(_members("", AuditBundle, 0))


def test_text_that_ends_anywhere_is_refused(form: str) -> None:
    text = np.frombuffer(log(record_of(POLICY), b"7"), np.uint8)
    rows, places = np.zeros((2, ROW_BYTES), np.uint8), np.zeros((2, 2), np.int64)
    plain: Any = read_lines
    plain = plain if form == "compiled" else plain.py_func
    end = bytes(text).index(b"\n") + 1
    for size in range(1, end - 1):
        assert plain(text[:size], STEPS, rows, places) == -1
    assert plain(text[:end], STEPS, rows, places) == 1
    assert plain(text[:end], STEPS, rows[:0], places) == -1
    assert plain(text, STEPS, rows, places) == -1
    escaped = bytes(text[:end]).replace(b'"genesis"', b'"gen\\u0065sis"')
    assert plain(np.frombuffer(escaped, np.uint8), STEPS, rows, places) == -1


# ---- both ways together


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(wal_replay_blocks, "_SMALLEST_BATCH_BYTES", 0)
    monkeypatch.setattr(wal_replay_blocks, "_BATCH_BYTES", 3_000)
    monkeypatch.setattr("calybris_ref.wal_blocks.BLOCK_BYTES", 1_000)
    yield
    wal_replay_blocks._quick.cache_clear()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("bad", [None, 0, 3, 6])
@pytest.mark.parametrize("has_extra", [True, False])
def test_the_first_failure_is_kept(monkeypatch: pytest.MonkeyPatch, bad: int | None, has_extra: bool) -> None:
    if not has_extra:
        monkeypatch.delitem(sys.modules, "calybris_ref.wal_columns", raising=False)
        monkeypatch.setitem(sys.modules, "numpy", None)
        wal_replay_blocks._quick.cache_clear()
        assert wal_replay_blocks._quick() is None
    payloads = [record_of(POLICY if place % 3 else OTHER_POLICY, place) for place in range(8)]
    if bad is not None:
        payloads[bad], payloads[7] = b"7", b"8"
    replay = replay_blocks(verified_blocks(blocks_of(log(*payloads))), PolicyBook([POLICY, OTHER_POLICY]))
    verdicts = replay.verdicts()
    held = 8 if bad is None else bad
    assert [next(verdicts).sequence for _ in range(held)] == list(range(1, held + 1))
    assert replay.decisions == held
    if bad is None:
        assert list(verdicts) == []
        assert replay.uses == {policy_digest(POLICY).hex(): 5, policy_digest(OTHER_POLICY).hex(): 3}
    else:
        with pytest.raises(AuditFailed) as caught:
            next(verdicts)
        assert (caught.value.at, caught.value.line) == (f"lines[{bad}].data", bad)


def test_numba_without_a_place_for_its_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []

    def njit(function: Any, *, cache: bool = False, **_options: Any) -> Any:
        tried.append(cache)
        if cache:
            raise RuntimeError("no locator available")
        return function

    monkeypatch.setattr("numba.njit", njit)
    plain: Any = read_lines
    assert compiling.compiled(plain.py_func) is plain.py_func
    assert tried == [True, False]
