"""The specification's records in the place of the library's: the same names, and fields that may be symbolic.

A record of the library checks every field when it is built, which the symbolic checker would have to follow each time.
The library's rules only read attributes, so they cannot tell the difference.
"""

from __future__ import annotations

from typing import cast

from calybris_ref.model import KernelDecision, KernelInput, KernelModel
from calybris_ref.policy import PolicySnapshot
from calybris_spec.types import Decision, Model, Policy, Request


def snapshot(policy: Policy) -> PolicySnapshot:
    """The scalars of a policy, as the library takes them."""
    return cast("PolicySnapshot", policy)


def request(given: Request) -> KernelInput:
    """A request, as the library takes it."""
    return cast("KernelInput", given)


def model(given: Model) -> KernelModel:
    """A candidate, as the library takes it."""
    return cast("KernelModel", given)


def decision(given: Decision) -> KernelDecision:
    """A decision, as the library takes it."""
    return cast("KernelDecision", given)
