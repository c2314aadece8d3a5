"""The cases about logs hold what was promised: every byte flipped and cut at, every check and pair, every refusal."""

import json
from itertools import combinations

import pytest

from calybris_conformance import corpus, wire
from calybris_conformance.corpus_lint.cases import BEYOND_VECTORS
from calybris_conformance.vectorgen.logs import GENESIS, hashed

SUITES = {"wal", "proof", "recovery"}


@pytest.fixture(scope="module")
def asked() -> list[corpus.Case]:
    return [one for one in corpus.load().cases if one.suite in SUITES]


def logs_of(asked: list[corpus.Case], group: str) -> dict[str, tuple[bytes, corpus.Case]]:
    """Name of each case of a group -> its log and itself."""
    found = [one for one in asked if one.id.startswith(f"wal/{group}/")]
    return {one.id.split("/")[2]: (wire.read_bytes(one.input["log"]), one) for one in found}


def test_every_byte_is_flipped_in_one_bit_and_refused(asked: list[corpus.Case]) -> None:
    whole, _ = logs_of(asked, "moved")["whole"]
    flips = logs_of(asked, "flips")
    places, bits = set(), set()
    for log, one in flips.values():
        ((place, change),) = [
            (at, old ^ new) for at, (old, new) in enumerate(zip(whole, log, strict=True)) if old != new
        ]
        assert change.bit_count() == 1, one.id
        places.add(place)
        bits.add(change)
        assert "error" in one.expect, one.id
    assert places == set(range(len(whole)))
    assert len(bits) == 8


def test_a_log_is_cut_at_every_byte(asked: list[corpus.Case]) -> None:
    whole, _ = logs_of(asked, "moved")["whole"]
    cuts = logs_of(asked, "cuts")
    assert sorted(len(log) for log, _ in cuts.values()) == list(range(len(whole)))
    assert all(whole.startswith(log) for log, _ in cuts.values())
    accepted = {len(log) for log, one in cuts.values() if "ok" in one.expect}
    ends = {at + 1 for at, byte in enumerate(whole) if byte == ord("\n")}
    assert accepted == {0, *(end for end in ends if end < len(whole)), *(end - 1 for end in ends)}


def test_what_is_appended_has_the_hash_of_its_bytes(asked: list[corpus.Case]) -> None:
    firsts = [one for one in asked if one.op == "wal.append" and not one.input["log"] and one.input["key_hex"] is None]
    right = [one.expect["ok"] for one in firsts if "ok" in one.expect]
    assert len(right) > 150
    for answer in right:
        added = bytes.fromhex(answer["added_hex"])
        data = added.split(b'"data":', 1)[1].removesuffix(b"}\n")
        assert answer["entry_hash"] == hashed(GENESIS, data)


def test_every_refusal_of_a_log_is_reached_but_two(asked: list[corpus.Case]) -> None:
    registry = json.loads((corpus.default_root() / "schema" / "codes.json").read_bytes())["codes"]
    known = {code for code in registry if code.split("_")[0] in ("LOG", "PROOF", "RECOVERY")}
    reached = {one.expect["error"]["code"] for one in asked if "error" in one.expect}
    assert reached == known - BEYOND_VECTORS
    assert known >= BEYOND_VECTORS


def test_every_pair_of_checks_of_a_replay_is_asked(asked: list[corpus.Case]) -> None:
    checks = ("malformed", "not-canonical", "policy-unknown", "input-mismatch", "decision-mismatch", "not-replayed")
    codes = {
        "malformed": "LOG_RECORD_MALFORMED",
        "not-canonical": "LOG_AUDIT_NOT_CANONICAL",
        "policy-unknown": "LOG_AUDIT_POLICY_UNKNOWN",
        "input-mismatch": "LOG_AUDIT_INPUT_MISMATCH",
        "decision-mismatch": "LOG_AUDIT_DECISION_MISMATCH",
        "not-replayed": "LOG_AUDIT_NOT_REPLAYED",
    }
    found = {one.id.removeprefix("wal/replay-order/"): one for one in asked if "/replay-order/" in one.id}
    for check in checks:
        assert found[f"only-{check}"].expect["error"]["code"] == codes[check]
    for first, second in combinations(checks, 2):
        assert found[f"{first}-and-{second}"].expect["error"]["code"] == codes[first]


def test_every_field_of_a_record_is_changed_and_held(asked: list[corpus.Case]) -> None:
    for group, kept in (("replay-tampered", 0), ("replay-recomputed", 5)):
        cases = [one for one in asked if one.id.startswith(f"wal/{group}/")]
        assert len(cases) == len(wire.REQUEST) + len(wire.DECISION)
        # What a decision does not depend on may change, when its digest changes with it.
        assert sum("ok" in one.expect for one in cases) == kept


def test_every_pair_of_checks_of_an_envelope_is_asked(asked: list[corpus.Case]) -> None:
    names = [one.id for one in asked if one.id.startswith("proof/validate-order/")]
    checks = 2 + 4 + 1 + 5
    same_field = 3  # a part that is missing, and wrong
    assert len(names) == checks * (checks - 1) // 2 - same_field + 1
