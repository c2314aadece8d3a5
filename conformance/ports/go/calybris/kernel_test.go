package calybris

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// runningExample is the policy and the request of docs/spec/README.md.
func runningExample(t *testing.T) (*Policy, Request) {
	t.Helper()
	policy, err := TryNew(PolicyFields{12, 5, 9_600, 5_500, 3_500, 2, []Model{
		{1, 0, 7_200, 9_500, 1, 180, 0b001, 0b01, 150_000, 600_000},
		{2, 1, 8_800, 9_000, 1, 420, 0b011, 0b11, 2_500_000, 10_000_000},
		{3, 2, 9_600, 8_000, 1, 950, 0b111, 0b01, 15_000_000, 75_000_000},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return policy, Request{7, 2, 1_200, 350, 50_000, 20_000, 900, 9_000, 7_000, 1_500, 0b1, 0b1111, 0b11}
}

func TestTheRunningExampleIsDecidedAsThePagesSay(t *testing.T) {
	policy, request := runningExample(t)
	decision := policy.Decide(&request)
	expected := Decision{
		7, ExecuteRequested, RequestedModelMaximizesUtility, 2, 1, 6_500, 30_685, 1, 30_075, 3, 2, 12, 5,
	}
	if decision != expected {
		t.Errorf("decided %+v", decision)
	}
	for digest, hex := range map[Digest]string{
		policy.Digest():   "5f00c72d47643b0c98b832b60431b25cfc7b9152577a3b5b9f26a5f6621d8f9d",
		request.Digest():  "56787508593fb22cbf55b0e8fb963b4ab739c899f40304018e0bee4d54c4383a",
		decision.Digest(): "dcf63ad1c6e7f67426055b9f8034640bd5a0aa04ab336157f492062110ca89df",
	} {
		if digest.String() != hex {
			t.Errorf("digest %s, not %s", digest, hex)
		}
	}
	if all := policy.DecideAll([]Request{request, request}); len(all) != 2 || all[0] != decision || all[1] != decision {
		t.Errorf("the batch decided %+v", all)
	}
}

func (w Wide) big() *big.Int {
	high := new(big.Int).Lsh(big.NewInt(w.high), 64)
	return high.Add(high, new(big.Int).SetUint64(w.low))
}

// edge is a random integer of a random magnitude, often at its bound.
func edge(random *rand.Rand, bits int) uint64 {
	largest := uint64(math.MaxUint64) >> (64 - bits)
	switch random.IntN(4) {
	case 0:
		return largest - random.Uint64N(3)
	case 1:
		return random.Uint64N(3)
	}
	return random.Uint64() & largest >> random.IntN(bits)
}

func TestWideArithmeticIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	number := func(value uint64) *big.Int { return new(big.Int).SetUint64(value) }
	for range 200_000 {
		a, b, c := edge(random, 64), edge(random, 32), edge(random, 64)
		exact := new(big.Int).Mul(number(a), number(b))
		wide := product(a, b)
		quotient, rest := wide.divided(bpsTimesBps)
		by := big.NewInt(bpsTimesBps)
		if wide.big().Cmp(exact) != 0 || quotient.big().Cmp(new(big.Int).Div(exact, by)) != 0 ||
			rest != new(big.Int).Mod(exact, by).Uint64() {
			t.Fatalf("%d times %d is %s, divided %s and %d", a, b, wide, quotient, rest)
		}
		difference := Wide{low: c}.minus(wide)
		if exact.Sub(number(c), exact); difference.String() != exact.String() {
			t.Fatalf("%d less %s is %s, not %s", c, wide, difference, exact)
		}
		clamped := difference.clamped()
		if exact.IsInt64() && clamped != exact.Int64() ||
			!exact.IsInt64() && (exact.Sign() < 0) != (clamped == math.MinInt64) {
			t.Fatalf("%s clamped is %d", exact, clamped)
		}
	}
}

func TestCostsAreRoundedUpAndSaturate(t *testing.T) {
	million, most := big.NewInt(tokensPerRate), new(big.Int).SetUint64(math.MaxUint64)
	random := rand.New(rand.NewPCG(3, 4))
	for range 200_000 {
		tokens, rate := edge(random, 32), edge(random, 64)
		exact := new(big.Int).Mul(new(big.Int).SetUint64(tokens), new(big.Int).SetUint64(rate))
		exact.Add(exact, big.NewInt(tokensPerRate-1)).Div(exact, million)
		if exact.Cmp(most) > 0 {
			exact = most
		}
		if cost := perMillion(uint32(tokens), rate); cost != exact.Uint64() {
			t.Fatalf("%d tokens at %d cost %d, not %s", tokens, rate, cost, exact)
		}
	}
}

// The rate 1,000,000 · k / tokens meets the last 64-bit quotient and the one behind it, where rounding up saturates.
func TestTheLastCostThatFitsIsRoundedUpOnlyWhenItCanBe(t *testing.T) {
	for tokens, expected := range map[uint32]uint64{
		1_000_000: math.MaxUint64 - 1, // exactly
		1_000_001: math.MaxUint64,     // beyond
	} {
		if cost := perMillion(tokens, math.MaxUint64-1); cost != expected {
			t.Errorf("%d tokens cost %d", tokens, cost)
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	models := make([]Model, 22)
	for i := range models {
		models[i] = Model{uint32(i + 1), uint16(i), 9_000, 9_500, 1, 100, 1, 1, 2_500_000, uint64(10_000_000 + i)}
	}
	policy := NewUnchecked(PolicyFields{1, 1, 9_600, 5_500, 3_500, 2, models})
	request := Request{7, 2, 1_200, 350, 1 << 40, 1 << 40, 900, 9_000, 7_000, 1_500, 1, AllProviders, 1}
	for b.Loop() {
		policy.Decide(&request)
	}
}
