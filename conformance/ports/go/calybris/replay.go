package calybris

import (
	"fmt"
	"io"
)

// Verdict is what replay says of an entry (LOG-10). In an answer all four are true.
type Verdict struct {
	Sequence            uint64
	ReplayValid         bool
	PolicyDigestMatch   bool
	InputDigestMatch    bool
	DecisionDigestMatch bool
}

// knownPolicy is a policy with what a bundle names it by.
type knownPolicy struct {
	policy    *Policy
	digestHex string
}

// ReplayAuditedLog verifies the whole chain, then decides every audited decision again (LOG-10). The first refusal of
// the chain comes before any of a record, so the log is read once and the first record that is refused is kept.
func ReplayAuditedLog(log io.Reader, key []byte, policies []*Policy) ([]Verdict, error) {
	known := make([]knownPolicy, len(policies))
	for i, policy := range policies {
		known[i] = knownPolicy{policy, policy.Digest().String()}
	}
	verdicts := []Verdict{}
	var first *Refusal
	_, err := scan(log, key, func(line int, read entry) {
		if first != nil {
			return
		}
		if first = replay(fmt.Sprintf("lines[%d].data", line), read.data, known); first == nil {
			verdicts = append(verdicts, Verdict{read.sequence, true, true, true, true})
		}
	})
	if err != nil {
		return nil, err
	}
	if first != nil {
		return nil, first
	}
	return verdicts, nil
}

// replay makes the checks of LOG-10 for one entry.
func replay(at string, data []byte, known []knownPolicy) *Refusal {
	record, ok := readAudited(data)
	if !ok {
		return refuse(LogRecordMalformed, at)
	}
	bundle := &record.bundle
	if err := bundle.checkCanonical(); err != nil {
		return refuse(LogAuditNotCanonical, at+".audit."+err.At)
	}
	policy := policyOf(bundle, known)
	switch {
	case policy == nil:
		return refuse(LogAuditPolicyUnknown, at+".audit.policy_digest_hex")
	case record.request.Digest().String() != bundle.InputDigestHex:
		return refuse(LogAuditInputMismatch, at+".audit.input_digest_hex")
	case record.decision.Digest().String() != bundle.DecisionDigestHex:
		return refuse(LogAuditDecisionMismatch, at+".audit.decision_digest_hex")
	}
	if _, valid := policy.Replays(&record.request, &record.decision); !valid {
		return refuse(LogAuditNotReplayed, at+".decision")
	}
	return nil
}

func policyOf(bundle *Bundle, known []knownPolicy) *Policy {
	for _, one := range known {
		fields := &one.policy.fields
		if fields.PolicyEpoch == bundle.PolicyEpoch && fields.CatalogEpoch == bundle.CatalogEpoch &&
			one.digestHex == bundle.PolicyDigestHex {
			return one.policy
		}
	}
	return nil
}
