package port

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"calybris-port/calybris"
)

func readRequest(r record, key string) calybris.Request {
	var request calybris.Request
	read(r.object(key), requestBindings(&request), false)
	return request
}

func readDecision(r record, key string) calybris.Decision {
	var decision calybris.Decision
	read(r.object(key), decisionBindings(&decision), false)
	return decision
}

func readModel(r record) calybris.Model {
	var model calybris.Model
	read(r, modelBindings(&model), false)
	return model
}

// readModels reads a catalog: a list of models, or a series that stands for one.
func readModels(r record) []calybris.Model {
	if _, isSeries := r.values["models"].(map[string]any); isSeries {
		return readSeries(r.object("models").object("series"))
	}
	listed := r.list("models")
	models := make([]calybris.Model, len(listed))
	for i, one := range listed {
		models[i] = readModel(record{one.(map[string]any), fmt.Sprintf("models[%d].", i), r.refused})
	}
	return models
}

func readSeries(series record) []calybris.Model {
	first := readModel(series.object("first"))
	step := series.object("step")
	models := make([]calybris.Model, unsigned[uint32](series, "count"))
	for k := range models {
		models[k] = first
		for _, one := range modelBindings(&models[k]) {
			if _, stepped := step.values[one.key]; stepped {
				grow(one.to, uint64(k)*uint64(signed(step, one.key)))
			}
		}
	}
	return models
}

// grow adds in two's complement: a step may be negative, and every sum fits the width of its field.
func grow(field any, by uint64) {
	switch to := field.(type) {
	case *uint8:
		*to += uint8(by)
	case *uint16:
		*to += uint16(by)
	case *uint32:
		*to += uint32(by)
	case *uint64:
		*to += by
	}
}

// readPolicy builds a policy by its constructor. A catalog that is canonical is the same for each that validates.
func readPolicy(r record, key string) (*calybris.Policy, error) {
	return makePolicy(r.object(key))
}

func makePolicy(r record) (*calybris.Policy, error) {
	var fields calybris.PolicyFields
	read(r, policyBindings(&fields), false)
	fields.Models = readModels(r)
	if *r.refused != nil {
		return nil, *r.refused
	}
	switch constructor := r.text("constructor"); constructor {
	case "validated", "try_new":
		return calybris.TryNew(fields)
	case "try_new_trusted":
		return calybris.TryNewTrusted(fields)
	case "unchecked":
		return calybris.NewUnchecked(fields), nil
	default:
		return nil, fmt.Errorf("no such constructor: %s", constructor)
	}
}

func readSnapshot(r record, key string) calybris.Snapshot {
	ledger := r.object(key)
	var snapshot calybris.Snapshot
	read(ledger, ledgerBindings(&snapshot), false)
	for i, one := range ledger.list("tenants") {
		var tenant calybris.Tenant
		read(record{one.(map[string]any), fmt.Sprintf("tenants[%d].", i), r.refused}, tenantBindings(&tenant), false)
		snapshot.Tenants = append(snapshot.Tenants, tenant)
	}
	return snapshot
}

func writtenSnapshot(snapshot *calybris.Snapshot) map[string]any {
	values := written(ledgerBindings(snapshot))
	values["tenants"] = writtenTenants(snapshot.Tenants)
	return values
}

func writtenTenants(tenants []calybris.Tenant) []any {
	listed := make([]any, len(tenants))
	for i := range tenants {
		listed[i] = written(tenantBindings(&tenants[i]))
	}
	return listed
}

// readBytes joins the parts {hex, times} of a log or a file.
func readBytes(r record, key string) ([]byte, error) {
	var joined []byte
	for _, one := range r.list(key) {
		part := record{one.(map[string]any), "", r.refused}
		repeated, err := hex.DecodeString(part.text("hex"))
		if err != nil {
			return nil, err
		}
		joined = append(joined, bytes.Repeat(repeated, int(unsigned[uint32](part, "times")))...)
	}
	return joined, nil
}

// readLog reads the log of a question and its key; a key of null is none.
func readLog(r record) (log *bytes.Reader, key []byte, err error) {
	joined, err := readBytes(r, "log")
	if err != nil {
		return nil, nil, err
	}
	if text, keyed := r.values["key_hex"].(string); keyed {
		if key, err = hex.DecodeString(text); err != nil {
			return nil, nil, err
		}
	}
	return bytes.NewReader(joined), key, nil
}

func readAnchor(r record) *calybris.Anchor {
	if r.values["anchor"] == nil {
		return nil
	}
	var anchor calybris.Anchor
	read(r.object("anchor"), anchorBindings(&anchor), false)
	return &anchor
}

// sized is what is told of a policy: how many models, and the first and last id in the snapshot's order.
func sized(policy *calybris.Policy) map[string]any {
	models := policy.Fields().Models
	values := map[string]any{"model_count": number(uint64(len(models))), "first_model_id": nil, "last_model_id": nil}
	if len(models) > 0 {
		values["first_model_id"] = number(models[0].ModelID)
		values["last_model_id"] = number(models[len(models)-1].ModelID)
	}
	return values
}
