package calybris

import (
	"math"
	"slices"
)

// Config is the configuration of a deployment (CONFIG-1).
type Config struct {
	LatencyPenaltyMicrounitsPerMs uint64
	HardRiskLimitBps              uint16
	MinimumConfidenceBps          uint16
	RiskPenaltyMultiplierBps      uint16
	DefaultExposureCapMicrocents  int64
	WalSyncOnAppend               bool
	MaxCatalogSize                uint64
}

// DefaultConfig is where a configuration starts (CONFIG-1).
func DefaultConfig() Config {
	return Config{
		LatencyPenaltyMicrounitsPerMs: 2,
		HardRiskLimitBps:              9_600,
		MinimumConfidenceBps:          5_500,
		RiskPenaltyMultiplierBps:      3_500,
		MaxCatalogSize:                1_024,
	}
}

// Validate makes the checks of CONFIG-2.
func (c *Config) Validate() error {
	switch {
	case c.HardRiskLimitBps > MaxBps:
		return refuse(ConfigBpsOutOfRange, "hard_risk_limit_bps")
	case c.MinimumConfidenceBps > MaxBps:
		return refuse(ConfigBpsOutOfRange, "minimum_confidence_bps")
	case c.RiskPenaltyMultiplierBps > MaxRiskPenaltyMultiplierBps:
		return refuse(ConfigBpsOutOfRange, "risk_penalty_multiplier_bps")
	case c.MaxCatalogSize == 0:
		return refuse(ConfigCatalogSizeZero, "max_catalog_size")
	case c.DefaultExposureCapMicrocents < 0:
		return refuse(ConfigExposureCapNegative, "default_exposure_cap_microcents")
	}
	return nil
}

// EnsureTenant creates a tenant, and gives it the default cap when there is one (CONFIG-3).
func (c *Config) EnsureTenant(engine *BudgetEngine, tenantID string, budgetMicrocents int64) {
	engine.EnsureTenant(tenantID, budgetMicrocents)
	if c.DefaultExposureCapMicrocents > 0 {
		engine.SetMaxReserved(tenantID, c.DefaultExposureCapMicrocents)
	}
}

// InputBuilder makes a request. A method called twice keeps the later value (BUILD-1).
type InputBuilder struct {
	request Request
}

// NewInputBuilder starts from the values of BUILD-1.
func NewInputBuilder(requestSequence uint64, requestedModelID uint32) *InputBuilder {
	return &InputBuilder{Request{
		RequestSequence:       requestSequence,
		RequestedModelID:      requestedModelID,
		BudgetLimitMicrounits: math.MaxUint64,
		ConfidenceBps:         MaxBps,
		AllowedProviderMask:   AllProviders,
	}}
}

// Tokens sets input_tokens and output_tokens.
func (b *InputBuilder) Tokens(input, output uint32) *InputBuilder {
	b.request.InputTokens, b.request.OutputTokens = input, output
	return b
}

// BusinessValue sets business_value_microunits.
func (b *InputBuilder) BusinessValue(value int64) *InputBuilder {
	b.request.BusinessValueMicrounits = value
	return b
}

// BudgetLimit sets budget_limit_microunits.
func (b *InputBuilder) BudgetLimit(limit uint64) *InputBuilder {
	b.request.BudgetLimitMicrounits = limit
	return b
}

// Risk sets risk_bps and confidence_bps.
func (b *InputBuilder) Risk(risk, confidence uint16) *InputBuilder {
	b.request.RiskBps, b.request.ConfidenceBps = risk, confidence
	return b
}

// MinimumQuality sets minimum_quality_bps.
func (b *InputBuilder) MinimumQuality(quality uint16) *InputBuilder {
	b.request.MinimumQualityBps = quality
	return b
}

// MaxLatency sets max_p95_latency_ms.
func (b *InputBuilder) MaxLatency(latency uint32) *InputBuilder {
	b.request.MaxP95LatencyMs = latency
	return b
}

// Capabilities sets required_capabilities.
func (b *InputBuilder) Capabilities(mask uint64) *InputBuilder {
	b.request.RequiredCapabilities = mask
	return b
}

// Providers sets allowed_provider_mask.
func (b *InputBuilder) Providers(mask uint64) *InputBuilder {
	b.request.AllowedProviderMask = mask
	return b
}

// Regions sets required_region_mask.
func (b *InputBuilder) Regions(mask uint64) *InputBuilder {
	b.request.RequiredRegionMask = mask
	return b
}

// Build checks the request as INPUT-1 does.
func (b *InputBuilder) Build() (Request, error) {
	return b.request, b.request.Validate()
}

// ModelBuilder makes a model (BUILD-2).
type ModelBuilder struct {
	model Model
}

// NewModelBuilder starts from the values of BUILD-2.
func NewModelBuilder(modelID uint32, providerID uint16) *ModelBuilder {
	return &ModelBuilder{Model{
		ModelID:        modelID,
		ProviderID:     providerID,
		QualityBps:     8_000,
		RiskCeilingBps: 9_500,
		Enabled:        1,
		P95LatencyMs:   200,
		RegionMask:     AllRegions,
	}}
}

// Quality sets quality_bps.
func (b *ModelBuilder) Quality(quality uint16) *ModelBuilder {
	b.model.QualityBps = quality
	return b
}

// RiskCeiling sets risk_ceiling_bps.
func (b *ModelBuilder) RiskCeiling(ceiling uint16) *ModelBuilder {
	b.model.RiskCeilingBps = ceiling
	return b
}

// Enabled sets enabled to 1 or 0.
func (b *ModelBuilder) Enabled(yes bool) *ModelBuilder {
	b.model.Enabled = 0
	if yes {
		b.model.Enabled = 1
	}
	return b
}

// Latency sets p95_latency_ms.
func (b *ModelBuilder) Latency(latency uint32) *ModelBuilder {
	b.model.P95LatencyMs = latency
	return b
}

// Capabilities sets capabilities.
func (b *ModelBuilder) Capabilities(mask uint64) *ModelBuilder {
	b.model.Capabilities = mask
	return b
}

// Regions sets region_mask.
func (b *ModelBuilder) Regions(mask uint64) *ModelBuilder {
	b.model.RegionMask = mask
	return b
}

// Cost sets the two rates.
func (b *ModelBuilder) Cost(input, output uint64) *ModelBuilder {
	b.model.InputCostMicrounitsPerMillionTokens, b.model.OutputCostMicrounitsPerMillionTokens = input, output
	return b
}

// Build checks nothing: the policy does (BUILD-2).
func (b *ModelBuilder) Build() Model { return b.model }

// PolicyBuilder makes a policy from a configuration (BUILD-3).
type PolicyBuilder struct {
	config                    Config
	policyEpoch, catalogEpoch uint64
	models                    []Model
}

// NewPolicyBuilder starts at the epochs 1 and 1, with an empty catalog.
func NewPolicyBuilder(config Config) *PolicyBuilder {
	return &PolicyBuilder{config: config, policyEpoch: 1, catalogEpoch: 1}
}

// Epochs sets both epochs.
func (b *PolicyBuilder) Epochs(policy, catalog uint64) *PolicyBuilder {
	b.policyEpoch, b.catalogEpoch = policy, catalog
	return b
}

// Models adds models to the end of the catalog.
func (b *PolicyBuilder) Models(models ...Model) *PolicyBuilder {
	b.models = append(b.models, models...)
	return b
}

// Build checks the configuration, then the size of the catalog, then the policy, as TryNew does (BUILD-3).
func (b *PolicyBuilder) Build() (*Policy, error) {
	if err := b.config.Validate(); err != nil {
		return nil, err
	}
	if uint64(len(b.models)) > b.config.MaxCatalogSize {
		return nil, refuse(BuildCatalogTooLarge, "models")
	}
	return TryNew(PolicyFields{
		PolicyEpoch:                   b.policyEpoch,
		CatalogEpoch:                  b.catalogEpoch,
		HardRiskLimitBps:              b.config.HardRiskLimitBps,
		MinimumConfidenceBps:          b.config.MinimumConfidenceBps,
		RiskPenaltyMultiplierBps:      b.config.RiskPenaltyMultiplierBps,
		LatencyPenaltyMicrounitsPerMs: b.config.LatencyPenaltyMicrounitsPerMs,
		Models:                        slices.Clone(b.models),
	})
}
