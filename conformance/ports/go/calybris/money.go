package calybris

import (
	"math"
	"math/bits"
)

const (
	tokensPerRate  = 1_000_000
	bpsTimesBps    = MaxBps * MaxBps
	saturatedMoney = math.MaxUint64
)

// perMillion is ceil(tokens × rate / 1,000,000), saturated (MONEY-1, MONEY-2).
func perMillion(tokens uint32, rate uint64) uint64 {
	high, low := bits.Mul64(uint64(tokens), rate)
	if high >= tokensPerRate {
		return saturatedMoney // the quotient has more than 64 bits
	}
	quotient, rest := bits.Div64(high, low, tokensPerRate)
	if rest > 0 && quotient < saturatedMoney {
		quotient++
	}
	return quotient
}

// Cost is what a model costs for a request: each side is rounded up on its own, the sum saturates (MONEY-1, MONEY-2).
func Cost(model *Model, request *Request) uint64 {
	sum, carry := bits.Add64(
		perMillion(request.InputTokens, model.InputCostMicrounitsPerMillionTokens),
		perMillion(request.OutputTokens, model.OutputCostMicrounitsPerMillionTokens),
		0,
	)
	if carry > 0 {
		return saturatedMoney
	}
	return sum
}

// weighted is floor(value × a × b / 100,000,000), where a negative value is 0 (MONEY-3).
func weighted(value int64, a, b uint16) Wide {
	if value <= 0 {
		return Wide{}
	}
	quotient, _ := product(uint64(value), uint64(a)*uint64(b)).divided(bpsTimesBps)
	return quotient
}

// qualityTerm has one floor, at the end (MONEY-4).
func qualityTerm(model *Model, request *Request) Wide {
	return weighted(request.BusinessValueMicrounits, request.ConfidenceBps, model.QualityBps)
}

// riskTerm does not depend on the model, and has a floor of its own (MONEY-5).
func (p *Policy) riskTerm(request *Request) Wide {
	return weighted(request.BusinessValueMicrounits, request.RiskBps, p.fields.RiskPenaltyMultiplierBps)
}

func (p *Policy) latencyTerm(model *Model) Wide {
	return product(uint64(model.P95LatencyMs), p.fields.LatencyPenaltyMicrounitsPerMs)
}

// utility is the exact sum of the terms, limited once, at the end (MONEY-6).
func utility(quality, risk Wide, cost uint64, latency Wide) int64 {
	return quality.minus(risk).minus(Wide{low: cost}).minus(latency).clamped()
}
