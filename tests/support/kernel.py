"""Names of the decision kernel that tests of vectors share."""

#: The reason that each gate gives when it rejects most, in the order of the gates.
REASON_OF_GATE = {
    "disabled": "no_enabled_model",
    "quality": "quality_constraint",
    "latency": "latency_constraint",
    "capability": "capability_constraint",
    "provider": "provider_constraint",
    "region": "region_constraint",
    "risk_ceiling": "risk_ceiling_constraint",
    "budget": "budget_constraint",
    "utility": "non_positive_utility",
}
ALL_REASONS = {
    *REASON_OF_GATE.values(),
    "risk_hard_limit",
    "confidence_hard_limit",
    "requested_model_maximizes_utility",
    "alternative_maximizes_utility",
}
