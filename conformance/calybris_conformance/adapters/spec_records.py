"""The records of the specification from the JSON of the protocol and back (part of `spec`)."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from calybris_conformance import wire
from calybris_conformance.operations import Refused
from calybris_spec import decision as decisions
from calybris_spec import integers, policy, types
from calybris_spec.codes import ACTIONS, REASONS, Refusal
from calybris_spec.logic import NONE
from calybris_spec.snapshot import LedgerSnapshot, Tenant

JSON = Mapping[str, Any]

# A judge asks the cases of a group one after another, each with the group's policy.
_POLICIES_KEPT = 16

REQUEST_BOUNDS = {name: (width.low, width.high) for name, width in types.REQUEST.items()}
"""What each field of a request holds."""

_ACTION_CODES = {name: code for code, name in ACTIONS.items()}
_REASON_CODES = {name: code for code, name in REASONS.items()}


def accept(refusals: tuple[Refusal, ...], problem: int, place: int = 0) -> None:
    """Refuse what row `problem` of a table of refusals says; row 0 accepts."""
    if problem != NONE:
        raise Refused(refusals[problem].code, refusals[problem].at.format(place))


def hold(record: tuple[int, ...], widths: Mapping[str, integers.Width], at: str = "") -> None:
    """Refuse the first field that lies outside its width (TYPES-9)."""
    misfit = types.first_misfit(record, tuple(widths.values()))
    if misfit != NONE:
        raise Refused("INTEGER_OUT_OF_RANGE", at + list(widths)[misfit - 1])


def read_snapshot(holder: JSON) -> types.Snapshot:
    """The policy that a holder has, built by its constructor."""
    return _parsed_snapshot(json.dumps(holder["policy"]))


@lru_cache(maxsize=_POLICIES_KEPT)
def _parsed_snapshot(text: str) -> types.Snapshot:
    constructor, scalars, records = wire.read_policy(json.loads(text))
    head = types.Policy(**scalars)
    hold(head, types.POLICY)
    models = read_models(records)
    if constructor == "unchecked":
        return types.Snapshot(head, models)
    trusted = constructor == "try_new_trusted"
    verdict = (policy.check_trusted if trusted else policy.check)(head, models)
    accept(policy.REFUSALS, verdict.problem, verdict.place)
    order = policy.trusted_order(models) if trusted else range(len(models))
    return types.Snapshot(head, tuple(models[place] for place in order))


def read_models(records: Iterable[Mapping[str, int]]) -> tuple[types.Model, ...]:
    """Models, each held to its widths."""
    models = tuple(types.Model(**record) for record in records)
    for place, model in enumerate(models):
        hold(model, types.MODEL, f"models[{place}].")
    return models


def read_request(holder: JSON, key: str = "request") -> types.Request:
    """The request that a holder has under a key, held to its widths."""
    return request_of(**wire.read(wire.REQUEST, holder[key]))


def request_of(*values: int, **fields: int) -> types.Request:
    """A request held to its widths."""
    request = types.Request(*values, **fields)
    hold(request, types.REQUEST)
    return request


def read_decision(question: JSON) -> types.Decision:
    """The decision of a question, held to its widths."""
    values = wire.read(wire.DECISION, question["decision"])
    codes = {"action": _ACTION_CODES[values["action"]], "reason": _REASON_CODES[values["reason"]]}
    record = types.Decision(**{**values, **codes})
    hold(record, types.DECISION)
    return record


def written_decision(record: types.Decision) -> dict[str, Any]:
    """A decision as JSON, action and reason by name."""
    names = {"action": ACTIONS[record.action], "reason": REASONS[record.reason]}
    return wire.write(wire.DECISION, {**record._asdict(), **names})


def read_evidence(given: JSON, question: JSON) -> tuple[types.Snapshot, types.Request, types.Decision]:
    """A policy, a request, and the decision that the policy takes for another request."""
    snapshot = read_snapshot(given)
    return snapshot, read_request(question), decisions.decide(snapshot, read_request(question, "decided_for"))


def read_ledger(value: JSON) -> LedgerSnapshot:
    """A snapshot of a ledger, held to its widths."""
    fields = wire.read_ledger(value)
    tenants = tuple(Tenant(**tenant) for tenant in fields["tenants"])
    for place, tenant in enumerate(tenants):
        hold(tenant[1:], integers.fields_of(Tenant), f"tenants[{place}].")
    snapshot = LedgerSnapshot(**fields | {"tenants": tenants})
    widths = {**integers.fields_of(LedgerSnapshot), "wal_high_watermark": integers.WIDTHS["u64"]}
    hold(tuple(fields[name] or 0 for name in widths), widths)
    return snapshot


def written_ledger(snapshot: LedgerSnapshot) -> dict[str, Any]:
    """The inverse of `read_ledger`."""
    return wire.write_ledger({**snapshot._asdict(), "tenants": [tenant._asdict() for tenant in snapshot.tenants]})
