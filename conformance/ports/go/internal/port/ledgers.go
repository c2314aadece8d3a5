package port

import (
	"encoding/hex"
	"fmt"
	"slices"

	"calybris-port/calybris"
)

func digestLedger(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	return digested{snapshot.Preimage()}, nil
}

func conservation(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	found := snapshot.Conservation()
	answer := object{"status": found.Status, "tenant_id": nil, "delta_microcents": nil}
	if found.Status == calybris.Violation {
		answer["tenant_id"], answer["delta_microcents"] = found.TenantID, found.Delta.String()
	}
	return answer, nil
}

func restore(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	engine := calybris.NewBudgetEngine()
	if err := engine.Restore(&snapshot); err != nil {
		return nil, err
	}
	next := engine.Snapshot()
	return object{"snapshot": writtenSnapshot(&next)}, nil
}

func prove(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	proof, err := snapshot.ProveConservation()
	return written(proofBindings(&proof)), err
}

func certifyLedger(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	certificate := snapshot.Certify(
		input.flag("conservation_balanced"), signed(input, "committed_since_last_certificate"),
	)
	return written(financialBindings(&certificate)), nil
}

func saveSnapshot(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	return object{"file_hex": hex.EncodeToString(snapshot.Save())}, nil
}

func loadSnapshot(_, input record) (any, error) {
	file, err := readBytes(input, "file")
	if err != nil {
		return nil, err
	}
	snapshot, err := calybris.LoadSnapshot(file)
	return object{"snapshot": writtenSnapshot(&snapshot)}, err
}

// script is a run of steps on a new engine. A label that stands for nothing is the zero reservation, never issued.
type script struct {
	engine *calybris.BudgetEngine
	labels map[string]calybris.Reservation
	named  []string
}

func budgetScript(_, input record) (any, error) {
	running := script{engine: calybris.NewBudgetEngine(), labels: map[string]calybris.Reservation{}}
	answers := []any{}
	for _, one := range input.list("steps") {
		step := record{one.(map[string]any), "", input.refused}
		ok, err := running.step(step)
		answer := object{"ok": ok}
		if err != nil {
			refusal, refused := err.(*calybris.Refusal)
			if !refused {
				return nil, err
			}
			answer = object{"error": refusedAs(refusal)}
		}
		answer["state"] = running.state()
		answers = append(answers, answer)
	}
	return object{"steps": answers}, nil
}

func (s *script) step(step record) (any, error) {
	tenant := ""
	if named, there := step.values["tenant_id"]; there {
		tenant = named.(string)
		s.named = append(s.named, tenant)
	}
	switch op := step.text("op"); op {
	case "ensure_tenant":
		s.engine.EnsureTenant(tenant, signed(step, "budget_microcents"))
		return object{}, nil
	case "top_up_tenant":
		return shown(s.engine.TopUpTenant(tenant, signed(step, "amount_microcents"))), nil
	case "set_max_reserved":
		s.engine.SetMaxReserved(tenant, signed(step, "max_reserved_microcents"))
		return object{}, nil
	case "try_reserve":
		reservation, outcome := s.engine.TryReserve(tenant, signed(step, "cost_microcents"))
		s.labels[step.text("label")] = reservation
		return shown(outcome), nil
	case "commit":
		return shown(s.engine.Commit(s.labels[step.text("label")], signed(step, "actual_microcents"))), nil
	case "release":
		return shown(s.engine.Release(s.labels[step.text("label")])), nil
	case "query":
		return s.query(tenant), nil
	case "snapshot":
		snapshot := s.engine.Snapshot()
		return object{"snapshot": writtenSnapshot(&snapshot)}, nil
	case "restore":
		snapshot := readSnapshot(step, "snapshot")
		for _, tenant := range snapshot.Tenants {
			s.named = append(s.named, tenant.TenantID)
		}
		return object{}, s.engine.Restore(&snapshot)
	case "prove":
		proof, err := s.engine.ProveConservation()
		return written(proofBindings(&proof)), err
	case "certify":
		certificate := s.engine.Certify()
		return written(financialBindings(&certificate)), nil
	default:
		return nil, fmt.Errorf("no such step: %s", op)
	}
}

func shown(outcome calybris.Outcome) object {
	values := object{"status": outcome.Status}
	for _, amount := range outcome.Amounts {
		values[amount.Name] = scalar(&amount.Microcents)
	}
	return values
}

func (s *script) query(tenantID string) object {
	totals := s.engine.Totals()
	values := object{
		"initial_microcents":                 nil,
		"remaining_microcents":               nil,
		"reserved_microcents":                "0",
		"committed_microcents":               nil,
		"tenant_count":                       number(totals.TenantCount),
		"active_reservations":                number(totals.ActiveReservations),
		"total_committed_microcents":         scalar(&totals.TotalCommittedMicrocents),
		"total_committed_checked_microcents": nil,
		"committed_since_last_certificate":   scalar(&totals.CommittedSinceLastCertificate),
		"snapshot_version":                   number(totals.SnapshotVersion),
	}
	if totals.TotalCommittedRepresentable {
		values["total_committed_checked_microcents"] = values["total_committed_microcents"]
	}
	if tenant, known := s.engine.Tenant(tenantID); known {
		for key, value := range written(tenantBindings(&tenant)) {
			if key != "tenant_id" {
				values[key] = value
			}
		}
	}
	return values
}

// state is what the engine knows of every tenant that the script has named so far, by the bytes of their ids.
func (s *script) state() object {
	slices.Sort(s.named)
	s.named = slices.Compact(s.named)
	tenants := []calybris.Tenant{}
	for _, id := range s.named {
		if tenant, known := s.engine.Tenant(id); known {
			tenants = append(tenants, tenant)
		}
	}
	return object{
		"tenants":             writtenTenants(tenants),
		"active_reservations": number(s.engine.Totals().ActiveReservations),
	}
}
