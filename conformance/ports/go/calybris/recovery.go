package calybris

import "io"

// RecoveryPlan says what is left to do after a crash (RECOVER-1).
type RecoveryPlan struct {
	Snapshot         *Snapshot
	TotalWalEntries  uint64
	EntriesToReplay  uint64
	WalHighWatermark uint64
}

// PlanRecovery verifies the log, with its anchor when there is one, and compares it with the snapshot (RECOVER-1). A
// nil key, or a nil anchor, is none.
func PlanRecovery(snapshot *Snapshot, log io.Reader, key []byte, anchor *Anchor) (RecoveryPlan, error) {
	var head Head
	var err error
	if anchor == nil {
		head, err = VerifyLog(log, key)
	} else {
		head, err = VerifyAnchoredLog(log, key, anchor)
	}
	if err != nil {
		return RecoveryPlan{}, err
	}
	var watermark uint64
	if snapshot.WalHighWatermark != nil {
		watermark = *snapshot.WalHighWatermark
	}
	if watermark > head.Sequence {
		return RecoveryPlan{}, refuse(RecoveryLogBehind, "wal_high_watermark")
	}
	return RecoveryPlan{
		Snapshot:         snapshot,
		TotalWalEntries:  head.Sequence, // sequences count from 1 without a gap
		EntriesToReplay:  head.Sequence - watermark,
		WalHighWatermark: watermark,
	}, nil
}
