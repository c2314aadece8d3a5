package calybris

// Gate is one of the nine that a model passes, in the order in which they are tested (GATE-3).
type Gate int

// The gates, in their order, and eligible for a model that fails none.
const (
	GateDisabled Gate = iota
	GateQuality
	GateLatency
	GateCapability
	GateProvider
	GateRegion
	GateRiskCeiling
	GateBudget
	GateUtility
	eligible
)

var gateNames = [...]string{
	"disabled", "quality", "latency", "capability", "provider", "region", "risk_ceiling", "budget", "utility",
}

// String is the name under which the histogram counts the gate.
func (g Gate) String() string { return gateNames[g] }

// hardLimit is the reason of a request that no model is looked at for (GATE-1, GATE-2).
func (p *Policy) hardLimit(request *Request) (Reason, bool) {
	switch {
	case request.RiskBps >= p.fields.HardRiskLimitBps:
		return RiskHardLimit, true
	case request.ConfidenceBps < p.fields.MinimumConfidenceBps:
		return ConfidenceHardLimit, true
	}
	return 0, false
}

// firstConstraint is the first of gates 1 to 7 that the model fails, or the budget's when it fails none (GATE-4 to
// GATE-10). These gates need no money.
func firstConstraint(model *Model, request *Request) Gate {
	switch {
	case model.Enabled == 0:
		return GateDisabled
	case model.QualityBps < request.MinimumQualityBps:
		return GateQuality
	case request.MaxP95LatencyMs > 0 && model.P95LatencyMs > request.MaxP95LatencyMs:
		return GateLatency
	case model.Capabilities&request.RequiredCapabilities != request.RequiredCapabilities:
		return GateCapability
	case model.ProviderID > MaxProviderID || request.AllowedProviderMask>>model.ProviderID&1 == 0:
		return GateProvider
	case request.RequiredRegionMask != 0 && model.RegionMask&request.RequiredRegionMask == 0:
		return GateRegion
	case request.RiskBps > model.RiskCeilingBps:
		return GateRiskCeiling
	}
	return GateBudget
}

// evaluation is a model at the gates: the first that it failed, and the money as far as it was asked.
type evaluation struct {
	failed  Gate
	cost    uint64
	quality Wide
	latency Wide
	utility int64
}

// evaluate takes one model through the nine gates (GATE-3, GATE-11, GATE-12).
func (p *Policy) evaluate(model *Model, request *Request, risk Wide) evaluation {
	if gate := firstConstraint(model, request); gate < GateBudget {
		return evaluation{failed: gate}
	}
	found := evaluation{failed: eligible, cost: Cost(model, request)}
	if found.cost > request.BudgetLimitMicrounits {
		found.failed = GateBudget
		return found
	}
	found.quality, found.latency = qualityTerm(model, request), p.latencyTerm(model)
	found.utility = utility(found.quality, risk, found.cost, found.latency)
	if found.utility <= 0 {
		found.failed = GateUtility
	}
	return found
}
