"""How the reference reads policies, requests and evidence from the wire, for all of its operations."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from calybris_conformance import wire
from calybris_ref import (
    KernelAction,
    KernelDecision,
    KernelInput,
    KernelModel,
    KernelReason,
    PolicySnapshot,
    WidthError,
)

JSON = Mapping[str, Any]

# A judge asks the cases of a group one after another, each with the group's policy.
_POLICIES_KEPT = 16

_CONSTRUCTORS: dict[str, Callable[..., PolicySnapshot]] = {
    "validated": PolicySnapshot.try_new,
    "try_new": PolicySnapshot.try_new,
    "try_new_trusted": PolicySnapshot.try_new_trusted,
    "unchecked": PolicySnapshot.new_unchecked,
}


def policy(holder: JSON) -> PolicySnapshot:
    """The policy under the key `policy`."""
    return policy_of(holder["policy"])


def policy_of(value: Any) -> PolicySnapshot:
    """A policy in its form on the wire; built once for many questions."""
    return parsed_policy(json.dumps(value))


@lru_cache(maxsize=_POLICIES_KEPT)
def parsed_policy(text: str) -> PolicySnapshot:
    """The policy in a JSON text."""
    constructor, scalars, models = wire.read_policy(json.loads(text))
    return _CONSTRUCTORS[constructor](**scalars, models=[_model(model, at) for at, model in enumerate(models)])


def request(holder: JSON, key: str = "request") -> KernelInput:
    """The request under a key."""
    return KernelInput(**wire.read(wire.REQUEST, holder[key]))


def decision(holder: JSON) -> KernelDecision:
    """The decision under the key `decision`."""
    values = wire.read(wire.DECISION, holder["decision"])
    action, reason = KernelAction[values["action"].upper()], KernelReason[values["reason"].upper()]
    return KernelDecision(**{**values, "action": action, "reason": reason})


def evidence(given: JSON, question: JSON) -> tuple[PolicySnapshot, KernelInput, KernelDecision]:
    """A policy, a request, and the decision that the policy takes for another request."""
    snapshot = policy(given)
    return snapshot, request(question), snapshot.prescribe(request(question, "decided_for"))


def _model(values: dict[str, int], place: int) -> KernelModel:
    try:
        return KernelModel(**values)
    except WidthError as error:
        raise error.within(f"models[{place}]") from None
