package calybris

import "math"

// noIndex stands for the place of no model, and for a place beyond it (DECIDE-2, DECIDE-6).
const noIndex = math.MaxUint16

// Trace shows how a decision came about (TRACE-1, TRACE-2).
type Trace struct {
	Decision   Decision
	Rejections Histogram
}

// Histogram counts, for each gate, the models that failed it first (TRACE-1). It is indexed by Gate.
type Histogram [eligible]uint16

// dominance is the order in which equal counts are settled, and the reason of each gate: the last wins (DECIDE-3).
var dominance = [...]struct {
	gate   Gate
	reason Reason
}{
	{GateCapability, CapabilityConstraint},
	{GateRegion, RegionConstraint},
	{GateProvider, ProviderConstraint},
	{GateQuality, QualityConstraint},
	{GateRiskCeiling, RiskCeilingConstraint},
	{GateLatency, LatencyConstraint},
	{GateBudget, BudgetConstraint},
	{GateUtility, NonPositiveUtility},
	{GateDisabled, NoEnabledModel},
}

// dominant is the reason of a rejection after the walk; of an empty catalog it is 102 (DECIDE-3, DECIDE-4).
func (h *Histogram) dominant() Reason {
	var reason Reason
	var most uint16
	for _, one := range dominance {
		if h[one.gate] >= most {
			reason, most = one.reason, h[one.gate]
		}
	}
	return reason
}

func saturated(count int) uint16 {
	return uint16(min(count, math.MaxUint16))
}

// Decide gives the decision for a request. It never fails (INPUT-2).
func (p *Policy) Decide(request *Request) Decision {
	return p.DecideWithTrace(request).Decision
}

// DecideAll decides one request after the other (DECIDE-7).
func (p *Policy) DecideAll(requests []Request) []Decision {
	decisions := make([]Decision, len(requests))
	for i := range requests {
		decisions[i] = p.Decide(&requests[i])
	}
	return decisions
}

// DecideWithTrace gives the decision and the histogram behind it.
func (p *Policy) DecideWithTrace(request *Request) Trace {
	if reason, limited := p.hardLimit(request); limited {
		return Trace{Decision: p.rejection(request, reason, 0)}
	}
	var counts [eligible]int
	var ranked podium
	risk := p.riskTerm(request)
	for i := range p.fields.Models {
		model := &p.fields.Models[i]
		found := p.evaluate(model, request, risk)
		if found.failed != eligible {
			counts[found.failed]++
			continue
		}
		ranked.add(candidate{i, model.ModelID, model.QualityBps, found.cost, found.utility})
	}
	var trace Trace
	for gate, count := range counts {
		trace.Rejections[gate] = saturated(count)
	}
	evaluated := saturated(len(p.fields.Models))
	if ranked.size == 0 {
		trace.Decision = p.rejection(request, trace.Rejections.dominant(), evaluated)
	} else {
		trace.Decision = p.selection(request, &ranked, evaluated)
	}
	return trace
}

// rejection holds nothing of any model (DECIDE-2), but what is carried over (DECIDE-8).
func (p *Policy) rejection(request *Request, reason Reason, evaluated uint16) Decision {
	return Decision{
		RequestSequence:    request.RequestSequence,
		Action:             Reject,
		Reason:             reason,
		SelectedModelIndex: noIndex,
		EvaluatedModels:    evaluated,
		PolicyEpoch:        p.fields.PolicyEpoch,
		CatalogEpoch:       p.fields.CatalogEpoch,
	}
}

// selection executes or substitutes (DECIDE-1). Without a runner-up its two numbers are 0 (RANK-3).
func (p *Policy) selection(request *Request, ranked *podium, evaluated uint16) Decision {
	action, reason := Substitute, AlternativeMaximizesUtility
	if ranked.best.id == request.RequestedModelID {
		action, reason = ExecuteRequested, RequestedModelMaximizesUtility
	}
	return Decision{
		RequestSequence:                 request.RequestSequence,
		Action:                          action,
		Reason:                          reason,
		SelectedModelID:                 ranked.best.id,
		SelectedModelIndex:              saturated(ranked.best.index),
		EstimatedCostMicrounits:         ranked.best.cost,
		ExpectedUtilityMicrounits:       ranked.best.utility,
		CounterfactualModelID:           ranked.next.id,
		CounterfactualUtilityMicrounits: ranked.next.utility,
		EvaluatedModels:                 evaluated,
		EligibleModels:                  saturated(ranked.size),
		PolicyEpoch:                     p.fields.PolicyEpoch,
		CatalogEpoch:                    p.fields.CatalogEpoch,
	}
}

// UtilityForModel is the utility of one model, if it is eligible. Of two with the id the first is meant (UTIL-1).
func (p *Policy) UtilityForModel(request *Request, modelID uint32) (int64, bool) {
	if _, limited := p.hardLimit(request); limited {
		return 0, false
	}
	for i := range p.fields.Models {
		if model := &p.fields.Models[i]; model.ModelID == modelID {
			found := p.evaluate(model, request, p.riskTerm(request))
			return found.utility, found.failed == eligible
		}
	}
	return 0, false
}
