package calybris

// Status says what became of a model (EXPL-1).
type Status string

// The four statuses of a row.
const (
	StatusEligible           Status = "eligible"
	StatusNonPositiveUtility Status = "non_positive_utility"
	StatusOverBudget         Status = "over_budget"
	StatusRejected           Status = "rejected"
)

// Row explains one model. What is absent is nil, never 0 (EXPL-1).
type Row struct {
	ModelID    uint32
	ModelIndex int
	Status     Status
	Gate       *Gate
	Measured   *uint64
	Limit      *uint64
	Cost       *uint64
	Terms      *Terms
}

// Terms are exact; only the cost and the utility are limited (EXPL-3).
type Terms struct {
	Quality Wide
	Risk    Wide
	Latency Wide
	Utility int64
}

// Explain gives a row for each model, in catalog order, and none after a hard limit (EXPL-1, EXPL-4).
func (p *Policy) Explain(request *Request) []Row {
	rows := []Row{}
	if _, limited := p.hardLimit(request); limited {
		return rows
	}
	risk := p.riskTerm(request)
	for i := range p.fields.Models {
		model := &p.fields.Models[i]
		found := p.evaluate(model, request, risk)
		row := Row{ModelID: model.ModelID, ModelIndex: i}
		switch found.failed {
		case eligible, GateUtility:
			row.Status = StatusEligible
			if found.failed == GateUtility {
				row.Status = StatusNonPositiveUtility
			}
			row.Cost = &found.cost
			row.Terms = &Terms{Quality: found.quality, Risk: risk, Latency: found.latency, Utility: found.utility}
		case GateBudget:
			row.Status = StatusOverBudget
			limit := request.BudgetLimitMicrounits
			row.Limit, row.Cost = &limit, &found.cost
		default:
			row.Status = StatusRejected
			measured, limit := compared(found.failed, model, request)
			row.Gate, row.Measured, row.Limit = &found.failed, &measured, &limit
		}
		rows = append(rows, row)
	}
	return rows
}

// compared is the number that a gate measured and the one that it was compared with (EXPL-2).
func compared(gate Gate, model *Model, request *Request) (measured, limit uint64) {
	switch gate {
	case GateQuality:
		return uint64(model.QualityBps), uint64(request.MinimumQualityBps)
	case GateLatency:
		return uint64(model.P95LatencyMs), uint64(request.MaxP95LatencyMs)
	case GateCapability:
		return model.Capabilities, request.RequiredCapabilities
	case GateProvider:
		if model.ProviderID > MaxProviderID {
			return uint64(model.ProviderID), MaxProviderID
		}
		return uint64(model.ProviderID), request.AllowedProviderMask
	case GateRegion:
		return model.RegionMask, request.RequiredRegionMask
	case GateRiskCeiling:
		return uint64(request.RiskBps), uint64(model.RiskCeilingBps)
	}
	return 0, 1 // disabled
}
