//! Decisions, digests, bundles and envelopes that came from elsewhere.

use crate::policies::policy;
use crate::records::{decided, decision, request, written_decision};
use crate::values::{damaged, flag, number, number_or_null, refusal, text, untranslatable, written, Answer, Instead};
use calybris_core::proof::{ProofEnvelope, ProofEnvelopeValidationError as Incomplete};
use calybris_core::verify::{self, AuditBundle, AuditBundleValidationError as NotCanonical};
use calybris_core::verify::{verify_decision, verify_decision_digest, VerifyResult};
use serde_json::{json, Value};

/// A decision, replayed.
pub fn decision_verified(given: &Value, question: &Value) -> Answer {
    let claimed = decision(question)?;
    let result = verify_decision(&policy(given)?, request(question, "request")?, &claimed);
    let expected = match &result {
        VerifyResult::Valid => Some(&claimed),
        VerifyResult::Mismatch { expected, .. } => Some(expected),
        VerifyResult::DigestMismatch { .. } => None,
    };
    let expected = expected.map(written_decision).transpose()?;
    Ok(json!({ "status": status(&result), "expected": expected }))
}

fn status(result: &VerifyResult) -> &'static str {
    match result {
        VerifyResult::Valid => "valid",
        VerifyResult::Mismatch { .. } => "mismatch",
        VerifyResult::DigestMismatch { .. } => "digest_mismatch",
    }
}

/// The digest that is claimed for a decision.
pub fn digest_verified(_given: &Value, question: &Value) -> Answer {
    let claim = text(question, "claimed_hex")?;
    let result = verify_decision_digest(&decision(question)?, claim);
    let (expected, actual) = match &result {
        VerifyResult::DigestMismatch { expected_hex, actual_hex } => (expected_hex.as_str(), actual_hex.as_str()),
        _ => (claim, claim),
    };
    Ok(json!({ "status": status(&result), "expected_hex": expected, "actual_hex": actual }))
}

/// The bundle of a decision; the verified one must be the same.
pub fn bundle(given: &Value, question: &Value) -> Answer {
    let policy = policy(given)?;
    let (request, decision) = decided(&policy, question)?;
    let result = verify_decision(&policy, request, &decision);
    let bundle = verify::audit_bundle(&policy, request, &decision);
    let verified = verify::verified_audit_bundle(&policy, request, &decision);
    let agrees = match &verified {
        Ok(verified) => result == VerifyResult::Valid && *verified == bundle,
        Err(error) => result == *error.result(),
    };
    if !agrees {
        let words = "the verified bundle differs from the bundle";
        return Err(Instead::Fault(words.to_owned()));
    }
    Ok(json!({ "status": status(&result), "bundle": written(&bundle)? }))
}

/// Whether a bundle is well formed.
pub fn canonical(_given: &Value, question: &Value) -> Answer {
    let holder = &question["bundle"];
    let owned = |key| text(holder, key).map(str::to_owned);
    let bundle = AuditBundle {
        schema_version: owned("schema_version")?,
        digest_algorithm: owned("digest_algorithm")?,
        proof_version: number(holder, "proof_version", "")?,
        policy_epoch: number(holder, "policy_epoch", "")?,
        catalog_epoch: number(holder, "catalog_epoch", "")?,
        created_by: owned("created_by")?,
        policy_digest_hex: owned("policy_digest_hex")?,
        input_digest_hex: owned("input_digest_hex")?,
        decision_digest_hex: owned("decision_digest_hex")?,
        replay_valid: flag(holder, "replay_valid")?,
    };
    let Err(error) = bundle.validate_canonical() else {
        return Ok(json!({}));
    };
    let (code, at) = match &error {
        NotCanonical::SchemaVersion(_) => ("VERIFY_BUNDLE_SCHEMA_UNKNOWN", "schema_version"),
        NotCanonical::DigestAlgorithm(_) => ("VERIFY_BUNDLE_ALGORITHM_UNKNOWN", "digest_algorithm"),
        NotCanonical::ProofVersion(_) => ("VERIFY_BUNDLE_PROOF_VERSION_UNKNOWN", "proof_version"),
        NotCanonical::CreatedBy(_) => ("VERIFY_BUNDLE_PRODUCER_UNKNOWN", "created_by"),
        NotCanonical::ReplayInvalid => ("VERIFY_BUNDLE_REPLAY_INVALID", "replay_valid"),
        NotCanonical::NonCanonicalDigest { field } => ("VERIFY_BUNDLE_DIGEST_NOT_CANONICAL", *field),
        other => return Err(untranslatable(other)),
    };
    Err(refusal(code, at, error))
}

/// Whether an envelope is well formed and complete.
pub fn validate_envelope(_given: &Value, question: &Value) -> Answer {
    let holder = &question["envelope"];
    let owned = |key| text(holder, key).map(str::to_owned);
    let text_or_null = |key: &str| match &holder[key] {
        Value::Null => Ok(None),
        Value::String(value) => Ok(Some(value.clone())),
        _ => Err(damaged(key)),
    };
    let envelope = ProofEnvelope {
        proof_version: number(holder, "proof_version", "")?,
        policy_digest_hex: owned("policy_digest_hex")?,
        input_digest_hex: owned("input_digest_hex")?,
        decision_digest_hex: owned("decision_digest_hex")?,
        replay_valid: flag(holder, "replay_valid")?,
        wal_sequence: number_or_null(holder, "wal_sequence", "")?,
        wal_entry_hash: text_or_null("wal_entry_hash")?,
        budget_snapshot_version: number_or_null(holder, "budget_snapshot_version", "")?,
        ledger_digest_hex: text_or_null("ledger_digest_hex")?,
        action: owned("action")?,
        reason: owned("reason")?,
        selected_model_id: number(holder, "selected_model_id", "")?,
        counterfactual_model_id: number(holder, "counterfactual_model_id", "")?,
        estimated_cost_microunits: number(holder, "estimated_cost_microunits", "")?,
        expected_utility_microunits: number(holder, "expected_utility_microunits", "")?,
    };
    let Err(error) = envelope.validate_complete() else {
        return Ok(json!({}));
    };
    let (code, at) = match &error {
        Incomplete::ProofVersion(_) => ("PROOF_VERSION_UNKNOWN", "proof_version".to_owned()),
        Incomplete::ReplayInvalid => ("PROOF_REPLAY_INVALID", "replay_valid".to_owned()),
        Incomplete::MissingAttachments => ("PROOF_PART_MISSING", missing(&envelope)),
        Incomplete::InvalidWalSequence => ("PROOF_SEQUENCE_ZERO", "wal_sequence".to_owned()),
        Incomplete::NonCanonicalDigest { field } => ("PROOF_DIGEST_NOT_CANONICAL", (*field).to_owned()),
        other => return Err(untranslatable(other)),
    };
    Err(refusal(code, at, error))
}

/// The attachments that are not there: the crate only says that one is missing.
fn missing(envelope: &ProofEnvelope) -> String {
    let there = [
        ("wal_sequence", envelope.wal_sequence.is_some()),
        ("wal_entry_hash", envelope.wal_entry_hash.is_some()),
        ("budget_snapshot_version", envelope.budget_snapshot_version.is_some()),
        ("ledger_digest_hex", envelope.ledger_digest_hex.is_some()),
    ];
    let missing = there.iter().filter(|(_, there)| !there);
    missing.map(|(name, _)| *name).collect::<Vec<_>>().join(" or ")
}
