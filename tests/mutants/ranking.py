"""Mutants of what follows the gates: ranking, the decision's fields, counting, one model's utility, explanation."""

from tests.mutants.mutation import bugs_in

kernel = bugs_in("calybris_ref/kernel.py")
explain = bugs_in("calybris_ref/explain.py")

_WINNER = "winner = min(eligible)"
_RUNNER_UP = "runner_up = min(eligible, default=(0, 0, 0, NO_MODEL_ID, 0))"
_NO_RUNNER_UP = "(0, 0, 0, NO_MODEL_ID, 0)"

RANKING = (
    kernel(
        "higher-cost-wins",
        "TIE_COST",
        "On equal utility the higher cost wins.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[0], -rank[1], rank[2:]))",
    ),
    kernel(
        "cost-not-compared",
        "TIE_COST",
        "The cost is left out of the order.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[0], rank[2:]))",
    ),
    kernel(
        "lower-quality-wins",
        "TIE_QUALITY",
        "On equal utility and cost the lower quality wins.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[:2], -rank[2], rank[3:]))",
    ),
    kernel(
        "quality-not-compared",
        "TIE_QUALITY",
        "The quality is left out of the order.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[:2], rank[3:]))",
    ),
    kernel(
        "higher-id-wins",
        "TIE_MODEL_ID",
        "Of models that are equal but for the id the higher one wins.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[:3], -rank[3]))",
    ),
    kernel(
        "first-in-catalog-wins",
        "TIE_MODEL_ID",
        "Of models that are equal but for the id the first in the catalog wins.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[:3], rank[4]))",
    ),
    kernel(
        "later-of-equals-wins",
        "EQUAL_LATER_WINS",
        "Of models that are equal in everything the later one wins.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[:4], -rank[4]))",
    ),
    kernel(
        "requested-preferred",
        "REQUESTED_PREFERRED",
        "The requested model wins whenever it is eligible.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[3] != request.requested_model_id, rank))",
    ),
    kernel(
        "requested-wins-ties",
        "REQUESTED_PREFERRED",
        "The requested model wins on equal utility.",
        _WINNER,
        "winner = min(eligible, key=lambda rank: (rank[0], rank[3] != request.requested_model_id, rank))",
    ),
    kernel(
        "runner-up-first-eligible",
        "RUNNER_UP_STALE",
        "The runner-up is the first eligible model that did not win.",
        _RUNNER_UP,
        f"runner_up = eligible[0] if eligible else {_NO_RUNNER_UP}",
    ),
    kernel(
        "runner-up-only-displaced",
        "RUNNER_UP_STALE",
        "The runner-up is remembered only when the best is replaced: a later second is overlooked.",
        _RUNNER_UP,
        f"runner_up = min([rank for rank in eligible if rank[4] < winner[4]], default={_NO_RUNNER_UP})",
    ),
    kernel(
        "runner-up-only-later",
        "RUNNER_UP_STALE",
        "The best that was replaced is forgotten.",
        _RUNNER_UP,
        f"runner_up = min([rank for rank in eligible if rank[4] > winner[4]], default={_NO_RUNNER_UP})",
    ),
    kernel(
        "counterfactual-is-requested",
        "COUNTERFACTUAL_IS_REQUESTED",
        "The counterfactual is the requested model.",
        _RUNNER_UP,
        f"runner_up = next((rank for rank in eligible if rank[3] == request.requested_model_id), {_NO_RUNNER_UP})",
    ),
)

FIELDS = (
    kernel(
        "index-in-sorted-catalog",
        "INDEX_SORTED",
        "The selected index counts in the catalog sorted by id.",
        "for index, model in enumerate(models)\n",
        "for index, model in enumerate(sorted(models, key=lambda model: model.model_id))\n",
    ),
    kernel(
        "rejection-without-sequence",
        "SEQUENCE_OR_EPOCHS",
        "A rejection does not carry the request's sequence.",
        "    return KernelDecision(\n        request_sequence=request.request_sequence,",
        "    return KernelDecision(\n        request_sequence=0,",
    ),
    kernel(
        "epochs-exchanged",
        "SEQUENCE_OR_EPOCHS",
        "The two epochs of an executable decision are exchanged.",
        "        eligible_models=eligible_models,\n        policy_epoch=snapshot.policy_epoch,\n"
        "        catalog_epoch=snapshot.catalog_epoch,",
        "        eligible_models=eligible_models,\n        policy_epoch=snapshot.catalog_epoch,\n"
        "        catalog_epoch=snapshot.policy_epoch,",
    ),
    kernel(
        "rejection-index-zero",
        "REJECT_NOT_BLANK",
        "The index of a rejection is 0.",
        "selected_model_index=NO_MODEL_INDEX",
        "selected_model_index=0",
    ),
    kernel(
        "rejection-names-requested",
        "REJECT_NOT_BLANK",
        "A rejection selects the requested model.",
        "selected_model_id=NO_MODEL_ID,\n        selected",
        "selected_model_id=request.requested_model_id,\n        selected",
    ),
    kernel(
        "rejection-counterfactual-requested",
        "REJECT_NOT_BLANK",
        "A rejection names the requested model as the counterfactual.",
        "counterfactual_model_id=NO_MODEL_ID",
        "counterfactual_model_id=request.requested_model_id",
    ),
)

COUNTING = (
    kernel(
        "dominance-first-wins",
        "DOMINANT_TIES",
        "On equal counts the first of the list wins.",
        "max(reversed(_DOMINANCE)",
        "max(iter(_DOMINANCE)",
    ),
    kernel(
        "dominance-in-gate-order",
        "DOMINANT_TIES",
        "On equal counts the last gate of the chain wins.",
        "max(reversed(_DOMINANCE)",
        "max(reversed(Gate)",
    ),
    kernel(
        "dominance-region-provider",
        "DOMINANT_TIES",
        "Region and provider are exchanged in the list.",
        "    Gate.REGION,\n    Gate.PROVIDER,\n",
        "    Gate.PROVIDER,\n    Gate.REGION,\n",
    ),
    kernel(
        "dominance-first-gate-found",
        "DOMINANT_TIES",
        "The strongest gate that stopped anyone names the rejection, whatever the counts.",
        "key=lambda gate: counts[gate])",
        "key=lambda gate: counts[gate] > 0)",
    ),
    kernel(
        "empty-catalog-raises",
        "EMPTY_CATALOG",
        "The dominant gate is looked for among those that stopped someone.",
        "max(reversed(_DOMINANCE)",
        "max(filter(counts.__getitem__, reversed(_DOMINANCE))",
    ),
    kernel(
        "histogram-blank",
        "HISTOGRAM_BLANK",
        "The histogram is all zero when everything was rejected, as in early releases.",
        "_dominant_reason(counts), evaluated_models), counts",
        "_dominant_reason(counts), evaluated_models), [0] * len(Gate)",
    ),
    kernel(
        "histogram-wraps",
        "COUNTS_WRAP",
        "A count beyond 65,535 wraps.",
        "counts = [min(count, _U16_MAX) for count in counts]",
        "counts = [count & _U16_MAX for count in counts]",
    ),
    kernel(
        "evaluated-wraps",
        "COUNTS_WRAP",
        "The number of evaluated models wraps.",
        "evaluated_models = min(len(snapshot.models), _U16_MAX)",
        "evaluated_models = len(snapshot.models) & _U16_MAX",
    ),
    kernel(
        "eligible-wraps",
        "COUNTS_WRAP",
        "The number of eligible models wraps.",
        "eligible_models = min(len(eligible), _U16_MAX)",
        "eligible_models = len(eligible) & _U16_MAX",
    ),
    kernel(
        "index-wraps",
        "COUNTS_WRAP",
        "An index beyond 65,535 wraps.",
        "selected_model_index=min(index, NO_MODEL_INDEX)",
        "selected_model_index=index & NO_MODEL_INDEX",
    ),
)

READINGS = (
    kernel(
        "utility-past-hard-limits",
        "UTILITY_NOT_GATED",
        "The utility of a model is returned although a hard limit rejects the request.",
        "    if hard_limit(snapshot, request) is not None:\n        return None\n",
        "",
    ),
    kernel(
        "utility-past-gates",
        "UTILITY_NOT_GATED",
        "The utility of a model is returned although the model fails a gate.",
        "            _, eligible = walk(snapshot, request, snapshot.rows[index : index + 1])\n"
        "            return -eligible[0][0] if eligible else None\n",
        "            trail: list[Assessment] = []\n"
        "            walk(snapshot, request, snapshot.rows[index : index + 1], trail)\n"
        "            return trail[0][3]\n",
    ),
    explain(
        "rows-after-hard-limit",
        "EXPLAIN_NOT_CATALOG_ORDER",
        "The candidates are explained although nobody walked the catalog.",
        "    if hard_limit(snapshot, request) is not None:\n        return ()\n",
        "",
    ),
    explain(
        "rows-by-id",
        "EXPLAIN_NOT_CATALOG_ORDER",
        "The rows are sorted by model id.",
        "for index, assessment in enumerate(trail))",
        "for index, assessment in sorted(enumerate(trail), key=lambda row: snapshot.models[row[0]].model_id))",
    ),
    explain(
        "cost-filled",
        "EXPLAIN_FILLED",
        "The cost of a candidate that never reached the money is shown as 0.",
        "cost_microunits=None if status is CandidateStatus.REJECTED else cost",
        "cost_microunits=cost",
    ),
    explain(
        "terms-filled",
        "EXPLAIN_FILLED",
        "The terms of a candidate over budget are shown.",
        "has_terms = status in (CandidateStatus.ELIGIBLE,",
        "has_terms = status in (CandidateStatus.ELIGIBLE, CandidateStatus.OVER_BUDGET,",
    ),
    explain(
        "comparison-filled",
        "EXPLAIN_FILLED",
        "What was not compared is shown as 0.",
        "measured = limit = None",
        "measured = limit = 0",
    ),
    explain(
        "provider-limit-always-mask",
        "PROVIDER_ABOVE_63",
        "A provider above 63 is shown against the mask and not against 63.",
        "request.allowed_provider_mask if model.provider_id <= MAX_PROVIDER_ID else MAX_PROVIDER_ID",
        "request.allowed_provider_mask",
    ),
    explain(
        "latency-term-clamped",
        "EXPLAIN_TERMS_CLAMPED",
        "The latency term is shown clamped to 64 bits.",
        "latency_term = model.p95_latency_ms * snapshot.latency_penalty_microunits_per_ms",
        "latency_term = min(model.p95_latency_ms * snapshot.latency_penalty_microunits_per_ms, 2**64 - 1)",
    ),
)

MUTANTS = RANKING + FIELDS + COUNTING + READINGS
