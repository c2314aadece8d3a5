package calybris

import "math"

// TYPES-8 Constants.
const (
	MaxBps                             = 10_000
	MaxRiskPenaltyMultiplierBps        = 50_000
	MaxProviderID                      = 63
	AllProviders                uint64 = math.MaxUint64
	AllRegions                  uint64 = math.MaxUint64
	MaxCatalogModels                   = 65_535
	MicrocentsPerCent                  = 1_000_000
)

// Model is a candidate of the catalog (TYPES-2). The widths are the types of Go (TYPES-9).
type Model struct {
	ModelID                              uint32
	ProviderID                           uint16
	QualityBps                           uint16
	RiskCeilingBps                       uint16
	Enabled                              uint8 // 0 is off; every other value is on
	P95LatencyMs                         uint32
	Capabilities                         uint64
	RegionMask                           uint64
	InputCostMicrounitsPerMillionTokens  uint64
	OutputCostMicrounitsPerMillionTokens uint64
}

// Request is what is to be decided (TYPES-3).
type Request struct {
	RequestSequence         uint64
	RequestedModelID        uint32
	InputTokens             uint32
	OutputTokens            uint32
	BusinessValueMicrounits int64
	BudgetLimitMicrounits   uint64
	RiskBps                 uint16
	ConfidenceBps           uint16
	MinimumQualityBps       uint16
	MaxP95LatencyMs         uint32 // 0 is no limit
	RequiredCapabilities    uint64
	AllowedProviderMask     uint64
	RequiredRegionMask      uint64 // 0 is no constraint
}

// Decision is the answer to a request (TYPES-5). Two of them are equal when all thirteen fields are.
type Decision struct {
	RequestSequence                 uint64
	Action                          Action
	Reason                          Reason
	SelectedModelID                 uint32
	SelectedModelIndex              uint16
	EstimatedCostMicrounits         uint64
	ExpectedUtilityMicrounits       int64
	CounterfactualModelID           uint32
	CounterfactualUtilityMicrounits int64
	EvaluatedModels                 uint16
	EligibleModels                  uint16
	PolicyEpoch                     uint64
	CatalogEpoch                    uint64
}

// Action is what a decision does (TYPES-6). It is one byte of the digest.
type Action uint8

// Reason is why (TYPES-7). It is two bytes of the digest.
type Reason uint16

// TYPES-6 Actions.
const (
	ExecuteRequested Action = 1
	Substitute       Action = 2
	Reject           Action = 3
)

// TYPES-7 Reasons. The codes do not follow the order of the gates.
const (
	RequestedModelMaximizesUtility Reason = 1
	AlternativeMaximizesUtility    Reason = 2
	RiskHardLimit                  Reason = 100
	ConfidenceHardLimit            Reason = 101
	NoEnabledModel                 Reason = 102
	QualityConstraint              Reason = 103
	LatencyConstraint              Reason = 104
	CapabilityConstraint           Reason = 105
	ProviderConstraint             Reason = 106
	RegionConstraint               Reason = 107
	BudgetConstraint               Reason = 108
	NonPositiveUtility             Reason = 109
	RiskCeilingConstraint          Reason = 110
)

// name is a code with its two forms.
type name[T Action | Reason] struct {
	code    T
	display string
	record  string
}

var actions = []name[Action]{
	{ExecuteRequested, "execute_requested", "ExecuteRequested"},
	{Substitute, "substitute", "Substitute"},
	{Reject, "reject", "Reject"},
}

var reasons = []name[Reason]{
	{RequestedModelMaximizesUtility, "requested_model_maximizes_utility", "RequestedModelMaximizesUtility"},
	{AlternativeMaximizesUtility, "alternative_maximizes_utility", "AlternativeMaximizesUtility"},
	{RiskHardLimit, "risk_hard_limit", "RiskHardLimit"},
	{ConfidenceHardLimit, "confidence_hard_limit", "ConfidenceHardLimit"},
	{NoEnabledModel, "no_enabled_model", "NoEnabledModel"},
	{QualityConstraint, "quality_constraint", "QualityConstraint"},
	{LatencyConstraint, "latency_constraint", "LatencyConstraint"},
	{CapabilityConstraint, "capability_constraint", "CapabilityConstraint"},
	{ProviderConstraint, "provider_constraint", "ProviderConstraint"},
	{RegionConstraint, "region_constraint", "RegionConstraint"},
	{BudgetConstraint, "budget_constraint", "BudgetConstraint"},
	{NonPositiveUtility, "non_positive_utility", "NonPositiveUtility"},
	{RiskCeilingConstraint, "risk_ceiling_constraint", "RiskCeilingConstraint"},
}

func named[T Action | Reason](names []name[T], code T) name[T] {
	for _, one := range names {
		if one.code == code {
			return one
		}
	}
	return name[T]{code: code, display: "unknown", record: "Unknown"}
}

// String is the display form.
func (a Action) String() string { return named(actions, a).display }

// String is the display form.
func (r Reason) String() string { return named(reasons, r).display }

// ParseAction reads the display form of an action.
func ParseAction(text string) (Action, bool) {
	return parseName(actions, func(one name[Action]) bool { return one.display == text })
}

// ParseReason reads the display form of a reason.
func ParseReason(text string) (Reason, bool) {
	return parseName(reasons, func(one name[Reason]) bool { return one.display == text })
}

func parseName[T Action | Reason](names []name[T], matches func(name[T]) bool) (T, bool) {
	for _, one := range names {
		if matches(one) {
			return one.code, true
		}
	}
	return 0, false
}
