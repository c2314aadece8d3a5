"""The reference and the wheel behind one small interface: build a policy once, then answer everything about a request.

Answers are plain values (integers, names, lists, None) in the words of docs/operations.md, so that two of them can be
compared with `==`. The executable specification takes part through its adapter, in test_spec.py.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import calybris

import calybris_ref
from calybris_ref import verify
from tests.differential.cases import Integers, Policy

Answers = dict[str, Any]


class Judged(Protocol):
    """A policy of one implementation."""

    def fingerprint(self) -> str: ...
    def decisions(self, requests: Iterable[Integers]) -> list[Answers]: ...
    def answers(self, request: Integers, decided_for: Integers) -> Answers: ...


class ReferencePolicy:
    """`calybris_ref`, through its Python interface."""

    def __init__(self, policy: Policy, constructor: str = "try_new_trusted") -> None:
        models = [calybris_ref.KernelModel(**model) for model in policy["models"]]
        self._snapshot = getattr(calybris_ref.PolicySnapshot, constructor)(**policy | {"models": models})
        self._model_ids = [model["model_id"] for model in policy["models"]]

    def fingerprint(self) -> str:
        return verify.snapshot_fingerprint(self._snapshot)

    def decisions(self, requests: Iterable[Integers]) -> list[Answers]:
        batch = [calybris_ref.KernelInput(**request) for request in requests]
        return [_reference_decision(decision) for decision in self._snapshot.prescribe_batch(batch)]

    def answers(self, request: Integers, decided_for: Integers) -> Answers:
        asked, other = calybris_ref.KernelInput(**request), calybris_ref.KernelInput(**decided_for)
        decision, trace = self._snapshot.prescribe_with_trace(asked)
        foreign = self._snapshot.prescribe(other)
        return {
            "decision": _reference_decision(decision),
            "rejections": trace.rejections.to_dict(),
            "counts": (trace.evaluated_models, trace.eligible_models),
            "candidates": [_reference_row(row) for row in self._snapshot.explain(asked)],
            "utilities": [self._snapshot.utility_for_model(asked, model_id) for model_id in (*self._model_ids, 0)],
            "bundle": verify.audit_bundle(self._snapshot, asked, decision).to_dict(),
            "foreign_bundle": verify.audit_bundle(self._snapshot, asked, foreign).to_dict(),
            "foreign_status": verify.verify_decision(self._snapshot, asked, foreign).status,
        }


class WheelPolicy:
    """The published wheel, through its Python interface."""

    def __init__(self, policy: Policy) -> None:
        models = [calybris.KernelModel(**model) for model in policy["models"]]
        self._snapshot = calybris.PolicySnapshot(**policy | {"models": models})
        self._model_ids = [model["model_id"] for model in policy["models"]]

    def fingerprint(self) -> str:
        return self._snapshot.fingerprint()

    def decisions(self, requests: Iterable[Integers]) -> list[Answers]:
        batch = [calybris.KernelInput(**request) for request in requests]
        return [_wheel_decision(decision) for decision in self._snapshot.prescribe_batch(batch)]

    def answers(self, request: Integers, decided_for: Integers) -> Answers:
        asked, other = calybris.KernelInput(**request), calybris.KernelInput(**decided_for)
        decision, trace = self._snapshot.prescribe_with_trace(asked)
        foreign = self._snapshot.prescribe(other)
        counts = trace.pop("evaluated_models"), trace.pop("eligible_models")
        return {
            "decision": _wheel_decision(decision),
            "rejections": trace,
            "counts": counts,
            "candidates": [_wheel_row(row) for row in self._snapshot.explain(asked)],
            "utilities": [self._snapshot.utility_for_model(asked, model_id) for model_id in (*self._model_ids, 0)],
            "bundle": self._snapshot.audit_bundle(asked, decision),
            "foreign_bundle": self._snapshot.audit_bundle(asked, foreign),
            "foreign_status": self._snapshot.verify_status(asked, foreign),
        }


def _reference_decision(decision: calybris_ref.KernelDecision) -> Answers:
    return decision.to_dict() | {"action": decision.action.label, "reason": decision.reason.label}


def _wheel_decision(decision: calybris.KernelDecision) -> Answers:
    values = decision.as_dict()
    del values["action_code"], values["reason_code"]
    return values


def _reference_row(row: calybris_ref.CandidateExplanation) -> Answers:
    gate = None if row.gate is None else row.gate.label
    return row.to_dict() | {"status": row.status.label, "gate": gate}


_TERMS = ("quality_adjusted", "risk_penalty", "latency_penalty", "utility")
_COLUMNS: Mapping[str, str] = {
    key.removesuffix("_microunits") if key.removesuffix("_microunits") in _TERMS else key: key
    for key in calybris_ref.CandidateExplanation.__slots__
}
_GATES = {"ProviderNotAllowed": "provider", "RiskCeiling": "risk_ceiling"}


def _wheel_row(row: calybris.CandidateExplanation) -> Answers:
    values = {ours: getattr(row, theirs) for theirs, ours in _COLUMNS.items()}
    return values | {"gate": values["gate"] and _GATES.get(values["gate"], values["gate"].lower())}
