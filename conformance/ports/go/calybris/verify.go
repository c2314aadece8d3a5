package calybris

// Replays decides the request again and compares all thirteen fields (VERIFY-1). The decision that was expected comes
// with the answer.
func (p *Policy) Replays(request *Request, decision *Decision) (expected Decision, valid bool) {
	expected = p.Decide(request)
	return expected, expected == *decision
}

// DigestIs compares a claim, as text, with the hex of the decision's own digest (VERIFY-2).
func (d *Decision) DigestIs(claimedHex string) bool {
	return d.Digest().String() == claimedHex
}

// The constants of an audit bundle (VERIFY-3).
const (
	BundleSchema    = "calybris.audit.v1"
	BundleAlgorithm = "sha256"
	BundleProducer  = "calybris"
	ProofVersion    = 1
)

// Bundle is the short record of a decision and its proof (VERIFY-3).
type Bundle struct {
	SchemaVersion     string
	DigestAlgorithm   string
	ProofVersion      uint16
	PolicyEpoch       uint64
	CatalogEpoch      uint64
	CreatedBy         string
	PolicyDigestHex   string
	InputDigestHex    string
	DecisionDigestHex string
	ReplayValid       bool
}

// AuditBundle makes the bundle of a decision; it does not fail (VERIFY-3).
func (p *Policy) AuditBundle(request *Request, decision *Decision) Bundle {
	_, valid := p.Replays(request, decision)
	return Bundle{
		SchemaVersion:     BundleSchema,
		DigestAlgorithm:   BundleAlgorithm,
		ProofVersion:      ProofVersion,
		PolicyEpoch:       p.fields.PolicyEpoch,
		CatalogEpoch:      p.fields.CatalogEpoch,
		CreatedBy:         BundleProducer,
		PolicyDigestHex:   p.Digest().String(),
		InputDigestHex:    request.Digest().String(),
		DecisionDigestHex: decision.Digest().String(),
		ReplayValid:       valid,
	}
}

// VerifiedAuditBundle makes the bundle of a decision that replays. Of another there is none: ok is false (VERIFY-4).
func (p *Policy) VerifiedAuditBundle(request *Request, decision *Decision) (bundle Bundle, ok bool) {
	bundle = p.AuditBundle(request, decision)
	if !bundle.ReplayValid {
		return Bundle{}, false
	}
	return bundle, true
}

// ValidateCanonical says whether a bundle is well formed, not whether its digests belong to anything (VERIFY-5).
func (b *Bundle) ValidateCanonical() error {
	if err := b.checkCanonical(); err != nil {
		return err
	}
	return nil
}

func (b *Bundle) checkCanonical() *Refusal {
	switch {
	case b.SchemaVersion != BundleSchema:
		return refuse(VerifyBundleSchemaUnknown, "schema_version")
	case b.DigestAlgorithm != BundleAlgorithm:
		return refuse(VerifyBundleAlgorithmUnknown, "digest_algorithm")
	case b.ProofVersion != ProofVersion:
		return refuse(VerifyBundleProofVersionUnknown, "proof_version")
	case b.CreatedBy != BundleProducer:
		return refuse(VerifyBundleProducerUnknown, "created_by")
	case !b.ReplayValid:
		return refuse(VerifyBundleReplayInvalid, "replay_valid")
	case !isDigestHex(b.PolicyDigestHex):
		return refuse(VerifyBundleDigestNotCanonical, "policy_digest_hex")
	case !isDigestHex(b.InputDigestHex):
		return refuse(VerifyBundleDigestNotCanonical, "input_digest_hex")
	case !isDigestHex(b.DecisionDigestHex):
		return refuse(VerifyBundleDigestNotCanonical, "decision_digest_hex")
	}
	return nil
}

// Certificate is a decision with its fingerprints (VERIFY-6).
type Certificate struct {
	PolicyFingerprint               string
	InputFingerprint                string
	DecisionFingerprint             string
	DecisionSequence                uint64
	SelectedModelID                 uint32
	Action                          Action
	Reason                          Reason
	ReplayValid                     bool
	EvaluatedModels                 uint16
	EligibleModels                  uint16
	CounterfactualModelID           uint32
	CounterfactualUtilityMicrounits int64
}

// Certify certifies a decision as given, also when it does not replay (VERIFY-6).
func (p *Policy) Certify(request *Request, decision *Decision) Certificate {
	_, valid := p.Replays(request, decision)
	return Certificate{
		PolicyFingerprint:               p.Digest().String(),
		InputFingerprint:                request.Digest().String(),
		DecisionFingerprint:             decision.Digest().String(),
		DecisionSequence:                decision.RequestSequence,
		SelectedModelID:                 decision.SelectedModelID,
		Action:                          decision.Action,
		Reason:                          decision.Reason,
		ReplayValid:                     valid,
		EvaluatedModels:                 decision.EvaluatedModels,
		EligibleModels:                  decision.EligibleModels,
		CounterfactualModelID:           decision.CounterfactualModelID,
		CounterfactualUtilityMicrounits: decision.CounterfactualUtilityMicrounits,
	}
}
