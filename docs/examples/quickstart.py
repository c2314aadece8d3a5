"""From a policy and a request to a decision that somebody else can take again, from files.

Shows: a policy, a request, the decision, why each candidate was taken or not, the digests, and the verification of what
was written down; a decision that was changed does not verify.
"""

import json
import sys
import tempfile
from pathlib import Path

from calybris_ref import (
    EngineConfig,
    InputBuilder,
    KernelDecision,
    KernelInput,
    Mismatch,
    ModelBuilder,
    PolicyBuilder,
    PolicySnapshot,
    Valid,
    audit_bundle,
    decision_digest,
    input_digest,
    policy_digest,
    verify_decision,
)

NAMES = {1: "small", 2: "medium", 3: "large"}


def build_policy() -> PolicySnapshot:
    """The limits of the default configuration, and three candidates; prices are microunits per million tokens."""
    small = ModelBuilder(1, provider_id=0).quality(7_200).latency(180).cost(150_000, 600_000)
    medium = ModelBuilder(2, provider_id=1).quality(8_800).latency(420).cost(2_500_000, 10_000_000)
    large = ModelBuilder(3, provider_id=2).quality(9_600).latency(950).cost(15_000_000, 75_000_000)
    catalog = [small.build(), medium.build(), large.build()]
    return PolicyBuilder(EngineConfig()).epochs(policy_epoch=12, catalog_epoch=5).models(catalog).build()


def build_request() -> KernelInput:
    """A request for the large model: a good answer is worth 0.05, and may cost 0.02."""
    request = InputBuilder(request_sequence=7, requested_model_id=3).tokens(1_200, 350)
    return request.business_value(50_000).budget_limit(20_000).risk(900, confidence_bps=9_000).build()


def main(folder: Path) -> None:
    """Decide, explain, write down, and verify what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    policy, request = build_policy(), build_request()
    decision, trace = policy.prescribe_with_trace(request)
    print(f"asked for {NAMES[request.requested_model_id]}, chosen: {NAMES[decision.selected_model_id]}")
    print(f"action    {decision.action.label}, because {decision.reason.label}")
    print(f"utility   {decision.expected_utility_microunits} microunits, cost {decision.estimated_cost_microunits}")
    runner_up, its_utility = decision.counterfactual_model_id, decision.counterfactual_utility_microunits
    print(f"runner-up {NAMES[runner_up]}, utility {its_utility} microunits")
    print(f"eligible  {trace.eligible_models} of {trace.evaluated_models}, over budget: {trace.rejections.budget}")

    print("\nmodel      cost  utility  status")
    for row in policy.explain(request):
        utility = "" if row.utility_microunits is None else row.utility_microunits
        print(f"{NAMES[row.model_id]:<7} {row.cost_microunits:>7} {utility:>8}  {row.status.label}")

    print(f"\npolicy    {policy_digest(policy).hex()}")
    print(f"input     {input_digest(request).hex()}")
    print(f"decision  {decision_digest(decision).hex()}")

    records = {"policy": policy, "request": request, "decision": decision}
    records["bundle"] = audit_bundle(policy, request, decision)
    for name, record in records.items():
        (folder / f"{name}.json").write_text(json.dumps(record.to_dict(), indent=2), encoding="utf-8")

    # Somebody else, later: the files are all that there is.
    read = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in records}
    known_policy, known_request = PolicySnapshot.from_dict(read["policy"]), KernelInput.from_dict(read["request"])
    for change in ({}, {"selected_model_id": 3}):
        recorded = KernelDecision.from_dict(read["decision"] | change)
        match verify_decision(known_policy, known_request, recorded):
            case Valid():
                print("\nas written: it is the decision of this policy")
            case Mismatch(expected, actual):
                print(f"changed: {NAMES[actual.selected_model_id]} was not it, {NAMES[expected.selected_model_id]} was")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
