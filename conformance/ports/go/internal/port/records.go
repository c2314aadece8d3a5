package port

import "calybris-port/calybris"

// The records of docs/operations.md, each as a table of its keys.

func modelBindings(m *calybris.Model) []binding {
	return []binding{
		{"model_id", &m.ModelID},
		{"provider_id", &m.ProviderID},
		{"quality_bps", &m.QualityBps},
		{"risk_ceiling_bps", &m.RiskCeilingBps},
		{"enabled", &m.Enabled},
		{"p95_latency_ms", &m.P95LatencyMs},
		{"capabilities", &m.Capabilities},
		{"region_mask", &m.RegionMask},
		{"input_cost_microunits_per_million_tokens", &m.InputCostMicrounitsPerMillionTokens},
		{"output_cost_microunits_per_million_tokens", &m.OutputCostMicrounitsPerMillionTokens},
	}
}

func requestBindings(r *calybris.Request) []binding {
	return []binding{
		{"request_sequence", &r.RequestSequence},
		{"requested_model_id", &r.RequestedModelID},
		{"input_tokens", &r.InputTokens},
		{"output_tokens", &r.OutputTokens},
		{"business_value_microunits", &r.BusinessValueMicrounits},
		{"budget_limit_microunits", &r.BudgetLimitMicrounits},
		{"risk_bps", &r.RiskBps},
		{"confidence_bps", &r.ConfidenceBps},
		{"minimum_quality_bps", &r.MinimumQualityBps},
		{"max_p95_latency_ms", &r.MaxP95LatencyMs},
		{"required_capabilities", &r.RequiredCapabilities},
		{"allowed_provider_mask", &r.AllowedProviderMask},
		{"required_region_mask", &r.RequiredRegionMask},
	}
}

func decisionBindings(d *calybris.Decision) []binding {
	return []binding{
		{"request_sequence", &d.RequestSequence},
		{"action", &d.Action},
		{"reason", &d.Reason},
		{"selected_model_id", &d.SelectedModelID},
		{"selected_model_index", &d.SelectedModelIndex},
		{"estimated_cost_microunits", &d.EstimatedCostMicrounits},
		{"expected_utility_microunits", &d.ExpectedUtilityMicrounits},
		{"counterfactual_model_id", &d.CounterfactualModelID},
		{"counterfactual_utility_microunits", &d.CounterfactualUtilityMicrounits},
		{"evaluated_models", &d.EvaluatedModels},
		{"eligible_models", &d.EligibleModels},
		{"policy_epoch", &d.PolicyEpoch},
		{"catalog_epoch", &d.CatalogEpoch},
	}
}

func policyBindings(p *calybris.PolicyFields) []binding {
	return []binding{
		{"policy_epoch", &p.PolicyEpoch},
		{"catalog_epoch", &p.CatalogEpoch},
		{"hard_risk_limit_bps", &p.HardRiskLimitBps},
		{"minimum_confidence_bps", &p.MinimumConfidenceBps},
		{"risk_penalty_multiplier_bps", &p.RiskPenaltyMultiplierBps},
		{"latency_penalty_microunits_per_ms", &p.LatencyPenaltyMicrounitsPerMs},
	}
}

func bundleBindings(b *calybris.Bundle) []binding {
	return []binding{
		{"schema_version", &b.SchemaVersion},
		{"digest_algorithm", &b.DigestAlgorithm},
		{"proof_version", &b.ProofVersion},
		{"policy_epoch", &b.PolicyEpoch},
		{"catalog_epoch", &b.CatalogEpoch},
		{"created_by", &b.CreatedBy},
		{"policy_digest_hex", &b.PolicyDigestHex},
		{"input_digest_hex", &b.InputDigestHex},
		{"decision_digest_hex", &b.DecisionDigestHex},
		{"replay_valid", &b.ReplayValid},
	}
}

func certificateBindings(c *calybris.Certificate) []binding {
	return []binding{
		{"policy_fingerprint", &c.PolicyFingerprint},
		{"input_fingerprint", &c.InputFingerprint},
		{"decision_fingerprint", &c.DecisionFingerprint},
		{"decision_sequence", &c.DecisionSequence},
		{"selected_model_id", &c.SelectedModelID},
		{"action", &c.Action},
		{"reason", &c.Reason},
		{"replay_valid", &c.ReplayValid},
		{"evaluated_models", &c.EvaluatedModels},
		{"eligible_models", &c.EligibleModels},
		{"counterfactual_model_id", &c.CounterfactualModelID},
		{"counterfactual_utility_microunits", &c.CounterfactualUtilityMicrounits},
	}
}

func tenantBindings(t *calybris.Tenant) []binding {
	return []binding{
		{"tenant_id", &t.TenantID},
		{"initial_microcents", &t.InitialMicrocents},
		{"remaining_microcents", &t.RemainingMicrocents},
		{"reserved_microcents", &t.ReservedMicrocents},
		{"committed_microcents", &t.CommittedMicrocents},
	}
}

func ledgerBindings(s *calybris.Snapshot) []binding {
	return []binding{
		{"version", &s.Version},
		{"active_reservations", &s.ActiveReservations},
		{"wal_high_watermark", &s.WalHighWatermark},
	}
}

func proofBindings(p *calybris.ConservationProof) []binding {
	return []binding{
		{"ledger_digest_hex", &p.LedgerDigestHex},
		{"snapshot_version", &p.SnapshotVersion},
		{"tenant_count", &p.TenantCount},
		{"active_reservations", &p.ActiveReservations},
		{"total_initial_microcents", &p.TotalInitialMicrocents},
		{"total_committed_microcents", &p.TotalCommittedMicrocents},
		{"aggregate_totals_representable", &p.AggregateTotalsRepresentable},
	}
}

func financialBindings(c *calybris.FinancialCertificate) []binding {
	return []binding{
		{"snapshot_version", &c.SnapshotVersion},
		{"ledger_digest_hex", &c.LedgerDigestHex},
		{"tenant_count", &c.TenantCount},
		{"active_reservations", &c.ActiveReservations},
		{"conservation_balanced", &c.ConservationBalanced},
		{"total_initial_microcents", &c.TotalInitialMicrocents},
		{"total_committed_microcents", &c.TotalCommittedMicrocents},
		{"aggregate_totals_representable", &c.AggregateTotalsRepresentable},
		{"committed_since_last_certificate", &c.CommittedSinceLastCertificate},
	}
}

func envelopeBindings(e *calybris.Envelope) []binding {
	return []binding{
		{"proof_version", &e.ProofVersion},
		{"policy_digest_hex", &e.PolicyDigestHex},
		{"input_digest_hex", &e.InputDigestHex},
		{"decision_digest_hex", &e.DecisionDigestHex},
		{"replay_valid", &e.ReplayValid},
		{"wal_sequence", &e.WalSequence},
		{"wal_entry_hash", &e.WalEntryHash},
		{"budget_snapshot_version", &e.BudgetSnapshotVersion},
		{"ledger_digest_hex", &e.LedgerDigestHex},
		{"action", &e.Action},
		{"reason", &e.Reason},
		{"selected_model_id", &e.SelectedModelID},
		{"counterfactual_model_id", &e.CounterfactualModelID},
		{"estimated_cost_microunits", &e.EstimatedCostMicrounits},
		{"expected_utility_microunits", &e.ExpectedUtilityMicrounits},
	}
}

func anchorBindings(a *calybris.Anchor) []binding {
	return []binding{
		{"schema_version", &a.SchemaVersion},
		{"sequence", &a.Sequence},
		{"last_hash", &a.LastHash},
		{"keyed", &a.Keyed},
	}
}

func configBindings(c *calybris.Config) []binding {
	return []binding{
		{"latency_penalty_microunits_per_ms", &c.LatencyPenaltyMicrounitsPerMs},
		{"hard_risk_limit_bps", &c.HardRiskLimitBps},
		{"minimum_confidence_bps", &c.MinimumConfidenceBps},
		{"risk_penalty_multiplier_bps", &c.RiskPenaltyMultiplierBps},
		{"default_exposure_cap_microcents", &c.DefaultExposureCapMicrocents},
		{"wal_sync_on_append", &c.WalSyncOnAppend},
		{"max_catalog_size", &c.MaxCatalogSize},
	}
}
