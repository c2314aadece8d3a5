package calybris

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Tenant is a budget (LEDGER-1): remaining + reserved + committed = initial, and nothing is negative.
type Tenant struct {
	TenantID            string
	InitialMicrocents   int64
	RemainingMicrocents int64
	ReservedMicrocents  int64
	CommittedMicrocents int64
}

// Reservation is the opaque id of a hold. Its zero value was never issued.
type Reservation struct {
	engine *BudgetEngine
	id     uint64
}

type hold struct {
	tenant     *Tenant
	microcents int64
}

// BudgetEngine is a ledger of tenants with holds. It is safe for concurrent use: every method is one step, under one
// mutex, so that no snapshot shows an operation by half (LEDGER-9).
type BudgetEngine struct {
	mutex    sync.Mutex
	tenants  map[string]*Tenant
	caps     map[string]int64
	holds    map[uint64]hold
	issued   uint64 // also counts on after a restore: an id is never issued twice (LEDGER-1)
	version  uint64
	baseline int64
}

// NewBudgetEngine makes an engine without tenants.
func NewBudgetEngine() *BudgetEngine {
	return &BudgetEngine{tenants: map[string]*Tenant{}, caps: map[string]int64{}, holds: map[uint64]hold{}}
}

// OutcomeStatus names the row of a clause that gave an outcome.
type OutcomeStatus string

// The statuses of LEDGER-3 and LEDGER-5 to LEDGER-7.
const (
	OutcomeInvalidAmount         OutcomeStatus = "invalid_amount"
	OutcomeMissingTenant         OutcomeStatus = "missing_tenant"
	OutcomeMissingReservation    OutcomeStatus = "missing_reservation"
	OutcomeOverflow              OutcomeStatus = "overflow"
	OutcomeToppedUp              OutcomeStatus = "topped_up"
	OutcomeInsufficient          OutcomeStatus = "insufficient"
	OutcomeExposureLimitExceeded OutcomeStatus = "exposure_limit_exceeded"
	OutcomeReserved              OutcomeStatus = "reserved"
	OutcomeOverrun               OutcomeStatus = "overrun"
	OutcomeCommitted             OutcomeStatus = "committed"
	OutcomeReleased              OutcomeStatus = "released"
)

// Amount is a figure of an outcome, under the name that the clause gives it.
type Amount struct {
	Name       string
	Microcents int64
}

// Outcome is the answer of an operation: its status and the amounts that the clause names for it.
type Outcome struct {
	Status  OutcomeStatus
	Amounts []Amount
}

func outcome(status OutcomeStatus, amounts ...Amount) Outcome {
	return Outcome{Status: status, Amounts: amounts}
}

// EnsureTenant creates a tenant, unless it exists or the budget is negative (LEDGER-2).
func (e *BudgetEngine) EnsureTenant(tenantID string, budgetMicrocents int64) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if _, exists := e.tenants[tenantID]; exists || budgetMicrocents < 0 {
		return
	}
	e.tenants[tenantID] = &Tenant{
		TenantID: tenantID, InitialMicrocents: budgetMicrocents, RemainingMicrocents: budgetMicrocents,
	}
}

// TopUpTenant grows initial and remaining (LEDGER-3).
func (e *BudgetEngine) TopUpTenant(tenantID string, amount int64) Outcome {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	tenant, known := e.tenants[tenantID]
	switch {
	case amount <= 0:
		return outcome(OutcomeInvalidAmount)
	case !known:
		return outcome(OutcomeMissingTenant)
	case amount > math.MaxInt64-tenant.InitialMicrocents:
		return outcome(OutcomeOverflow)
	}
	tenant.InitialMicrocents += amount
	tenant.RemainingMicrocents += amount
	return outcome(OutcomeToppedUp,
		Amount{"added_microcents", amount},
		Amount{"new_initial_microcents", tenant.InitialMicrocents},
		Amount{"remaining_microcents", tenant.RemainingMicrocents},
	)
}

// SetMaxReserved sets the cap of a tenant, which need not exist yet; a cap of 0 or less removes it (LEDGER-4).
func (e *BudgetEngine) SetMaxReserved(tenantID string, maxReservedMicrocents int64) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if maxReservedMicrocents <= 0 {
		delete(e.caps, tenantID)
		return
	}
	e.caps[tenantID] = maxReservedMicrocents
}

// TryReserve moves the cost from remaining to reserved (LEDGER-5). The reservation is good only when the outcome is
// OutcomeReserved.
func (e *BudgetEngine) TryReserve(tenantID string, cost int64) (Reservation, Outcome) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if cost <= 0 {
		return Reservation{}, outcome(OutcomeInsufficient,
			Amount{"remaining_microcents", 0}, Amount{"required_microcents", cost})
	}
	tenant, known := e.tenants[tenantID]
	if !known {
		return Reservation{}, outcome(OutcomeMissingTenant)
	}
	reserved := Amount{"current_reserved_microcents", tenant.ReservedMicrocents}
	if cost > math.MaxInt64-tenant.ReservedMicrocents {
		return Reservation{}, outcome(OutcomeOverflow, reserved)
	}
	if limit, capped := e.caps[tenantID]; capped && tenant.ReservedMicrocents+cost > limit {
		return Reservation{}, outcome(OutcomeExposureLimitExceeded, reserved, Amount{"max_reserved_microcents", limit})
	}
	if cost > tenant.RemainingMicrocents {
		return Reservation{}, outcome(OutcomeInsufficient,
			Amount{"remaining_microcents", tenant.RemainingMicrocents}, Amount{"required_microcents", cost})
	}
	tenant.RemainingMicrocents -= cost
	tenant.ReservedMicrocents += cost
	e.issued++
	e.holds[e.issued] = hold{tenant: tenant, microcents: cost}
	return Reservation{engine: e, id: e.issued},
		outcome(OutcomeReserved, Amount{"remaining_microcents", tenant.RemainingMicrocents})
}

// open finds the hold of a reservation: one that this engine issued and nobody closed.
func (e *BudgetEngine) open(reservation Reservation) (hold, bool) {
	if reservation.engine != e {
		return hold{}, false
	}
	found, open := e.holds[reservation.id]
	return found, open
}

// Commit closes a hold and spends the actual cost (LEDGER-6). After an overrun or an overflow the hold is still open.
func (e *BudgetEngine) Commit(reservation Reservation, actual int64) Outcome {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if actual < 0 {
		return outcome(OutcomeInvalidAmount)
	}
	hold, open := e.open(reservation)
	if !open {
		return outcome(OutcomeMissingReservation)
	}
	tenant := hold.tenant
	if actual > math.MaxInt64-tenant.CommittedMicrocents {
		return outcome(OutcomeOverflow, Amount{"remaining_microcents", tenant.RemainingMicrocents})
	}
	if actual-hold.microcents > tenant.RemainingMicrocents {
		return outcome(OutcomeOverrun, Amount{"remaining_microcents", tenant.RemainingMicrocents})
	}
	delete(e.holds, reservation.id)
	tenant.ReservedMicrocents -= hold.microcents
	tenant.CommittedMicrocents += actual
	tenant.RemainingMicrocents += hold.microcents - actual
	return outcome(OutcomeCommitted,
		Amount{"remaining_microcents", tenant.RemainingMicrocents}, Amount{"actual_microcents", actual})
}

// Release closes a hold and gives it back (LEDGER-7).
func (e *BudgetEngine) Release(reservation Reservation) Outcome {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	hold, open := e.open(reservation)
	if !open {
		return outcome(OutcomeMissingReservation)
	}
	delete(e.holds, reservation.id)
	tenant := hold.tenant
	tenant.ReservedMicrocents -= hold.microcents
	tenant.RemainingMicrocents += hold.microcents
	return outcome(OutcomeReleased,
		Amount{"remaining_microcents", tenant.RemainingMicrocents}, Amount{"returned_microcents", hold.microcents})
}

// Tenant is what the engine knows of one tenant; for an unknown one, known is false (LEDGER-8).
func (e *BudgetEngine) Tenant(tenantID string) (tenant Tenant, known bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if found, known := e.tenants[tenantID]; known {
		return *found, true
	}
	return Tenant{}, false
}

// Totals are the queries that are about no tenant (LEDGER-8).
type Totals struct {
	TenantCount                   uint64
	ActiveReservations            uint64
	TotalCommittedMicrocents      int64 // saturated
	TotalCommittedRepresentable   bool  // false when the sum is larger than an i64
	CommittedSinceLastCertificate int64
	SnapshotVersion               uint64 // of the last snapshot taken, 0 before the first
}

// Totals answers them all at one moment.
func (e *BudgetEngine) Totals() Totals {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	total := e.totalCommitted()
	_, held := total.int64()
	return Totals{
		TenantCount:                   uint64(len(e.tenants)),
		ActiveReservations:            uint64(len(e.holds)),
		TotalCommittedMicrocents:      total.clamped(),
		TotalCommittedRepresentable:   held,
		CommittedSinceLastCertificate: e.committedSince(total.clamped()),
		SnapshotVersion:               e.version,
	}
}

func (e *BudgetEngine) totalCommitted() Wide {
	var total Wide
	for _, tenant := range e.tenants {
		total = total.add(wideOf(tenant.CommittedMicrocents))
	}
	return total
}

// committedSince is the growth of the saturated total since the baseline (FIN-3).
func (e *BudgetEngine) committedSince(total int64) int64 {
	return max(0, total-e.baseline)
}

func sortedTenants(tenants map[string]*Tenant) []Tenant {
	sorted := make([]Tenant, 0, len(tenants))
	for _, tenant := range tenants {
		sorted = append(sorted, *tenant)
	}
	slices.SortFunc(sorted, func(a, b Tenant) int { return cmp.Compare(a.TenantID, b.TenantID) })
	return sorted
}
