package calybris

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// The tags of DIGEST-1: eight characters and a zero byte.
const (
	policyTag    = "calypol1\x00"
	inputTag     = "calyinp1\x00"
	decisionTag  = "calydcn1\x00"
	ledgerTag    = "calyldg1\x00"
	watermarkTag = "calybris.ledger.wal-watermark.v1\x00"
)

// Digest is the 32 bytes of SHA-256 (DIGEST-2).
type Digest [sha256.Size]byte

// String is the digest in lowercase hex.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// DigestOf hashes a preimage.
func DigestOf(preimage []byte) Digest { return sha256.Sum256(preimage) }

// layout appends fields at their fixed width, least significant byte first (DIGEST-2).
type layout []byte

func (l layout) u8(value uint8) layout    { return append(l, value) }
func (l layout) u16(value uint16) layout  { return binary.LittleEndian.AppendUint16(l, value) }
func (l layout) u32(value uint32) layout  { return binary.LittleEndian.AppendUint32(l, value) }
func (l layout) u64(value uint64) layout  { return binary.LittleEndian.AppendUint64(l, value) }
func (l layout) i64(value int64) layout   { return l.u64(uint64(value)) }
func (l layout) text(value string) layout { return append(l, value...) }
func (l layout) model(model *Model) layout {
	return l.u32(model.ModelID).u16(model.ProviderID).u16(model.QualityBps).u16(model.RiskCeilingBps).
		u8(model.Enabled).u32(model.P95LatencyMs).u64(model.Capabilities).u64(model.RegionMask).
		u64(model.InputCostMicrounitsPerMillionTokens).u64(model.OutputCostMicrounitsPerMillionTokens)
}

// Preimage is the bytes behind the digest of a policy: the models stand in ascending model_id (DIGEST-3).
func (p *Policy) Preimage() []byte {
	fields := &p.fields
	sorted := slices.Clone(fields.Models)
	slices.SortStableFunc(sorted, func(a, b Model) int { return cmp.Compare(a.ModelID, b.ModelID) })
	bytes := make(layout, 0, 39+47*len(sorted)).text(policyTag).
		u64(fields.PolicyEpoch).u64(fields.CatalogEpoch).
		u16(fields.HardRiskLimitBps).u16(fields.MinimumConfidenceBps).u16(fields.RiskPenaltyMultiplierBps).
		u64(fields.LatencyPenaltyMicrounitsPerMs)
	for i := range sorted {
		bytes = bytes.model(&sorted[i])
	}
	return bytes
}

// Digest is the policy's; its hex is the fingerprint of the snapshot (VERIFY-6).
func (p *Policy) Digest() Digest { return DigestOf(p.Preimage()) }

// Preimage is the bytes behind the digest of a request (DIGEST-4).
func (r *Request) Preimage() []byte {
	return make(layout, 0, 79).text(inputTag).
		u64(r.RequestSequence).u32(r.RequestedModelID).u32(r.InputTokens).u32(r.OutputTokens).
		i64(r.BusinessValueMicrounits).u64(r.BudgetLimitMicrounits).
		u16(r.RiskBps).u16(r.ConfidenceBps).u16(r.MinimumQualityBps).u32(r.MaxP95LatencyMs).
		u64(r.RequiredCapabilities).u64(r.AllowedProviderMask).u64(r.RequiredRegionMask)
}

// Digest is the request's.
func (r *Request) Digest() Digest { return DigestOf(r.Preimage()) }

// Preimage is the bytes behind the digest of a decision: one byte of action, two of reason (DIGEST-5).
func (d *Decision) Preimage() []byte {
	return make(layout, 0, 74).text(decisionTag).
		u64(d.RequestSequence).u8(uint8(d.Action)).u16(uint16(d.Reason)).
		u32(d.SelectedModelID).u16(d.SelectedModelIndex).
		u64(d.EstimatedCostMicrounits).i64(d.ExpectedUtilityMicrounits).
		u32(d.CounterfactualModelID).i64(d.CounterfactualUtilityMicrounits).
		u16(d.EvaluatedModels).u16(d.EligibleModels).
		u64(d.PolicyEpoch).u64(d.CatalogEpoch)
}

// Digest is the decision's.
func (d *Decision) Digest() Digest { return DigestOf(d.Preimage()) }

// Preimage is the bytes behind the digest of a ledger: the tenants stand in the order of the bytes of their ids, and a
// watermark is written only when there is one (DIGEST-8).
func (s *Snapshot) Preimage() []byte {
	tenants := slices.Clone(s.Tenants)
	slices.SortStableFunc(tenants, func(a, b Tenant) int { return cmp.Compare(a.TenantID, b.TenantID) })
	bytes := layout{}.text(ledgerTag).u64(s.Version).u64(uint64(len(tenants))).u64(s.ActiveReservations)
	for _, tenant := range tenants {
		bytes = bytes.u32(uint32(len(tenant.TenantID))).text(tenant.TenantID).
			i64(tenant.InitialMicrocents).i64(tenant.RemainingMicrocents).
			i64(tenant.ReservedMicrocents).i64(tenant.CommittedMicrocents)
	}
	if s.WalHighWatermark != nil {
		bytes = bytes.text(watermarkTag).u64(*s.WalHighWatermark)
	}
	return bytes
}

// Digest is the ledger's.
func (s *Snapshot) Digest() Digest { return DigestOf(s.Preimage()) }

func isLowerHex(character byte) bool {
	return '0' <= character && character <= '9' || 'a' <= character && character <= 'f'
}

// isDigestHex says whether a text is exactly 64 characters of 0-9a-f (VERIFY-5, PROOF-3).
func isDigestHex(text string) bool {
	_, err := DecodeHex32(text)
	return err == nil
}

// DecodeHex32 turns 64 hex characters into 32 bytes. Bytes of the text are counted, not characters (DIGEST-7).
func DecodeHex32(text string) (Digest, error) {
	if len(text)%2 != 0 {
		return Digest{}, refuse(DigestHexLengthOdd, "text")
	}
	for i := range len(text) {
		if !isLowerHex(text[i]) {
			return Digest{}, refuseAt(DigestHexCharacterInvalid, "text[%d]", i)
		}
	}
	var digest Digest
	if len(text) != 2*len(digest) {
		return Digest{}, refuse(DigestHexLengthInvalid, "text")
	}
	_, err := hex.Decode(digest[:], []byte(text))
	return digest, err
}
