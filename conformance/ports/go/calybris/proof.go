package calybris

// Envelope binds a decision to its digests and, when they are attached, to its place in the log and to the ledger
// (PROOF-1). What is not attached is nil.
type Envelope struct {
	ProofVersion              uint16
	PolicyDigestHex           string
	InputDigestHex            string
	DecisionDigestHex         string
	ReplayValid               bool
	WalSequence               *uint64
	WalEntryHash              *string
	BudgetSnapshotVersion     *uint64
	LedgerDigestHex           *string
	Action                    Action
	Reason                    Reason
	SelectedModelID           uint32
	CounterfactualModelID     uint32
	EstimatedCostMicrounits   uint64
	ExpectedUtilityMicrounits int64
}

// Seal makes the envelope of a decision as given; it does not fail (PROOF-1).
func (p *Policy) Seal(request *Request, decision *Decision) *Envelope {
	_, valid := p.Replays(request, decision)
	return &Envelope{
		ProofVersion:              ProofVersion,
		PolicyDigestHex:           p.Digest().String(),
		InputDigestHex:            request.Digest().String(),
		DecisionDigestHex:         decision.Digest().String(),
		ReplayValid:               valid,
		Action:                    decision.Action,
		Reason:                    decision.Reason,
		SelectedModelID:           decision.SelectedModelID,
		CounterfactualModelID:     decision.CounterfactualModelID,
		EstimatedCostMicrounits:   decision.EstimatedCostMicrounits,
		ExpectedUtilityMicrounits: decision.ExpectedUtilityMicrounits,
	}
}

// AttachWal sets the two fields of the log; nothing is checked (PROOF-2).
func (e *Envelope) AttachWal(sequence uint64, entryHash string) *Envelope {
	e.WalSequence, e.WalEntryHash = &sequence, &entryHash
	return e
}

// AttachBudget sets the two fields of the ledger; nothing is checked (PROOF-2).
func (e *Envelope) AttachBudget(version uint64, ledgerDigestHex string) *Envelope {
	e.BudgetSnapshotVersion, e.LedgerDigestHex = &version, &ledgerDigestHex
	return e
}

// IsComplete says whether the decision replays and all four attachments are there (PROOF-2).
func (e *Envelope) IsComplete() bool {
	return e.ReplayValid && e.missing() == ""
}

// missing is the first attachment that is not there, or nothing.
func (e *Envelope) missing() string {
	switch {
	case e.WalSequence == nil:
		return "wal_sequence"
	case e.WalEntryHash == nil:
		return "wal_entry_hash"
	case e.BudgetSnapshotVersion == nil:
		return "budget_snapshot_version"
	case e.LedgerDigestHex == nil:
		return "ledger_digest_hex"
	}
	return ""
}

// ValidateComplete says whether an envelope is well formed, not whether it belongs to anything (PROOF-3).
func (e *Envelope) ValidateComplete() error {
	if e.ProofVersion != ProofVersion {
		return refuse(ProofVersionUnknown, "proof_version")
	}
	if !e.ReplayValid {
		return refuse(ProofReplayInvalid, "replay_valid")
	}
	if part := e.missing(); part != "" {
		return refuse(ProofPartMissing, part)
	}
	if *e.WalSequence == 0 {
		return refuse(ProofSequenceZero, "wal_sequence")
	}
	digests := []struct{ field, hex string }{
		{"policy_digest_hex", e.PolicyDigestHex},
		{"input_digest_hex", e.InputDigestHex},
		{"decision_digest_hex", e.DecisionDigestHex},
		{"wal_entry_hash", *e.WalEntryHash},
		{"ledger_digest_hex", *e.LedgerDigestHex},
	}
	for _, digest := range digests {
		if !isDigestHex(digest.hex) {
			return refuse(ProofDigestNotCanonical, digest.field)
		}
	}
	return nil
}
