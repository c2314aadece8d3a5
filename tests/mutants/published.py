"""What the original publishes for those who port it: the crate `calybris-core` 1.3.0, tests/fixtures.

`caly_proof_conformance_v1.json` has six decisions, `caly_proof_v1.json` one more and a log of two entries; the policy
and the requests stand in the tests beside them. They are asked here as cases of this project's operations. A digest of
a decision pins all of its thirteen fields, so the whole decision is asked for.
"""

from typing import Any

from calybris_ref import KernelInput, KernelModel, PolicySnapshot

POLICY = PolicySnapshot.try_new(
    policy_epoch=7,
    catalog_epoch=42,
    hard_risk_limit_bps=9_600,
    minimum_confidence_bps=5_500,
    risk_penalty_multiplier_bps=3_500,
    latency_penalty_microunits_per_ms=2,
    models=[
        KernelModel(1, 0, 9_000, 9_500, 1, 200, 0b101, 2**64 - 1, 250, 1_000),
        KernelModel(2, 1, 7_500, 9_500, 1, 90, 0b001, 2**64 - 1, 25, 125),
    ],
)
POLICY_DIGEST = "b24bcc619cd4ad0631bfa7a02ed72a5365abe336ce588c27ba7b7a1634542e71"

_BASE = KernelInput(1, 1, 1_000, 500, 100_000, 50_000_000, 1_000, 9_000, 5_000, 1_000, 0b001, 2**64 - 1, 0)
# Label -> what differs from the base, digest of the request, digest of the decision.
DECISIONS: dict[str, tuple[dict[str, int], str, str]] = {
    "execute_requested": (
        {},
        "c30c3b1bba5b740e55e23d58862ec0ae841eab999ae1db413a0ba16010b7b3c5",
        "fcadcf252eb835c2acad8d1430f208404091ed47831e24f990e2d864e2ff1dfa",
    ),
    "substitute": (
        {"request_sequence": 2, "requested_model_id": 2, "business_value_microunits": 5_000_000},
        "e48fc6d772349323127bcd5dfda375dce57d5990b6a9e54c920381de2f445792",
        "6831fd76e5bb216062d84293eaa48a034ca5ce90a99a3867995c5766ef3a59f3",
    ),
    "reject_risk_hard_limit": (
        {"request_sequence": 3, "risk_bps": 9_800},
        "91ba0c0cf8e0828d546ee98457792f7a56227f43bd0da3d914b99c112e39faab",
        "854381db977c0775cff3b8fb6f6606f4bc9fe79876f8ebfcf39e34a3642bbe14",
    ),
    "reject_confidence_hard_limit": (
        {"request_sequence": 4, "confidence_bps": 5_000},
        "6d7749865548b364a52e4fc7839ed694981bc9764a68bd229d3e4efcdb51a05e",
        "dc8bc02a6c52197013bfc7973b663e4a913929d15472fe74c97cfe21ec36102c",
    ),
    "reject_quality_constraint": (
        {"request_sequence": 5, "minimum_quality_bps": 9_500},
        "8c4da843efa126e00ea60d7768062826c9258dc527471eed17a55fa0ca1fdc2d",
        "bae39f9df30456761342985d001e11e180a1d336d7c775ed4c21fd68390002c4",
    ),
    "reject_budget_constraint": (
        {"request_sequence": 6, "budget_limit_microunits": 1},
        "9fa81a491f7f55a448d9ac334adc389587cdfc39dddc32f7985911332f6cc3bc",
        "fd42dca82dc64052d3e29405214fe3bf0a4d07438c2da7a3b1fcf28c339ac00a",
    ),
    "golden": (
        {"request_sequence": 1_001},
        "4e45641f11b850abd0c3f0480e7deec1dec74206ed454ebf1b7aedabec0c3a45",
        "cf24f40decffe7c3479038f947cc564d27a2e8e1993a29c395de68b8b8cbe754",
    ),
}

# The payloads of the log and the hashes of its entries.
LOG = (
    ('{"k":1,"v":"alpha"}', "a7acef39aa56cd6e769a5ebae74a7c9dcd30d9d8c15e391773d55334848117f4"),
    ('{"k":2,"v":"beta"}', "32330ff6107c82b689e701f24e9099d1559f2d112fa026196705eadcff3a807f"),
)


def request(label: str) -> KernelInput:
    """The request of a published decision."""
    return KernelInput(**{**_BASE.to_dict(), **DECISIONS[label][0]})


def cases() -> list[dict[str, Any]]:
    """Everything that is published and that this project has an operation for."""
    policy = {"constructor": "validated", **_texts(POLICY.to_dict())}
    found = [_case("policy", "digest.policy", {}, {"policy": policy}, {"digest_hex": POLICY_DIGEST})]
    for label, (_, request_hex, decision_hex) in DECISIONS.items():
        asked = {"request": _texts(request(label).to_dict())}
        decided = POLICY.prescribe(request(label))
        names = {"action": decided.action.label, "reason": decided.reason.label}
        decision = _texts({**decided.to_dict(), **names})
        found += [
            _case(f"{label}/request", "digest.input", {}, asked, {"digest_hex": request_hex}),
            _case(f"{label}/decision", "decide", {"policy": policy}, asked, decision),
            _case(f"{label}/digest", "digest.decision", {}, {"decision": decision}, {"digest_hex": decision_hex}),
        ]
    lines: list[dict[str, str]] = []
    previous = "genesis"
    for sequence, (data, own) in enumerate(LOG, 1):
        hashes = f'"previous_hash":"{previous}","entry_hash":"{own}"'
        line = f'{{"sequence":{sequence},{hashes},"data":{data}}}\n'.encode().hex()
        expected = {"sequence": str(sequence), "entry_hash": own, "added_hex": line}
        found.append(
            _case(f"log/{sequence}", "wal.append", {}, {"log": lines.copy(), "key_hex": None, "data": data}, expected)
        )
        lines.append({"hex": line, "times": "1"})
        previous = own
    return found


def _case(name: str, op: str, given: dict[str, Any], asked: dict[str, Any], answer: Any) -> dict[str, Any]:
    return {"id": name, "op": op, "given": given, "input": asked, "expect": {"ok": answer}}


def _texts(value: Any) -> Any:
    """The value in the form of a vector: an integer is a text."""
    if isinstance(value, dict):
        return {key: _texts(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_texts(part) for part in value]
    return value if isinstance(value, str) else str(value)
