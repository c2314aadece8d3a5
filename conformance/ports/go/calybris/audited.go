package calybris

import "fmt"

// auditRecord prints the payload of an audited decision (LOG-9). Its metadata is one level deep, at data.metadata.
func auditRecord(policy *Policy, request *Request, decision *Decision, metadata []byte) ([]byte, error) {
	printed, err := printPayload(metadata, []string{"data", ".metadata"}, 1)
	if err != nil {
		return nil, err
	}
	bundle := policy.AuditBundle(request, decision)
	out := fmt.Appendf(nil, `{"audit":{"schema_version":"%s","digest_algorithm":"%s","proof_version":%d,`,
		bundle.SchemaVersion, bundle.DigestAlgorithm, bundle.ProofVersion)
	out = fmt.Appendf(out, `"policy_epoch":%d,"catalog_epoch":%d,"created_by":"%s",`,
		bundle.PolicyEpoch, bundle.CatalogEpoch, bundle.CreatedBy)
	out = fmt.Appendf(out, `"policy_digest_hex":"%s","input_digest_hex":"%s","decision_digest_hex":"%s",`,
		bundle.PolicyDigestHex, bundle.InputDigestHex, bundle.DecisionDigestHex)
	out = fmt.Appendf(out, `"replay_valid":%t},`, bundle.ReplayValid)
	out = appendRequest(append(out, `"input":`...), request)
	out = appendDecision(append(out, `,"decision":`...), decision)
	out = append(append(out, `,"metadata":`...), printed...)
	return append(out, '}'), nil
}

func appendRequest(out []byte, r *Request) []byte {
	out = fmt.Appendf(out, `{"request_sequence":%d,"requested_model_id":%d,"input_tokens":%d,"output_tokens":%d,`,
		r.RequestSequence, r.RequestedModelID, r.InputTokens, r.OutputTokens)
	out = fmt.Appendf(out, `"business_value_microunits":%d,"budget_limit_microunits":%d,`,
		r.BusinessValueMicrounits, r.BudgetLimitMicrounits)
	out = fmt.Appendf(out, `"risk_bps":%d,"confidence_bps":%d,"minimum_quality_bps":%d,"max_p95_latency_ms":%d,`,
		r.RiskBps, r.ConfidenceBps, r.MinimumQualityBps, r.MaxP95LatencyMs)
	return fmt.Appendf(out, `"required_capabilities":%d,"allowed_provider_mask":%d,"required_region_mask":%d}`,
		r.RequiredCapabilities, r.AllowedProviderMask, r.RequiredRegionMask)
}

func appendDecision(out []byte, d *Decision) []byte {
	out = fmt.Appendf(out, `{"request_sequence":%d,"action":"%s","reason":"%s",`,
		d.RequestSequence, named(actions, d.Action).record, named(reasons, d.Reason).record)
	out = fmt.Appendf(out, `"selected_model_id":%d,"selected_model_index":%d,`, d.SelectedModelID, d.SelectedModelIndex)
	out = fmt.Appendf(out, `"estimated_cost_microunits":%d,"expected_utility_microunits":%d,`,
		d.EstimatedCostMicrounits, d.ExpectedUtilityMicrounits)
	out = fmt.Appendf(out, `"counterfactual_model_id":%d,"counterfactual_utility_microunits":%d,`,
		d.CounterfactualModelID, d.CounterfactualUtilityMicrounits)
	return fmt.Appendf(out, `"evaluated_models":%d,"eligible_models":%d,"policy_epoch":%d,"catalog_epoch":%d}`,
		d.EvaluatedModels, d.EligibleModels, d.PolicyEpoch, d.CatalogEpoch)
}

// audited is a record of LOG-9, read. Its metadata is not looked at (LOG-10).
type audited struct {
	bundle   Bundle
	request  Request
	decision Decision
}

// readAudited reads the record in the data of a line, which is JSON already.
func readAudited(data []byte) (audited, bool) {
	var read audited
	c := cursor{text: data}
	ok := c.record([]field{
		{"audit", func(c *cursor) bool { return c.record(bundleFields(&read.bundle)) }},
		{"input", func(c *cursor) bool { return c.record(requestFields(&read.request)) }},
		{"decision", func(c *cursor) bool { return c.record(decisionFields(&read.decision)) }},
		{"metadata", func(c *cursor) bool { return c.value() }},
	})
	return read, ok
}

func bundleFields(b *Bundle) []field {
	return []field{
		textField("schema_version", &b.SchemaVersion),
		textField("digest_algorithm", &b.DigestAlgorithm),
		unsignedField("proof_version", &b.ProofVersion),
		unsignedField("policy_epoch", &b.PolicyEpoch),
		unsignedField("catalog_epoch", &b.CatalogEpoch),
		textField("created_by", &b.CreatedBy),
		textField("policy_digest_hex", &b.PolicyDigestHex),
		textField("input_digest_hex", &b.InputDigestHex),
		textField("decision_digest_hex", &b.DecisionDigestHex),
		boolField("replay_valid", &b.ReplayValid),
	}
}

func requestFields(r *Request) []field {
	return []field{
		unsignedField("request_sequence", &r.RequestSequence),
		unsignedField("requested_model_id", &r.RequestedModelID),
		unsignedField("input_tokens", &r.InputTokens),
		unsignedField("output_tokens", &r.OutputTokens),
		signedField("business_value_microunits", &r.BusinessValueMicrounits),
		unsignedField("budget_limit_microunits", &r.BudgetLimitMicrounits),
		unsignedField("risk_bps", &r.RiskBps),
		unsignedField("confidence_bps", &r.ConfidenceBps),
		unsignedField("minimum_quality_bps", &r.MinimumQualityBps),
		unsignedField("max_p95_latency_ms", &r.MaxP95LatencyMs),
		unsignedField("required_capabilities", &r.RequiredCapabilities),
		unsignedField("allowed_provider_mask", &r.AllowedProviderMask),
		unsignedField("required_region_mask", &r.RequiredRegionMask),
	}
}

func decisionFields(d *Decision) []field {
	return []field{
		unsignedField("request_sequence", &d.RequestSequence),
		nameField("action", actions, &d.Action),
		nameField("reason", reasons, &d.Reason),
		unsignedField("selected_model_id", &d.SelectedModelID),
		unsignedField("selected_model_index", &d.SelectedModelIndex),
		unsignedField("estimated_cost_microunits", &d.EstimatedCostMicrounits),
		signedField("expected_utility_microunits", &d.ExpectedUtilityMicrounits),
		unsignedField("counterfactual_model_id", &d.CounterfactualModelID),
		signedField("counterfactual_utility_microunits", &d.CounterfactualUtilityMicrounits),
		unsignedField("evaluated_models", &d.EvaluatedModels),
		unsignedField("eligible_models", &d.EligibleModels),
		unsignedField("policy_epoch", &d.PolicyEpoch),
		unsignedField("catalog_epoch", &d.CatalogEpoch),
	}
}

// nameField reads an action or a reason in the form of a log record (TYPES-6, TYPES-7).
func nameField[T Action | Reason](key string, names []name[T], to *T) field {
	return field{key, func(c *cursor) bool {
		text, ok := c.readText()
		if !ok {
			return false
		}
		*to, ok = parseName(names, func(one name[T]) bool { return one.record == text })
		return ok
	}}
}
