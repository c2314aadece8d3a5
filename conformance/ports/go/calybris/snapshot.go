package calybris

import "math"

// Snapshot is a ledger at one moment (LEDGER-9).
type Snapshot struct {
	Version            uint64
	Tenants            []Tenant
	ActiveReservations uint64
	WalHighWatermark   *uint64
}

// Snapshot takes one, and advances the version (LEDGER-9).
func (e *BudgetEngine) Snapshot() Snapshot {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.snapshot()
}

func (e *BudgetEngine) snapshot() Snapshot {
	if e.version < math.MaxUint64 {
		e.version++
	}
	return Snapshot{
		Version:            e.version,
		Tenants:            sortedTenants(e.tenants),
		ActiveReservations: uint64(len(e.holds)),
	}
}

// ConservationStatus is what LEDGER-10 answers.
type ConservationStatus string

// The three answers.
const (
	Balanced          ConservationStatus = "balanced"
	Violation         ConservationStatus = "violation"
	AggregateOverflow ConservationStatus = "aggregate_overflow"
)

// Conservation is the first finding of a snapshot. The place is that of its tenant, and -1 when it is balanced.
type Conservation struct {
	Status   ConservationStatus
	Place    int
	TenantID string
	Delta    Wide // exact: it may need 65 bits
}

// Conservation looks at tenant after tenant, in the order of the snapshot (LEDGER-10).
func (s *Snapshot) Conservation() Conservation {
	for place := range s.Tenants {
		tenant := &s.Tenants[place]
		found := Conservation{Status: Violation, Place: place, TenantID: tenant.TenantID}
		sum := wideOf(tenant.RemainingMicrocents).
			add(wideOf(tenant.ReservedMicrocents)).add(wideOf(tenant.CommittedMicrocents))
		if _, held := sum.int64(); !held {
			found.Status = AggregateOverflow
			return found
		}
		if found.Delta = sum.minus(wideOf(tenant.InitialMicrocents)); found.Delta != (Wide{}) {
			return found
		}
		if tenant.RemainingMicrocents < 0 {
			found.Delta = wideOf(tenant.RemainingMicrocents)
			return found
		}
	}
	return Conservation{Status: Balanced, Place: -1}
}

// Restorable makes the checks of LEDGER-11.
func (s *Snapshot) Restorable() error {
	if s.ActiveReservations != 0 {
		return refuse(RestoreReservationsActive, "active_reservations")
	}
	seen := make(map[string]struct{}, len(s.Tenants))
	for i := range s.Tenants {
		tenant := &s.Tenants[i]
		if _, twice := seen[tenant.TenantID]; twice {
			return refuseAt(RestoreTenantDuplicate, "tenants[%d].tenant_id", i)
		}
		seen[tenant.TenantID] = struct{}{}
		switch {
		case tenant.ReservedMicrocents != 0:
			return refuseAt(RestoreReservedWithoutHold, "tenants[%d].reserved_microcents", i)
		case tenant.RemainingMicrocents < 0:
			return refuseAt(RestoreFieldNegative, "tenants[%d].remaining_microcents", i)
		case tenant.InitialMicrocents < 0:
			return refuseAt(RestoreFieldNegative, "tenants[%d].initial_microcents", i)
		case tenant.CommittedMicrocents < 0:
			return refuseAt(RestoreFieldNegative, "tenants[%d].committed_microcents", i)
		}
	}
	if found := s.Conservation(); found.Status != Balanced {
		return refuseAt(RestoreUnbalanced, "tenants[%d]", found.Place)
	}
	return nil
}

// Restore replaces everything in the engine, or, refused, leaves it as it was (LEDGER-11).
func (e *BudgetEngine) Restore(snapshot *Snapshot) error {
	if err := snapshot.Restorable(); err != nil {
		return err
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.tenants = make(map[string]*Tenant, len(snapshot.Tenants))
	for _, tenant := range snapshot.Tenants {
		e.tenants[tenant.TenantID] = &tenant
	}
	e.caps, e.holds = map[string]int64{}, map[uint64]hold{}
	e.version = snapshot.Version
	e.baseline = e.totalCommitted().clamped()
	return nil
}
