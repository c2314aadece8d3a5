package port

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"calybris-port/calybris"
)

// accumulate decides the requests of a seed and puts their digests into one (docs/accumulate.md).
func accumulate(given, input record) (any, error) {
	if op := input.text("op"); op != "decide" {
		return nil, fmt.Errorf("nothing to accumulate for %s", op)
	}
	policy, err := readPolicy(given, "policy")
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(input.text("seed_hex"))
	if err != nil {
		return nil, err
	}
	all := sha256.New()
	for k := range unsigned[uint64](input, "count") {
		request := drawn(seed, k)
		decision := policy.Decide(&request)
		digest := decision.Digest()
		all.Write(digest[:])
	}
	return object{"digest_hex": hex.EncodeToString(all.Sum(nil))}, nil
}

// drawn is the k-th request of a seed.
func drawn(seed []byte, k uint64) calybris.Request {
	var b [64]byte
	preimage := binary.LittleEndian.AppendUint64(append([]byte{}, seed...), k)
	for half := range 2 {
		sum := sha256.Sum256(append(preimage, byte(half)))
		copy(b[32*half:], sum[:])
	}
	u16 := func(i int) uint16 { return binary.LittleEndian.Uint16(b[i:]) }
	u32 := func(i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
	u64 := func(i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	return calybris.Request{
		RequestSequence:         u64(0),
		RequestedModelID:        uint32(b[8]) % 32,
		InputTokens:             u32(9) >> (b[13] % 32),
		OutputTokens:            u32(14) >> (b[18] % 32),
		BusinessValueMicrounits: int64(u64(19) >> (b[27] % 64)),
		BudgetLimitMicrounits:   u64(28) >> (b[36] % 64),
		RiskBps:                 u16(37) % 10_001,
		ConfidenceBps:           u16(39) % 10_001,
		MinimumQualityBps:       uint16(b[41]) % 101 * 100,
		MaxP95LatencyMs:         uint32(b[42]) * 8,
		RequiredCapabilities:    bit(b[43]) | bit(b[44]),
		AllowedProviderMask:     u64(45) | u64(53),
		RequiredRegionMask:      bit(b[61]) | bit(b[62]),
	}
}

// bit is 2^x when x < 64, and 0 otherwise: what a shift of Go gives.
func bit(x byte) uint64 { return 1 << x }
