//! The kernel: deciding, digests and verification. Every answer is the crate's.

use crate::policies::{self, policy};
use crate::records::{decided, decision, request, written_decision};
use crate::values::{bytes, decimal, hex, integer, number, refusal, text, untranslatable, written, Answer, Instead};
use calybris_core::builder::InputBuilder;
use calybris_core::digest::{decision_digest, input_digest};
use calybris_core::kernel::PolicySnapshot;
use calybris_core::verify::{self, AuditBundle, DigestDecodeError};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};

/// A value is read into the port's own type and printed again.
pub fn echo(_given: &Value, question: &Value) -> Answer {
    match text(question, "type")? {
        "text" => Ok(json!({ "value": text(question, "value")?.to_owned() })),
        "bytes_hex" => Ok(json!({ "value": hex(&bytes(text(question, "value")?)?) })),
        _ => read_integer(&Value::Null, question),
    }
}

/// An integer in one of the crate's five widths.
pub fn read_integer(_given: &Value, question: &Value) -> Answer {
    let value = text(question, "value")?;
    let at = "value";
    let read = match text(question, "type")? {
        "u8" => integer::<u8>(value, at)?.to_string(),
        "u16" => integer::<u16>(value, at)?.to_string(),
        "u32" => integer::<u32>(value, at)?.to_string(),
        "u64" => integer::<u64>(value, at)?.to_string(),
        "i64" => integer::<i64>(value, at)?.to_string(),
        other => return Err(Instead::Unsupported(other.to_owned())),
    };
    Ok(json!({ "value": read }))
}

/// Building a policy validates it.
pub fn validate_policy(_given: &Value, question: &Value) -> Answer {
    Ok(policies::ends(&policy(question)?))
}

/// A decision.
pub fn decide(given: &Value, question: &Value) -> Answer {
    written_decision(&policy(given)?.prescribe(request(question, "request")?))
}

/// A decision, and how many models failed at which gate.
pub fn trace(given: &Value, question: &Value) -> Answer {
    let (decision, trace) = policy(given)?.prescribe_with_trace(request(question, "request")?);
    Ok(json!({
        "decision": written_decision(&decision)?,
        "rejections": written(&trace.rejections)?,
        "evaluated_models": trace.evaluated_models.to_string(),
        "eligible_models": trace.eligible_models.to_string(),
    }))
}

/// The utility of one model.
pub fn utility(given: &Value, question: &Value) -> Answer {
    let model_id = number(question, "model_id", "")?;
    let utility = policy(given)?.utility_for_model(request(question, "request")?, model_id);
    Ok(json!({ "utility_microunits": decimal(utility) }))
}

/// The digest of a policy.
pub fn digest_policy(_given: &Value, question: &Value) -> Answer {
    Ok(json!({ "digest_hex": policies::digest_hex(&policy(question)?) }))
}

/// The digest of a request.
pub fn digest_input(_given: &Value, question: &Value) -> Answer {
    Ok(json!({ "digest_hex": hex(&input_digest(&request(question, "request")?)) }))
}

/// The digest of a decision.
pub fn digest_decision(_given: &Value, question: &Value) -> Answer {
    Ok(json!({ "digest_hex": hex(&decision_digest(&decision(question)?)) }))
}

/// Hex read back. The crate decodes the digests of a bundle: the text takes the place of one.
#[allow(unreachable_patterns)] // later releases may add variants, and the first one has no others
pub fn hex_decode(_given: &Value, question: &Value) -> Answer {
    let policy = PolicySnapshot::new_unchecked(0, 0, 0, 0, 0, 0, Vec::new());
    let request = InputBuilder::new(0, 0).build();
    let bundle = AuditBundle {
        policy_digest_hex: text(question, "text")?.to_owned(),
        ..verify::audit_bundle(&policy, request, &policy.prescribe(request))
    };
    match bundle.policy_digest() {
        Ok(digest) => Ok(json!({ "bytes_hex": hex(&digest) })),
        Err(error) => Err(match error {
            DigestDecodeError::OddLength => refusal("DIGEST_HEX_LENGTH_ODD", "text", error),
            DigestDecodeError::InvalidHexCharacter { index, .. } => {
                let at = format!("text[{index}]");
                refusal("DIGEST_HEX_CHARACTER_INVALID", at, error)
            }
            DigestDecodeError::InvalidStringLength => refusal("DIGEST_HEX_LENGTH_INVALID", "text", error),
            other => untranslatable(other),
        }),
    }
}

/// The certificate of a decision.
pub fn certificate(given: &Value, question: &Value) -> Answer {
    let policy = policy(given)?;
    let (request, decision) = decided(&policy, question)?;
    written(&verify::certify_decision(&policy, request, &decision))
}

/// The digest of many decisions (docs/accumulate.md): the requests are the adapter's, the decisions the crate's.
pub fn accumulate(given: &Value, question: &Value) -> Answer {
    let policy = policy(given)?;
    let seed = bytes(text(question, "seed_hex")?)?;
    let count: u64 = number(question, "count", "")?;
    let mut total = Sha256::new();
    for k in 0..count {
        let request = crate::accumulated::request(&seed, k);
        total.update(decision_digest(&policy.prescribe(request)));
    }
    Ok(json!({ "digest_hex": hex(&total.finalize()) }))
}
