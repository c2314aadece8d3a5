package calybris

import (
	"fmt"
	"unicode/utf8"
)

// MaxSnapshotBytes is how many bytes a snapshot file may have (SNAP-2).
const MaxSnapshotBytes = 16 * 1024 * 1024

// Save prints a snapshot as its file: two spaces per level, a line feed between lines, none at the end (SNAP-1).
func (s *Snapshot) Save() []byte {
	out := fmt.Appendf(nil, "{\n  \"version\": %d,\n  \"tenants\": [", s.Version)
	for i, tenant := range s.Tenants {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, "\n    {\n      \"tenant_id\": "...), tenant.TenantID)
		out = fmt.Appendf(out, ",\n      \"initial_microcents\": %d,\n      \"remaining_microcents\": %d,",
			tenant.InitialMicrocents, tenant.RemainingMicrocents)
		out = fmt.Appendf(out, "\n      \"reserved_microcents\": %d,\n      \"committed_microcents\": %d\n    }",
			tenant.ReservedMicrocents, tenant.CommittedMicrocents)
	}
	if len(s.Tenants) > 0 {
		out = append(out, "\n  "...)
	}
	out = fmt.Appendf(out, "],\n  \"active_reservations\": %d,\n  \"wal_high_watermark\": ", s.ActiveReservations)
	if s.WalHighWatermark == nil {
		return append(out, "null\n}"...)
	}
	return fmt.Appendf(out, "%d\n}", *s.WalHighWatermark)
}

// LoadSnapshot reads a snapshot file. It checks the form only: whether the ledger may be restored is another question
// (SNAP-2).
func LoadSnapshot(file []byte) (Snapshot, error) {
	if len(file) > MaxSnapshotBytes {
		return Snapshot{}, refuse(SnapshotTooLarge, "file")
	}
	read := Snapshot{Tenants: []Tenant{}}
	c := cursor{text: file}
	c.space()
	if !utf8.Valid(file) {
		return Snapshot{}, refuse(SnapshotMalformed, "file")
	}
	missing, ok := c.object([]field{
		unsignedField("version", &read.Version),
		{"tenants", func(c *cursor) bool { return c.readTenants(&read.Tenants) }},
		unsignedField("active_reservations", &read.ActiveReservations),
		{"wal_high_watermark", func(c *cursor) bool { return c.readWatermark(&read.WalHighWatermark) }},
	})
	if len(missing) == 1 && missing[0] == "wal_high_watermark" {
		missing = nil // older writers did not have it
	}
	if !ok || len(missing) > 0 || !c.atEnd() {
		return Snapshot{}, refuse(SnapshotMalformed, "file")
	}
	return read, nil
}

func (c *cursor) readWatermark(to **uint64) bool {
	if c.takeWord("null") {
		return true
	}
	var watermark uint64
	*to = &watermark
	return unsignedField("", &watermark).read(c)
}

func (c *cursor) readTenants(to *[]Tenant) bool {
	if !c.take('[') {
		return false
	}
	c.space()
	for first := true; !c.take(']'); first = false {
		if !first && !c.take(',') {
			return false
		}
		c.space()
		var tenant Tenant
		ok := c.record([]field{
			textField("tenant_id", &tenant.TenantID),
			signedField("initial_microcents", &tenant.InitialMicrocents),
			signedField("remaining_microcents", &tenant.RemainingMicrocents),
			signedField("reserved_microcents", &tenant.ReservedMicrocents),
			signedField("committed_microcents", &tenant.CommittedMicrocents),
		})
		if !ok {
			return false
		}
		*to = append(*to, tenant)
		c.space()
	}
	return true
}
