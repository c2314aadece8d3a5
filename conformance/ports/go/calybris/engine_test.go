package calybris

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

const (
	tenantCount  = 5
	workerCount  = 32
	stepsEach    = 2_000
	startBudget  = 1_000_000
	largestTopUp = 500
)

// account is what one worker did to one tenant, by the outcomes that it was given.
type account struct {
	toppedUp, committed, reserved, closed int64
}

// worker does random operations. Reservations go from hand to hand, so that one is often closed by another worker than
// the one that made it, and sometimes by two at once.
type worker struct {
	engine    *BudgetEngine
	random    *rand.Rand
	shared    chan held
	accounts  [tenantCount]account
	opened    []Reservation
	closed    []Reservation
	versions  []uint64
	certified int64
	failure   string
}

type held struct {
	tenant      int
	reservation Reservation
	microcents  int64
}

func tenantName(tenant int) string { return fmt.Sprintf("tenant-%d", tenant) }

func (w *worker) run() {
	for range stepsEach {
		tenant := w.random.IntN(tenantCount)
		name, own := tenantName(tenant), &w.accounts[tenant]
		switch w.random.IntN(10) {
		case 0:
			if amount := w.random.Int64N(largestTopUp); w.engine.TopUpTenant(name, amount).Status == OutcomeToppedUp {
				own.toppedUp += amount
			}
		case 1:
			w.look()
		case 2:
			w.engine.EnsureTenant(name, math.MaxInt64) // it exists: nothing may happen
		case 3, 4, 5, 6:
			cost := 1 + w.random.Int64N(2_000)
			reservation, outcome := w.engine.TryReserve(name, cost)
			if outcome.Status == OutcomeReserved {
				own.reserved += cost
				w.opened = append(w.opened, reservation)
				w.shared <- held{tenant, reservation, cost}
			}
		default:
			w.settle()
		}
	}
}

// settle closes a reservation, and now and then hands it on although it is closed.
func (w *worker) settle() {
	select {
	case one := <-w.shared:
		own := &w.accounts[one.tenant]
		actual := w.random.Int64N(2 * one.microcents)
		var status OutcomeStatus
		if w.random.IntN(2) == 0 {
			actual = 0
			status = w.engine.Release(one.reservation).Status
		} else {
			status = w.engine.Commit(one.reservation, actual).Status
		}
		switch status {
		case OutcomeReleased, OutcomeCommitted:
			own.closed += one.microcents
			own.committed += actual
			w.closed = append(w.closed, one.reservation)
			if w.random.IntN(8) == 0 {
				w.shared <- one
			}
		case OutcomeOverrun:
			w.shared <- one
		}
	default:
	}
}

// look takes a snapshot or a certificate, in the middle of everything: it must be in balance.
func (w *worker) look() {
	if w.random.IntN(4) == 0 {
		certificate := w.engine.Certify()
		w.versions = append(w.versions, certificate.SnapshotVersion)
		w.certified += certificate.CommittedSinceLastCertificate
		if !certificate.ConservationBalanced {
			w.failure = "a certificate says that the ledger is not in balance"
		}
		return
	}
	snapshot := w.engine.Snapshot()
	w.versions = append(w.versions, snapshot.Version)
	if found := snapshot.Conservation(); found.Status != Balanced {
		w.failure = fmt.Sprintf("version %d: %+v", snapshot.Version, found)
	}
}

// TestNothingIsLostAmongManyGoroutines compares the engine with the sum of what it told its callers. Run it with -race.
func TestNothingIsLostAmongManyGoroutines(t *testing.T) {
	engine := NewBudgetEngine()
	for tenant := range tenantCount {
		engine.EnsureTenant(tenantName(tenant), startBudget)
	}
	engine.SetMaxReserved(tenantName(0), 20_000)
	shared := make(chan held, 2*workerCount*stepsEach)
	workers := make([]*worker, workerCount)
	var running sync.WaitGroup
	for i := range workers {
		workers[i] = &worker{engine: engine, random: rand.New(rand.NewPCG(7, uint64(i))), shared: shared}
		running.Go(workers[i].run)
	}
	running.Wait()

	var opened, closed, versions, certified int64
	ids := map[Reservation]int{}
	seen := map[uint64]bool{}
	for _, one := range workers {
		if one.failure != "" {
			t.Error(one.failure)
		}
		opened, closed = opened+int64(len(one.opened)), closed+int64(len(one.closed))
		versions += int64(len(one.versions))
		certified += one.certified
		for _, reservation := range one.opened {
			ids[reservation]++
		}
		for _, version := range one.versions {
			seen[version] = true
		}
	}
	final := engine.Snapshot()
	if int64(len(ids)) != opened {
		t.Errorf("%d reservations have %d ids", opened, len(ids))
	}
	if int64(len(seen)) != versions || final.Version != uint64(versions)+1 {
		t.Errorf("%d snapshots have %d versions; the next is %d", versions, len(seen), final.Version)
	}
	if final.ActiveReservations != uint64(opened-closed) {
		t.Errorf("%d holds are open, of %d less %d", final.ActiveReservations, opened, closed)
	}
	checkTenants(t, &final, workers)
	if last := engine.Certify(); certified+last.CommittedSinceLastCertificate != last.TotalCommittedMicrocents {
		t.Errorf("certificates add up to %d, committed is %d",
			certified+last.CommittedSinceLastCertificate, last.TotalCommittedMicrocents)
	}
}

func checkTenants(t *testing.T, final *Snapshot, workers []*worker) {
	for tenant := range tenantCount {
		var sum account
		for _, one := range workers {
			own := one.accounts[tenant]
			sum.toppedUp += own.toppedUp
			sum.committed += own.committed
			sum.reserved += own.reserved - own.closed
		}
		initial := startBudget + sum.toppedUp
		expected := Tenant{tenantName(tenant), initial, initial - sum.reserved - sum.committed, sum.reserved, sum.committed}
		if final.Tenants[tenant] != expected {
			t.Errorf("%+v, not %+v", final.Tenants[tenant], expected)
		}
		if sum.committed == 0 || sum.toppedUp == 0 {
			t.Errorf("nothing happened to %s", tenantName(tenant))
		}
	}
}

func TestAReservationIsGoodForItsEngineOnly(t *testing.T) {
	one, other := NewBudgetEngine(), NewBudgetEngine()
	for _, engine := range []*BudgetEngine{one, other} {
		engine.EnsureTenant("acme", 10)
	}
	reservation, _ := one.TryReserve("acme", 5)
	other.TryReserve("acme", 5)
	if status := other.Release(reservation).Status; status != OutcomeMissingReservation {
		t.Errorf("another engine released it: %s", status)
	}
	if status := one.Release(Reservation{}).Status; status != OutcomeMissingReservation {
		t.Errorf("a reservation that was never made was released: %s", status)
	}
	if err := one.Restore(&Snapshot{Version: 3, Tenants: []Tenant{{"acme", 10, 10, 0, 0}}}); err != nil {
		t.Fatal(err)
	}
	again, _ := one.TryReserve("acme", 5)
	if again == reservation || one.Release(reservation).Status != OutcomeMissingReservation {
		t.Error("an id was issued twice, or is still good after a restore")
	}
}

func TestAConfiguredTenantHasTheDefaultCap(t *testing.T) {
	config := DefaultConfig()
	for limit, expected := range map[int64]OutcomeStatus{0: OutcomeReserved, 4: OutcomeExposureLimitExceeded} {
		config.DefaultExposureCapMicrocents = limit
		engine := NewBudgetEngine()
		config.EnsureTenant(engine, "acme", 10)
		if _, outcome := engine.TryReserve("acme", 5); outcome.Status != expected {
			t.Errorf("with a cap of %d: %s", limit, outcome.Status)
		}
	}
}
