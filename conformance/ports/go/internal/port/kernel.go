package port

import (
	"encoding/hex"
	"fmt"

	"calybris-port/calybris"
)

// object is what an answer holds.
type object = map[string]any

// largest is the largest value of each unsigned type.
var largest = map[string]uint64{"u8": 1<<8 - 1, "u16": 1<<16 - 1, "u32": 1<<32 - 1, "u64": 1<<64 - 1}

// readsInteger reads a value into a type of the port and prints it again (TYPES-1).
func readsInteger(_, input record) (any, error) {
	if input.text("type") == "i64" {
		value := signed(input, "value")
		return object{"value": scalar(&value)}, nil
	}
	value, err := calybris.ParseUnsigned(input.text("value"), largest[input.text("type")], "value")
	return object{"value": number(value)}, err
}

func echo(given, input record) (any, error) {
	switch input.text("type") {
	case "text":
		return object{"value": input.text("value")}, nil
	case "bytes_hex":
		bytes, err := hex.DecodeString(input.text("value"))
		return object{"value": hex.EncodeToString(bytes)}, err
	}
	return readsInteger(given, input)
}

func validatePolicy(_, input record) (any, error) {
	policy, err := readPolicy(input, "policy")
	if err != nil {
		return nil, err
	}
	return sized(policy), nil
}

func validateInput(_, input record) (any, error) {
	request := readRequest(input, "request")
	return object{}, request.Validate()
}

// underPolicy is an operation that asks a policy about a request.
func underPolicy(ask func(policy *calybris.Policy, request *calybris.Request, input record) any) operation {
	return func(given, input record) (any, error) {
		policy, err := readPolicy(given, "policy")
		if err != nil {
			return nil, err
		}
		request := readRequest(input, "request")
		return ask(policy, &request, input), nil
	}
}

func decide(policy *calybris.Policy, request *calybris.Request, _ record) any {
	decision := policy.Decide(request)
	return written(decisionBindings(&decision))
}

func trace(policy *calybris.Policy, request *calybris.Request, _ record) any {
	traced := policy.DecideWithTrace(request)
	rejections := object{}
	for gate, count := range traced.Rejections {
		rejections[calybris.Gate(gate).String()] = number(count)
	}
	return object{
		"decision":         written(decisionBindings(&traced.Decision)),
		"rejections":       rejections,
		"evaluated_models": number(traced.Decision.EvaluatedModels),
		"eligible_models":  number(traced.Decision.EligibleModels),
	}
}

func utility(policy *calybris.Policy, request *calybris.Request, input record) any {
	value, eligible := policy.UtilityForModel(request, unsigned[uint32](input, "model_id"))
	if !eligible {
		return object{"utility_microunits": nil}
	}
	return object{"utility_microunits": scalar(&value)}
}

func explain(policy *calybris.Policy, request *calybris.Request, _ record) any {
	candidates := []any{}
	for _, row := range policy.Explain(request) {
		shown := object{
			"model_id":                    number(row.ModelID),
			"model_index":                 number(uint64(row.ModelIndex)),
			"status":                      row.Status,
			"gate":                        nil,
			"measured":                    scalar(&row.Measured),
			"limit":                       scalar(&row.Limit),
			"cost_microunits":             scalar(&row.Cost),
			"quality_adjusted_microunits": nil,
			"risk_penalty_microunits":     nil,
			"latency_penalty_microunits":  nil,
			"utility_microunits":          nil,
		}
		if row.Gate != nil {
			shown["gate"] = row.Gate.String()
		}
		if row.Terms != nil {
			shown["quality_adjusted_microunits"] = row.Terms.Quality.String()
			shown["risk_penalty_microunits"] = row.Terms.Risk.String()
			shown["latency_penalty_microunits"] = row.Terms.Latency.String()
			shown["utility_microunits"] = scalar(&row.Terms.Utility)
		}
		candidates = append(candidates, shown)
	}
	return object{"candidates": candidates}
}

// digested is an answer with the bytes behind it, which the protocol lets stand beside.
type digested struct {
	preimage []byte
}

func digestPolicy(_, input record) (any, error) {
	policy, err := readPolicy(input, "policy")
	if err != nil {
		return nil, err
	}
	return digested{policy.Preimage()}, nil
}

func digestInput(_, input record) (any, error) {
	request := readRequest(input, "request")
	return digested{request.Preimage()}, nil
}

func digestDecision(_, input record) (any, error) {
	decision := readDecision(input, "decision")
	return digested{decision.Preimage()}, nil
}

func decodeHex(_, input record) (any, error) {
	bytes, err := calybris.DecodeHex32(input.text("text"))
	return object{"bytes_hex": bytes.String()}, err
}

func verifyDecision(policy *calybris.Policy, request *calybris.Request, input record) any {
	decision := readDecision(input, "decision")
	expected, valid := policy.Replays(request, &decision)
	return object{"status": replayed(valid), "expected": written(decisionBindings(&expected))}
}

func replayed(valid bool) string {
	if valid {
		return "valid"
	}
	return "mismatch"
}

func verifyDigest(_, input record) (any, error) {
	decision, claimed := readDecision(input, "decision"), input.text("claimed_hex")
	status := "digest_mismatch"
	if decision.DigestIs(claimed) {
		status = "valid"
	}
	return object{"status": status, "expected_hex": decision.Digest().String(), "actual_hex": claimed}, nil
}

// decidedFor is the decision that the policy takes for another request.
func decidedFor(policy *calybris.Policy, input record) *calybris.Decision {
	request := readRequest(input, "decided_for")
	decision := policy.Decide(&request)
	return &decision
}

// verifyBundle answers with the audit bundle. A verified one is the same, and there only when it is valid (VERIFY-4).
func verifyBundle(policy *calybris.Policy, request *calybris.Request, input record) any {
	decision := decidedFor(policy, input)
	bundle := policy.AuditBundle(request, decision)
	verified, ok := policy.VerifiedAuditBundle(request, decision)
	if ok != bundle.ReplayValid || (ok && verified != bundle) {
		panic(fmt.Sprintf("the verified bundle is another one: %v", verified))
	}
	return object{"status": replayed(bundle.ReplayValid), "bundle": written(bundleBindings(&bundle))}
}

func verifyCanonical(_, input record) (any, error) {
	var bundle calybris.Bundle
	read(input.object("bundle"), bundleBindings(&bundle), false)
	return object{}, bundle.ValidateCanonical()
}

func certify(policy *calybris.Policy, request *calybris.Request, input record) any {
	certificate := policy.Certify(request, decidedFor(policy, input))
	return written(certificateBindings(&certificate))
}

func sealProof(policy *calybris.Policy, request *calybris.Request, input record) any {
	envelope := policy.Seal(request, decidedFor(policy, input))
	if input.values["wal"] != nil {
		wal := input.object("wal")
		envelope.AttachWal(unsigned[uint64](wal, "sequence"), wal.text("entry_hash"))
	}
	if input.values["budget"] != nil {
		budget := input.object("budget")
		envelope.AttachBudget(unsigned[uint64](budget, "version"), budget.text("ledger_digest_hex"))
	}
	return object{"envelope": written(envelopeBindings(envelope)), "is_complete": envelope.IsComplete()}
}

func validateProof(_, input record) (any, error) {
	var envelope calybris.Envelope
	read(input.object("envelope"), envelopeBindings(&envelope), false)
	return object{}, envelope.ValidateComplete()
}
