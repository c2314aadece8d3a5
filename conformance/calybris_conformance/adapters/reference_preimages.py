"""The bytes behind a digest, sent beside it, so that the judge can name the byte and the field (docs/protocol.md).

They are no part of an answer: a mutant that is asked directly, without the protocol, answers without them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from calybris_conformance.adapters.reference_ledger import snapshot_of
from calybris_conformance.adapters.reference_records import decision, policy, request
from calybris_conformance.operations import Adapter, Operation
from calybris_ref import layout

_LONGEST_SENT = 16_384

_PREIMAGES: Mapping[str, Callable[[Mapping[str, Any]], bytes]] = {
    # through the module, because a sabotage replaces what stands in it
    "digest.policy": lambda question: layout.policy_preimage(policy(question)),
    "digest.input": lambda question: layout.input_preimage(request(question)),
    "digest.decision": lambda question: layout.decision_preimage(decision(question)),
    "digest.ledger": lambda question: layout.ledger_preimage(snapshot_of(question)),
}


def telling(adapter: Adapter) -> Adapter:
    """The adapter with preimages beside its digests, where they are not too long to read."""
    told = {name: _telling(adapter.operations[name], preimage) for name, preimage in _PREIMAGES.items()}
    return replace(adapter, operations={**adapter.operations, **told})


def _telling(operation: Operation, preimage: Callable[[Mapping[str, Any]], bytes]) -> Operation:
    def asked(given: Mapping[str, Any], question: Mapping[str, Any]) -> dict[str, Any]:
        output = operation(given, question)
        told = preimage(question)
        return output if len(told) > _LONGEST_SENT else {**output, "preimage_hex": told.hex()}

    return asked
