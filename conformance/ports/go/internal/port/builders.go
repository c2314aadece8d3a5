package port

import (
	"fmt"

	"calybris-port/calybris"
)

// call is one method of a builder, with its arguments under their places.
type call struct {
	method    string
	arguments record
}

func calls(input record) []call {
	var listed []call
	for _, one := range input.list("calls") {
		asked := one.(map[string]any)
		arguments := map[string]any{}
		for i, argument := range asked["arguments"].([]any) {
			arguments[fmt.Sprint(i)] = argument
		}
		listed = append(listed, call{asked["method"].(string), record{arguments, "", input.refused}})
	}
	return listed
}

func readConfig(input record) calybris.Config {
	config := calybris.DefaultConfig()
	read(input.object("config"), configBindings(&config), true)
	return config
}

func validateConfig(_, input record) (any, error) {
	config := readConfig(input)
	return written(configBindings(&config)), config.Validate()
}

func buildInput(_, input record) (any, error) {
	builder := calybris.NewInputBuilder(
		unsigned[uint64](input, "request_sequence"), unsigned[uint32](input, "requested_model_id"),
	)
	for _, one := range calls(input) {
		with := one.arguments
		switch one.method {
		case "tokens":
			builder.Tokens(unsigned[uint32](with, "0"), unsigned[uint32](with, "1"))
		case "business_value":
			builder.BusinessValue(signed(with, "0"))
		case "budget_limit":
			builder.BudgetLimit(unsigned[uint64](with, "0"))
		case "risk":
			builder.Risk(unsigned[uint16](with, "0"), unsigned[uint16](with, "1"))
		case "minimum_quality":
			builder.MinimumQuality(unsigned[uint16](with, "0"))
		case "max_latency":
			builder.MaxLatency(unsigned[uint32](with, "0"))
		case "capabilities":
			builder.Capabilities(unsigned[uint64](with, "0"))
		case "providers":
			builder.Providers(unsigned[uint64](with, "0"))
		case "regions":
			builder.Regions(unsigned[uint64](with, "0"))
		default:
			return nil, fmt.Errorf("no such method: %s", one.method)
		}
	}
	request, err := builder.Build()
	return written(requestBindings(&request)), err
}

func buildModel(_, input record) (any, error) {
	builder := calybris.NewModelBuilder(unsigned[uint32](input, "model_id"), unsigned[uint16](input, "provider_id"))
	for _, one := range calls(input) {
		with := one.arguments
		switch one.method {
		case "quality":
			builder.Quality(unsigned[uint16](with, "0"))
		case "risk_ceiling":
			builder.RiskCeiling(unsigned[uint16](with, "0"))
		case "enabled":
			builder.Enabled(with.flag("0"))
		case "latency":
			builder.Latency(unsigned[uint32](with, "0"))
		case "capabilities":
			builder.Capabilities(unsigned[uint64](with, "0"))
		case "regions":
			builder.Regions(unsigned[uint64](with, "0"))
		case "cost":
			builder.Cost(unsigned[uint64](with, "0"), unsigned[uint64](with, "1"))
		default:
			return nil, fmt.Errorf("no such method: %s", one.method)
		}
	}
	model := builder.Build()
	return written(modelBindings(&model)), nil
}

func buildPolicy(_, input record) (any, error) {
	builder := calybris.NewPolicyBuilder(readConfig(input))
	for _, one := range calls(input) {
		with := one.arguments
		switch one.method {
		case "epochs":
			builder.Epochs(unsigned[uint64](with, "0"), unsigned[uint64](with, "1"))
		case "model":
			builder.Models(readModel(with.object("0")))
		case "models":
			for _, model := range with.list("0") {
				builder.Models(readModel(record{model.(map[string]any), "", with.refused}))
			}
		default:
			return nil, fmt.Errorf("no such method: %s", one.method)
		}
	}
	policy, err := builder.Build()
	if err != nil {
		return nil, err
	}
	fields := policy.Fields()
	values := sized(policy)
	for key, value := range written(policyBindings(&fields)) {
		values[key] = value
	}
	values["policy_digest_hex"] = policy.Digest().String()
	return values, nil
}
