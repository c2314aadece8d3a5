"""Which fault of a replay is reported, and which policy an entry belongs to (LOG-10)."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from calybris_conformance.vectorgen.answers import ok
from calybris_conformance.vectorgen.builders import model, policy, request
from calybris_conformance.vectorgen.draft import Draft, Group, Question
from calybris_conformance.vectorgen.logs import KEY, chain
from calybris_conformance.vectorgen.records import GIVEN, REQUESTS, changed, compact, log, record
from calybris_conformance.vectorgen.suites.wal_replay import replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from calybris_conformance.vectorgen.builders import Record

_ORDER, _SHALLOW, _POLICY = "REPLAY_ORDER", "REPLAY_SHALLOW", "REPLAY_POLICY"
_POLICIES = {"policies": [GIVEN["policy"]]}
_ZEROS = "0" * 64
_OTHER_NAMES = {"action": "ExecuteRequested", "reason": "LatencyConstraint"}
#: One fault for each check of LOG-10, in their order: what of the record is changed.
_FAULTS: dict[str, Record] = {
    "malformed": {"input": {"more": 1}},
    "not-canonical": {"audit": {"replay_valid": False}},
    "policy-unknown": {"audit": {"policy_digest_hex": _ZEROS}},
    "input-mismatch": {"audit": {"input_digest_hex": _ZEROS}},
    "decision-mismatch": {"audit": {"decision_digest_hex": _ZEROS}},
}
_CANONICAL: dict[str, Any] = {
    "schema_version": "calybris.audit.v2",
    "digest_algorithm": "SHA256",
    "proof_version": 2,
    "created_by": "Calybris",
    "replay_valid": False,
    "policy_digest_hex": "A" * 64,
    "input_digest_hex": _ZEROS[1:],
    "decision_digest_hex": "",
}


def files() -> Iterator[Draft]:
    """Files about the order of the checks, tampered records, and policies."""
    order = {"order": _order(), "canonical": _canonical(), "chain": _chain()}
    yield _file("order", "Of two faults the first in the order of the checks is reported", _POLICIES, order)
    yield _file(
        "tampered",
        "Every field of a record is held by a digest or by the replay",
        _POLICIES,
        {"tampered": _tampered(), "forged": _forged(), "kinds": _kinds()},
    )
    yield _file(
        "recomputed",
        "A field was changed, and every digest and hash made again: only the replay can find it",
        _POLICIES,
        {"recomputed": _recomputed()},
    )
    yield from _rotations()


def _file(name: str, title: str, under: Record, groups: dict[str, Iterator[Question]]) -> Draft:
    found = tuple(Group(f"replay-{group}", tuple(questions), under) for group, questions in groups.items())
    return Draft("wal", f"replay-{name}", "wal.replay", title, "LOG-10 VERIFY-1 VERIFY-5", found)


def _order() -> Iterator[Question]:
    whole = record(REQUESTS["execute"])
    # A request with another decision has the right digests, and does not replay.
    other = record(REQUESTS["execute"], REQUESTS["substitute"])
    faulty = {"not-replayed": changed(other, audit={"replay_valid": True})}
    for name, change in _FAULTS.items():
        yield replay(f"only-{name}", f"One fault: {name}.", log(changed(whole, **change)), _ORDER)
    yield replay("only-not-replayed", "One fault: the decision is another one.", log(faulty["not-replayed"]), _ORDER)
    for first, second in combinations(_FAULTS, 2):
        both = _both(_FAULTS[first], _FAULTS[second])
        yield replay(f"{first}-and-{second}", f"Two faults: {first} and {second}.", log(changed(whole, **both)), _ORDER)
    for name, change in _FAULTS.items():
        data = log(changed(faulty["not-replayed"], **change))
        yield replay(f"{name}-and-not-replayed", f"Two faults: {name}, and it does not replay.", data, _ORDER)
    unknown = changed(whole, audit={"policy_epoch": 4})
    yield replay("one-good-one-bad", "The second entry has the fault.", log(whole, unknown), _ORDER)
    yield replay("two-bad", "Both entries have faults: the first entry's.", log(unknown, {"audit": 1}), _ORDER)
    yield replay("bad-and-good", "The first entry has the fault.", log(unknown, whole), _ORDER)


def _both(one: Record, other: Record) -> Record:
    return {part: {**one.get(part, {}), **other.get(part, {})} for part in {**one, **other}}


def _canonical() -> Iterator[Question]:
    whole = record(REQUESTS["execute"])
    for field, value in _CANONICAL.items():
        name = field.replace("_", "-")
        yield replay(name, f"{field} of the bundle is {value!r}.", log(changed(whole, audit={field: value})), _ORDER)
    for first, second in combinations(_CANONICAL, 2):
        both = changed(whole, audit={first: _CANONICAL[first], second: _CANONICAL[second]})
        name = f"{first}-and-{second}".replace("_", "-")
        yield replay(name, f"{first} and {second} of the bundle are wrong.", log(both), _ORDER)


def _chain() -> Iterator[Question]:
    whole = record(REQUESTS["execute"])
    bad = changed(whole, audit={"policy_digest_hex": _ZEROS})
    lines = chain(compact(bad), compact(whole))
    broken = lines[1].replace(b'"sequence":2', b'"sequence":3')
    yield replay("later-break", "A bad entry, and behind it a gap: the chain comes first.", lines[0] + broken, _ORDER)
    yield replay("later-torn", "A bad entry, and behind it a torn line.", lines[0] + lines[1][:-9], _ORDER)
    yield replay("no-record-later-break", "No record, and behind it a gap.", log(b"1") + broken, _ORDER)
    yield replay("blank-lines", "Blank lines are counted.", b"\n \t\n" + lines[0] + lines[1], "LOG_LINE_INDEX")
    yield replay("empty", "A log without entries.", b"")
    keyed = log(whole, whole, key=KEY)
    yield replay("keyed", "Two entries, with a key.", keyed, "LOG_KEY", key=KEY)
    yield replay("keyed-without", "A log with a key, read without one.", keyed, "LOG_KEY")
    yield replay("short-key", "A key of 31 bytes.", keyed, "LOG_KEY", key=KEY[1:])


def _tampered() -> Iterator[Question]:
    whole = record(REQUESTS["substitute"])
    for part in ("input", "decision"):
        for field, value in whole[part].items():
            other = _OTHER_NAMES.get(field) or (value - 1 if value > 0 else value + 1)
            about = f"{field} of {part} is another one; the bundle is as it was."
            tampered = log(changed(whole, **{part: {field: other}}))
            yield replay(f"{part}-{field}".replace("_", "-"), about, tampered, _SHALLOW)


def _recomputed() -> Iterator[Question]:
    whole = record(REQUESTS["substitute"])
    for part, op, digest in (
        ("input", "digest.input", "input_digest_hex"),
        ("decision", "digest.decision", "decision_digest_hex"),
    ):
        for field, value in whole[part].items():
            other = _OTHER_NAMES.get(field) or (value - 1 if value > 0 else value + 1)
            forged = changed(whole, **{part: {field: other}})
            names = {key: _display(text) for key, text in forged[part].items() if key in _OTHER_NAMES}
            asked = {"request" if part == "input" else "decision": forged[part] | names}
            about = f"{field} of {part} is another one, and so is its digest."
            data = log(changed(forged, audit={digest: ok(op, {}, asked)["digest_hex"]}))
            yield replay(f"{part}-{field}".replace("_", "-"), about, data, _SHALLOW)


def _display(name: str) -> str:
    """The display form of a name in a log record (TYPES-6, TYPES-7)."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _forged() -> Iterator[Question]:
    """Records whose digests were made right again: only the replay can find them."""
    for mine, other in (("execute", "substitute"), ("execute", "reject-gate"), ("reject-risk", "execute")):
        forged = record(REQUESTS[mine], REQUESTS[other])
        about = f"The decision for {other} beside the request {mine}, every digest right."
        yield replay(f"{mine}-with-{other}", about, log(changed(forged, audit={"replay_valid": True})), _SHALLOW)
    untouched = record(REQUESTS["execute"], REQUESTS["substitute"])
    yield replay("honest", "A bundle that says itself that it does not replay.", log(untouched), _SHALLOW)


def _kinds() -> Iterator[Question]:
    for name, asked in REQUESTS.items():
        yield replay(name, f"A decision of the kind {name}.", log(record(asked)))
    yield replay("all", "Five entries, one of each kind.", log(*map(record, REQUESTS.values())))
    extremes = request(
        request_sequence=2**64 - 1, business_value_microunits=2**63 - 1, budget_limit_microunits=2**64 - 1
    )
    yield replay("extremes", "Numbers that no double holds.", log(record(extremes)), "DOUBLE_PRECISION")


def _rotations() -> Iterator[Draft]:
    """Logs that span policies: an entry belongs to the one with its epochs and its digest."""
    old, new = policy([model(1)]), policy([model(1), model(2)], policy_epoch=4)
    same_epochs = policy([model(1, quality_bps=9_000)])
    catalog = policy([model(1)], catalog_epoch=6)
    asked = request()
    before, behind = record(asked, under={"policy": old}), record(asked, under={"policy": new})
    both = log(before, behind, before)
    cases: tuple[tuple[str, str, list[Record], bytes], ...] = (
        ("both", "Two policies, both there.", [old, new], both),
        ("other-order", "The same, listed the other way round.", [new, old], both),
        ("only-old", "The second entry's policy is missing.", [old], both),
        ("only-new", "The first entry's policy is missing.", [new], both),
        ("none", "No policy at all.", [], log(before)),
        ("twice", "A policy that is listed twice.", [old, old, new], both),
        (
            "same-epochs",
            "A policy with the epochs of the entry and another catalog stands first.",
            [same_epochs, old],
            both[: len(log(before))],
        ),
        ("wrong-digest", "A policy with the epochs of the entry and another catalog.", [same_epochs], log(before)),
        ("other-catalog-epoch", "Only the epoch of the catalog differs.", [catalog], log(before)),
        (
            "epoch-forged",
            "The bundle names the other policy's epoch and its own digest.",
            [old, new],
            log(changed(before, audit={"policy_epoch": 4})),
        ),
        (
            "catalog-epoch-forged",
            "The bundle names another epoch of the catalog and its own digest.",
            [old, new],
            log(changed(before, audit={"catalog_epoch": 6})),
        ),
        (
            "digest-forged",
            "The bundle names the other policy's digest and its own epochs.",
            [old, new],
            log(changed(before, audit={"policy_digest_hex": behind["audit"]["policy_digest_hex"]})),
        ),
    )
    groups = tuple(
        Group("replay-policies", (replay(name, about, data, _POLICY),), {"policies": policies})
        for name, about, policies, data in cases
    )
    yield Draft("wal", "replay-policies", "wal.replay", "The policy of an entry", "LOG-10", groups, "replay.policies")
