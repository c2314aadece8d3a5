"""The package `calybris` in this process: records built by place, decided in one call, read back field by field."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import calybris
import numpy as np

from calybris_conformance import wire
from calybris_conformance.campaign import expected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from calybris_conformance.campaign.in_process import Decider

_READ: Final = {name: attrgetter(f"{name}_code" if name in ("action", "reason") else name) for name in wire.DECISION}


def adapter(policy: Mapping[str, Any]) -> Decider:
    """Decides under this policy."""
    scalars = [policy[name] for name in wire.POLICY_SCALARS]
    models = [calybris.KernelModel(*(one[name] for name in wire.MODEL)) for one in policy["models"]]
    snapshot = calybris.PolicySnapshot(*[*scalars, models])

    def decide(columns: Mapping[str, Any]) -> Mapping[str, Any]:
        requests = list(map(calybris.KernelInput, *(columns[name].tolist() for name in wire.REQUEST)))
        decisions = snapshot.prescribe_batch(requests)
        return {
            name: np.fromiter(map(read, decisions), dtype=expected.dtype(wire.DECISION[name]), count=len(decisions))
            for name, read in _READ.items()
        }

    return decide
