package calybris

import (
	"cmp"
	"slices"
)

// PolicyFields is what a policy is made of (TYPES-4).
type PolicyFields struct {
	PolicyEpoch                   uint64
	CatalogEpoch                  uint64
	HardRiskLimitBps              uint16
	MinimumConfidenceBps          uint16
	RiskPenaltyMultiplierBps      uint16
	LatencyPenaltyMicrounitsPerMs uint64
	Models                        []Model
}

// Policy is an immutable snapshot of rules and catalog. A constructor makes it; it keeps models of its own.
type Policy struct {
	fields PolicyFields
}

// Fields are those of the policy, with a copy of its catalog in the snapshot's own order.
func (p *Policy) Fields() PolicyFields {
	fields := p.fields
	fields.Models = slices.Clone(fields.Models)
	return fields
}

// TryNew makes the checks POLICY-1 to POLICY-4 and keeps the catalog in the order given (POLICY-5).
func TryNew(fields PolicyFields) (*Policy, error) {
	if err := checkPolicy(fields, catalogOrder(len(fields.Models))); err != nil {
		return nil, err
	}
	return NewUnchecked(fields), nil
}

// TryNewTrusted makes the strictest checks and sorts the catalog by model_id (POLICY-7).
func TryNewTrusted(fields PolicyFields) (*Policy, error) {
	models := fields.Models
	if len(models) > MaxCatalogModels {
		return nil, refuse(PolicyCatalogTooLarge, "models")
	}
	for i, model := range models {
		if model.ModelID == 0 {
			return nil, refuseAt(PolicyModelIDReserved, "models[%d].model_id", i)
		}
	}
	for i, model := range models {
		if model.Enabled > 1 {
			return nil, refuseAt(PolicyEnabledOutOfRange, "models[%d].enabled", i)
		}
	}
	order := catalogOrder(len(models))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(models[a].ModelID, models[b].ModelID) })
	if err := checkPolicy(fields, order); err != nil {
		return nil, err
	}
	sorted := make([]Model, len(models))
	for place, given := range order {
		sorted[place] = models[given]
	}
	fields.Models = sorted
	return NewUnchecked(fields), nil
}

// NewUnchecked makes no check: the widths are those of the types (POLICY-6). POLICY-8, its older name, is left out.
func NewUnchecked(fields PolicyFields) *Policy {
	fields.Models = slices.Clone(fields.Models)
	return &Policy{fields: fields}
}

func catalogOrder(size int) []int {
	order := make([]int, size)
	for i := range order {
		order[i] = i
	}
	return order
}

// checkPolicy makes the checks POLICY-1 to POLICY-4. The models are visited in the order of the indices, and named by
// them: by their place in the catalog as it was given.
func checkPolicy(fields PolicyFields, order []int) error {
	bounds := []struct {
		field          string
		value, largest uint16
	}{
		{"hard_risk_limit_bps", fields.HardRiskLimitBps, MaxBps},
		{"minimum_confidence_bps", fields.MinimumConfidenceBps, MaxBps},
		{"risk_penalty_multiplier_bps", fields.RiskPenaltyMultiplierBps, MaxRiskPenaltyMultiplierBps},
	}
	for _, bound := range bounds {
		if bound.value > bound.largest {
			return refuse(PolicyBpsOutOfRange, bound.field)
		}
	}
	if len(order) == 0 {
		return refuse(PolicyCatalogEmpty, "models")
	}
	enabled := false
	seen := make(map[uint32]struct{}, len(order))
	for _, i := range order {
		model := fields.Models[i]
		if _, twice := seen[model.ModelID]; twice {
			return refuseAt(PolicyModelIDDuplicate, "models[%d].model_id", i)
		}
		seen[model.ModelID] = struct{}{}
		switch {
		case model.ProviderID > MaxProviderID:
			return refuseAt(PolicyProviderIDOutOfRange, "models[%d].provider_id", i)
		case model.QualityBps > MaxBps:
			return refuseAt(PolicyBpsOutOfRange, "models[%d].quality_bps", i)
		case model.RiskCeilingBps > MaxBps:
			return refuseAt(PolicyBpsOutOfRange, "models[%d].risk_ceiling_bps", i)
		}
		enabled = enabled || model.Enabled != 0
	}
	if !enabled {
		return refuse(PolicyModelsAllDisabled, "models")
	}
	return nil
}

// Validate checks the three proportions of a request (INPUT-1). Deciding does not call it (INPUT-2).
func (r *Request) Validate() error {
	switch {
	case r.RiskBps > MaxBps:
		return refuse(InputBpsOutOfRange, "risk_bps")
	case r.ConfidenceBps > MaxBps:
		return refuse(InputBpsOutOfRange, "confidence_bps")
	case r.MinimumQualityBps > MaxBps:
		return refuse(InputBpsOutOfRange, "minimum_quality_bps")
	}
	return nil
}
