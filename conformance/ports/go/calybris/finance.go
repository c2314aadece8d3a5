package calybris

// ConservationProof says that a ledger is in balance (FIN-1).
type ConservationProof struct {
	LedgerDigestHex              string
	SnapshotVersion              uint64
	TenantCount                  uint64
	ActiveReservations           uint64
	TotalInitialMicrocents       int64
	TotalCommittedMicrocents     int64
	AggregateTotalsRepresentable bool
}

// FinancialCertificate is what an auditor files about a ledger (FIN-2).
type FinancialCertificate struct {
	SnapshotVersion               uint64
	LedgerDigestHex               string
	TenantCount                   uint64
	ActiveReservations            uint64
	ConservationBalanced          bool
	TotalInitialMicrocents        int64
	TotalCommittedMicrocents      int64
	AggregateTotalsRepresentable  bool
	CommittedSinceLastCertificate int64
}

// totals are the sums of initial and committed over all tenants, both 0 when one of them is no i64.
func (s *Snapshot) totals() (initial, committed int64, representable bool) {
	var sumInitial, sumCommitted Wide
	for i := range s.Tenants {
		sumInitial = sumInitial.add(wideOf(s.Tenants[i].InitialMicrocents))
		sumCommitted = sumCommitted.add(wideOf(s.Tenants[i].CommittedMicrocents))
	}
	initial, initialHeld := sumInitial.int64()
	committed, committedHeld := sumCommitted.int64()
	if !initialHeld || !committedHeld {
		return 0, 0, false
	}
	return initial, committed, true
}

// ProveConservation proves a snapshot (FIN-1).
func (s *Snapshot) ProveConservation() (ConservationProof, error) {
	if found := s.Conservation(); found.Status != Balanced {
		return ConservationProof{}, refuseAt(FinanceLedgerUnbalanced, "tenants[%d]", found.Place)
	}
	initial, committed, representable := s.totals()
	if !representable {
		return ConservationProof{}, refuse(FinanceTotalsOverflow, "tenants")
	}
	return ConservationProof{
		LedgerDigestHex:              s.Digest().String(),
		SnapshotVersion:              s.Version,
		TenantCount:                  uint64(len(s.Tenants)),
		ActiveReservations:           s.ActiveReservations,
		TotalInitialMicrocents:       initial,
		TotalCommittedMicrocents:     committed,
		AggregateTotalsRepresentable: true,
	}, nil
}

// Certify certifies a snapshot; it does not fail (FIN-2).
func (s *Snapshot) Certify(balanced bool, committedSince int64) FinancialCertificate {
	initial, committed, representable := s.totals()
	return FinancialCertificate{
		SnapshotVersion:               s.Version,
		LedgerDigestHex:               s.Digest().String(),
		TenantCount:                   uint64(len(s.Tenants)),
		ActiveReservations:            s.ActiveReservations,
		ConservationBalanced:          balanced && representable,
		TotalInitialMicrocents:        initial,
		TotalCommittedMicrocents:      committed,
		AggregateTotalsRepresentable:  representable,
		CommittedSinceLastCertificate: committedSince,
	}
}

// ProveConservation takes one snapshot and proves it (FIN-1).
func (e *BudgetEngine) ProveConservation() (ConservationProof, error) {
	snapshot := e.Snapshot()
	return snapshot.ProveConservation()
}

// Certify takes one snapshot, certifies it, and moves the baseline to its total, never back (FIN-3).
func (e *BudgetEngine) Certify() FinancialCertificate {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	snapshot := e.snapshot()
	total := e.totalCommitted().clamped()
	since := e.committedSince(total)
	e.baseline = max(e.baseline, total)
	return snapshot.Certify(snapshot.Conservation().Status == Balanced, since)
}
