package port

import (
	"bytes"
	"encoding/hex"

	"calybris-port/calybris"
)

// appended is the answer to what was appended: the entry, and the bytes that were added to the log.
func appended(input record, add func(*calybris.LogWriter) (calybris.Head, error)) (any, error) {
	log, key, err := readLog(input)
	if err != nil {
		return nil, err
	}
	var added bytes.Buffer
	writer, err := calybris.OpenLog(log, &added, key)
	if err != nil {
		return nil, err
	}
	head, err := add(writer)
	return object{
		"sequence":   number(head.Sequence),
		"entry_hash": head.LastHash,
		"added_hex":  hex.EncodeToString(added.Bytes()),
	}, err
}

func appendPayload(_, input record) (any, error) {
	return appended(input, func(writer *calybris.LogWriter) (calybris.Head, error) {
		return writer.Append([]byte(input.text("data")))
	})
}

func appendParts(_, input record) (any, error) {
	data, err := readBytes(input, "data")
	if err != nil {
		return nil, err
	}
	return appended(input, func(writer *calybris.LogWriter) (calybris.Head, error) { return writer.Append(data) })
}

func appendAudited(given, input record) (any, error) {
	policy, err := readPolicy(given, "policy")
	if err != nil {
		return nil, err
	}
	request, decision := readRequest(input, "request"), decidedFor(policy, input)
	return appended(input, func(writer *calybris.LogWriter) (calybris.Head, error) {
		add := writer.AppendAudited
		if input.flag("verified") {
			add = writer.AppendVerifiedAudited
		}
		return add(policy, &request, decision, []byte(input.text("metadata")))
	})
}

func verifyLog(_, input record) (any, error) {
	log, key, err := readLog(input)
	if err != nil {
		return nil, err
	}
	var head calybris.Head
	if anchor := readAnchor(input); anchor != nil {
		head, err = calybris.VerifyAnchoredLog(log, key, anchor)
	} else {
		head, err = calybris.VerifyLog(log, key)
	}
	return object{"sequence": number(head.Sequence), "last_hash": head.LastHash}, err
}

func replayLog(given, input record) (any, error) {
	var policies []*calybris.Policy
	for _, one := range given.list("policies") {
		policy, err := makePolicy(record{one.(map[string]any), "", given.refused})
		if err != nil {
			return nil, err
		}
		policies = append(policies, policy)
	}
	log, key, err := readLog(input)
	if err != nil {
		return nil, err
	}
	verdicts, err := calybris.ReplayAuditedLog(log, key, policies)
	listed := []any{}
	for _, verdict := range verdicts {
		listed = append(listed, object{
			"sequence":              number(verdict.Sequence),
			"replay_valid":          verdict.ReplayValid,
			"policy_digest_match":   verdict.PolicyDigestMatch,
			"input_digest_match":    verdict.InputDigestMatch,
			"decision_digest_match": verdict.DecisionDigestMatch,
		})
	}
	return object{"verdicts": listed}, err
}

func planRecovery(_, input record) (any, error) {
	snapshot := readSnapshot(input, "snapshot")
	log, key, err := readLog(input)
	if err != nil {
		return nil, err
	}
	plan, err := calybris.PlanRecovery(&snapshot, log, key, readAnchor(input))
	return object{
		"total_wal_entries":  number(plan.TotalWalEntries),
		"entries_to_replay":  number(plan.EntriesToReplay),
		"wal_high_watermark": number(plan.WalHighWatermark),
	}, err
}
