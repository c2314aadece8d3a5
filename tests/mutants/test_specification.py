"""Wrong rules planted into the specification: the proof gate must refuse every one.

Not vectors, but contracts and theorems have to notice. Each mutant is checked against the modules whose proofs are
about the rule; a mutant that they let pass is a theorem that is missing.
"""

from pathlib import Path

import pytest

from tests.mutants.planting import SOURCE, Mutant, refuse

GATES = ("theorems.gates",)
DECISION = ("decision", "theorems.decision")
MUTANTS = {
    "cost-rounded-down": Mutant("cost.py", "amount + TOKENS_PER_RATE - 1)", "amount)", ("cost", "theorems.cost")),
    "cost-wraps": Mutant(
        "cost.py", "min(input_side + output_side, U64_MAX)", "(input_side + output_side) % 2**64", ("theorems.cost",)
    ),
    "cost-saturates-one-early": Mutant(
        "cost.py", "output_side, U64_MAX)", "output_side, U64_MAX - 1)", ("theorems.cost",)
    ),
    "cost-sides-together": Mutant(
        "cost.py",
        "min(input_side + output_side, U64_MAX)",
        "min(ceil_per_million(input_tokens * input_rate + output_tokens * output_rate), U64_MAX)",
        ("theorems.cost",),
    ),
    "loss-counts": Mutant("utility.py", "return max(business_value, 0)", "return business_value", ("utility",)),
    "two-floors": Mutant(
        "utility.py",
        "value * one_bps * other_bps // SCALE",
        "value * one_bps // 10_000 * other_bps // 10_000",
        ("theorems.utility",),
    ),
    "utility-wraps": Mutant(
        "utility.py",
        "return clamp(terms.quality - terms.risk - terms.cost - terms.latency, I64_MIN, I64_MAX)",
        "return (terms.quality - terms.risk - terms.cost - terms.latency + 2**63) % 2**64 - 2**63",
        ("utility", "theorems.utility"),
    ),
    "utility-without-latency": Mutant("utility.py", " - terms.latency, I64", ", I64", ("utility", "theorems.utility")),
    "enabled-only-one": Mutant("gates.py", "model.enabled == 0,", "model.enabled != 1,", GATES),
    "quality-strict": Mutant("gates.py", "model.quality_bps < request", "model.quality_bps <= request", GATES),
    "latency-strict": Mutant("gates.py", "(model.p95_latency_ms > request", "(model.p95_latency_ms >= request", GATES),
    "latency-zero-is-a-limit": Mutant("gates.py", "limits_latency & (model", "(model", GATES),
    "capabilities-swapped": Mutant(
        "gates.py",
        "covers(model.capabilities, request.required_capabilities)",
        "covers(request.required_capabilities, model.capabilities)",
        GATES,
    ),
    "region-without-constraint": Mutant("gates.py", "asks_region & no(", "no(", GATES),
    "risk-ceiling-swapped": Mutant("gates.py", "request.risk_bps > model", "request.risk_bps < model", GATES),
    "budget-strict": Mutant("gates.py", "cost > request.budget", "cost >= request.budget", GATES),
    "utility-zero-passes": Mutant("gates.py", "utility <= 0,", "utility < 0,", GATES),
    "output-tokens-on-both-sides": Mutant(
        "gates.py", "            request.input_tokens,", "            request.output_tokens,", GATES
    ),
    "confidence-and-risk-swapped": Mutant(
        "gates.py", "scaled(value, request.confidence_bps,", "scaled(value, request.risk_bps,", GATES
    ),
    "latency-limit-priced": Mutant(
        "gates.py", "latency_term(model.p95_latency_ms,", "latency_term(request.max_p95_latency_ms,", GATES
    ),
    "value-not-counted": Mutant(
        "gates.py",
        "value = counted_value(request.business_value_microunits)",
        "value = abs(request.business_value_microunits)",
        GATES,
    ),
    "covers-any": Mutant("masks.py", "have & need == need", "have & need != 0", ("masks", "theorems.masks")),
    "shares-all": Mutant("masks.py", "one & other != 0", "one & other == one", ("masks", "theorems.masks")),
    "provider-64-allowed": Mutant(
        "masks.py",
        "provider_id <= MAX_PROVIDER_ID and mask & POWERS[provider_id] != 0",
        "mask & POWERS[provider_id % 64] != 0",
        ("theorems.masks",),
    ),
    "rank-cost-higher": Mutant("ranking.py", "one.cost < other.cost", "one.cost > other.cost", ("theorems.ranking",)),
    "rank-without-quality": Mutant(
        "ranking.py", "        | (same_cost & (one.quality_bps > other.quality_bps))\n", "", ("theorems.ranking",)
    ),
    "rank-later-stays": Mutant(
        "ranking.py", "one.position < other.position", "one.position > other.position", ("theorems.ranking",)
    ),
    "runner-up-lost": Mutant(
        "ranking.py",
        "return Podium(podium.entered + 1, candidate, podium.winner)",
        "return Podium(podium.entered + 1, candidate, podium.runner_up)",
        ("ranking", "theorems.ranking"),
    ),
    "runner-up-not-replaced": Mutant(
        "ranking.py",
        "podium.entered == 1 or outranks(candidate, podium.runner_up)",
        "podium.entered == 1",
        ("ranking", "theorems.ranking"),
    ),
    "risk-limit-exclusive": Mutant(
        "decision.py",
        "request.risk_bps >= policy.hard_risk_limit_bps:",
        "request.risk_bps > policy.hard_risk_limit_bps:",
        DECISION,
    ),
    "confidence-inclusive": Mutant(
        "decision.py", "    if request.confidence_bps < policy", "    if request.confidence_bps <= policy", DECISION
    ),
    "first-of-equal-counts": Mutant(
        "decision.py", "from_the_last = DOMINANCE[::-1]", "from_the_last = DOMINANCE", ("theorems.decision",)
    ),
    "dominance-by-gate-order": Mutant(
        "codes.py",
        "DOMINANCE = (CAPABILITY, REGION, PROVIDER, QUALITY, RISK_CEILING, LATENCY, BUDGET, UTILITY, DISABLED)",
        "DOMINANCE = (DISABLED, QUALITY, LATENCY, CAPABILITY, PROVIDER, REGION, RISK_CEILING, BUDGET, UTILITY)",
        ("theorems.decision",),
    ),
    "reasons-in-gate-order": Mutant("codes.py", 'Gate("budget", 108)', 'Gate("budget", 109)', ("theorems.decision",)),
    "counts-wrap": Mutant(
        "decision.py", "return min(count, U16_MAX)", "return count % (U16_MAX + 1)", ("decision", "theorems.decision")
    ),
    "reason-before-saturation": Mutant(
        "decision.py",
        "dominant_gate(rejections)].reason",
        "dominant_gate(tally.rejections)].reason",
        ("theorems.decision",),
    ),
    "rejection-keeps-index-0": Mutant(
        "decision.py", "selected_model_index=NO_MODEL_INDEX", "selected_model_index=0", DECISION
    ),
    "index-not-saturated": Mutant(
        "decision.py", "saturated(winner.position)", "winner.position", ("theorems.decision",)
    ),
    "counterfactual-of-nobody": Mutant(
        "decision.py", "alone = tally.podium.entered == 1", "alone = tally.podium.entered == 2", ("theorems.decision",)
    ),
    "epochs-swapped": Mutant(
        "decision.py",
        "        catalog_epoch=policy.catalog_epoch,",
        "        catalog_epoch=policy.policy_epoch,",
        DECISION,
    ),
    "ineligible-enters": Mutant(
        "decision.py",
        "    if appraisal.gate == ELIGIBLE:\n        candidate",
        "    if appraisal.gate <= 1:\n        candidate",
        DECISION,
    ),
    "bound-exclusive": Mutant(
        "inputs.py", "request.confidence_bps > MAX_BPS", "request.confidence_bps >= MAX_BPS", ("inputs",)
    ),
    "policy-order": Mutant(
        "policy.py",
        "policy.hard_risk_limit_bps > MAX_BPS,\n            policy.minimum_confidence_bps > MAX_BPS,",
        "policy.minimum_confidence_bps > MAX_BPS,\n            policy.hard_risk_limit_bps > MAX_BPS,",
        ("policy",),
    ),
    "duplicate-after-provider": Mutant(
        "policy.py",
        "            is_repeat,\n            model.provider_id > MAX_PROVIDER_ID,",
        "            model.provider_id > MAX_PROVIDER_ID,\n            is_repeat,",
        ("policy",),
    ),
    "one-disabled-is-refused": Mutant(
        "policy.py", "if all([model.enabled == 0", "if any([model.enabled == 0", ("theorems.policy",)
    ),
    "flags-before-ids": Mutant("policy.py", "model.model_id == 0 for", "model.enabled > 1 for", ("theorems.policy",)),
    "place-in-the-sorted-catalog": Mutant(
        "policy.py", "order[verdict.place] if", "verdict.place if", ("theorems.policy",)
    ),
    "big-endian": Mutant("layout.py", "    return tuple(out)", "    return tuple(out[::-1])", ("theorems.layout",)),
    "layout-in-catalog-order": Mutant(
        "layout.py", "for model in in_id_order(snapshot.models)", "for model in snapshot.models", ("theorems.layout",)
    ),
    "decision-without-tag": Mutant(
        "layout.py", "DECISION_TAG + encode(decision", "INPUT_TAG + encode(decision", ("theorems.layout",)
    ),
    "reason-one-byte": Mutant("types.py", "    reason: u16", "    reason: u8", ("layout", "theorems.layout")),
    "tag-guessed": Mutant(
        "layout.py", "KINDS.get(raw[:TAG_BYTES])", 'KINDS.get(raw[:TAG_BYTES], "policy")', ("layout",)
    ),
    "capital-hex": Mutant(
        "digest.py", "    return NO_NIBBLE", "    return byte - 55 if 65 <= byte <= 70 else NO_NIBBLE", ("digest",)
    ),
    "hex-length-first": Mutant(
        "digest.py", "if bad != NONE:", "if bad != NONE and len(text) == HEX_CHARACTERS:", ("theorems.digest",)
    ),
    "bundle-order": Mutant(
        "verify.py",
        "bundle.schema_version != SCHEMA_VERSION,\n            bundle.digest_algorithm != DIGEST_ALGORITHM,",
        "bundle.digest_algorithm != DIGEST_ALGORITHM,\n            bundle.schema_version != SCHEMA_VERSION,",
        ("theorems.verify",),
    ),
    "replay-without-the-last-epoch": Mutant(
        "verify.py", "zip(one, other, strict=True)", "zip(one[:12], other[:12], strict=True)", ("theorems.verify",)
    ),
    "bundle-that-does-not-replay": Mutant(
        "verify.py", "return bundle if bundle.replay_valid else None", "return bundle", ("verify",)
    ),
    "bundle-says-valid": Mutant(
        "verify.py", "        replay_valid=replay_valid,", "        replay_valid=True,", ("theorems.verify",)
    ),
    "certificate-of-the-epoch": Mutant(
        "verify.py",
        "decision_sequence=decision.request_sequence",
        "decision_sequence=decision.policy_epoch",
        ("theorems.verify",),
    ),
    "last-problem-wins": Mutant(
        "policy.py",
        "    if verdict.problem != NONE:\n        return verdict\n    problem = model_problem",
        "    problem = model_problem",
        ("policy",),
    ),
    "place-before-id": Mutant(
        "ranking.py",
        "same_quality & (one.model_id < other.model_id)",
        "same_quality & (one.position < other.position)",
        ("theorems.catalogs",),
    ),
    "cost-in-a-smaller-width": Mutant(
        "decision.py",
        "estimated_cost_microunits=winner.cost",
        "estimated_cost_microunits=2 * winner.cost",
        ("theorems.catalogs",),
    ),
    "utility-of-the-last-model": Mutant(
        "decision.py",
        "for model in snapshot.models:\n        if model.model_id == model_id:",
        "for model in snapshot.models[::-1]:\n        if model.model_id == model_id:",
        ("theorems.decision",),
    ),
    "utility-shown-over-budget": Mutant(
        "explain.py", "gate in (ELIGIBLE, UTILITY)", "gate in (ELIGIBLE, BUDGET, UTILITY)", ("theorems.explain",)
    ),
    "higher-risk-is-cheaper": Mutant(
        "utility.py",
        "return value * one_bps * other_bps // SCALE",
        "return value * (65_535 - one_bps) * other_bps // SCALE",
        ("theorems.monotonicity",),
    ),
    "regions-all-needed": Mutant("masks.py", "one & other != 0", "one & other == other", ("theorems.monotonicity",)),
    "config-cap-before-size": Mutant(
        "config.py",
        "config.max_catalog_size == 0,\n            config.default_exposure_cap_microcents < 0,",
        "            config.default_exposure_cap_microcents < 0,\n            config.max_catalog_size == 0,",
        ("config",),
    ),
    "builder-risk-swapped": Mutant(
        "builders.py", '("risk_bps", "confidence_bps")', '("confidence_bps", "risk_bps")', ("theorems.builders",)
    ),
    "size-before-configuration": Mutant(
        "builders.py", "> draft.config.max_catalog_size:", ">= draft.config.max_catalog_size:", ("theorems.builders",)
    ),
    "explained-limit-swapped": Mutant(
        "explain.py",
        "Comparison(request.risk_bps, model.risk_ceiling_bps)",
        "Comparison(model.risk_ceiling_bps, request.risk_bps)",
        ("theorems.explain",),
    ),
    "provider-limit-always-the-mask": Mutant(
        "explain.py",
        "request.allowed_provider_mask if has_bit else MAX_PROVIDER_ID",
        "request.allowed_provider_mask",
        ("theorems.explain",),
    ),
    "first-finds-the-last": Mutant(
        "logic.py",
        "    for position, flag in enumerate(flags, 1):",
        "    for position, flag in [*enumerate(flags, 1)][::-1]:",
        ("theorems.logic",),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_rule_is_refused(name: str, tmp_path: Path) -> None:
    refuse(MUTANTS[name], tmp_path)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_changes_what_stands_there(name: str) -> None:
    mutant = MUTANTS[name]
    assert mutant.right in (SOURCE / mutant.file).read_text("utf-8")
    assert mutant.right != mutant.wrong
