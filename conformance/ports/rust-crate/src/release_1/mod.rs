//! What the releases 1.x have beyond the first one.

use crate::logs::{between, said, Head, Log, Said};
use crate::policies::{constructed, digest_hex, policy_refusal};
use crate::records::request;
use crate::values::{flag, number, refusal, text, untranslatable, Answer, Instead};
use crate::{logs, Operation};
use calybris_core::async_wal;
use calybris_core::builder::InputBuilder;
use calybris_core::kernel::{InputError, KernelInput, KernelModel, PolicySnapshot, TrustPolicyError};
use calybris_core::persistence::{self, RecoveryPlan};
use calybris_core::wal::{self, WalAnchor, WalReplayVerdict};
use serde::de::IgnoredAny;
use serde_json::{json, Value};
use std::path::Path;

mod explanations;
mod verification;

/// The operations that only these releases have, or answer in their own way.
pub const OPERATIONS: &[(&str, Operation)] = &[
    ("explain", explanations::explain),
    ("input.validate", validate_input),
    ("proof.validate", verification::validate_envelope),
    ("verify.bundle", verification::bundle),
    ("verify.canonical", verification::canonical),
    ("verify.decision", verification::decision_verified),
    ("verify.digest", verification::digest_verified),
    ("wal.append_audited", logs::append_audited),
];

/// The extra features that these releases have.
pub const EXTRA: &[&str] = &["append.unverified", "constructor.try_new_trusted", "replay.policies"];

/// The bit that marks the version of a snapshot that may be restored.
pub const VERSION_TAG: u64 = 1 << 63;

// ---- policies and requests

/// A policy by the constructor that validates and sorts.
pub fn trusted(value: &Value, models: Vec<KernelModel>) -> Result<PolicySnapshot, Instead> {
    constructed(PolicySnapshot::try_new_trusted, value, models.clone())?.map_err(|error| trust_refusal(&error, &models))
}

/// The places of a builder's models in the order in which they are checked: by id.
pub fn visited(given: &[KernelModel]) -> Vec<usize> {
    let mut places: Vec<_> = (0..given.len()).collect();
    places.sort_by_key(|&place| given[place].model_id);
    places
}

fn trust_refusal(error: &TrustPolicyError, given: &[KernelModel]) -> Instead {
    let first = |code, field: &str, is_it: &dyn Fn(&KernelModel) -> bool| match given.iter().position(is_it) {
        Some(place) => refusal(code, format!("models[{place}].{field}"), error),
        None => untranslatable(error),
    };
    match error {
        TrustPolicyError::Policy(error) => policy_refusal(error, given, &visited(given)),
        TrustPolicyError::CatalogTooLarge { .. } => refusal("POLICY_CATALOG_TOO_LARGE", "models", error),
        TrustPolicyError::ReservedModelId => {
            first("POLICY_MODEL_ID_RESERVED", "model_id", &|model| model.model_id == 0)
        }
        TrustPolicyError::InvalidEnabledFlag { model_id, value } => {
            first("POLICY_ENABLED_OUT_OF_RANGE", "enabled", &|model| {
                model.model_id == *model_id && model.enabled == *value
            })
        }
        other => untranslatable(other),
    }
}

fn input_refusal(error: &InputError) -> Instead {
    match error {
        InputError::OutOfRangeBps { field, .. } => refusal("INPUT_BPS_OUT_OF_RANGE", *field, error),
        other => untranslatable(other),
    }
}

fn validate_input(_given: &Value, question: &Value) -> Answer {
    let checked = request(question, "request")?.validate();
    checked.map_err(|error| input_refusal(&error))?;
    Ok(json!({}))
}

/// The request of a builder, checked.
pub fn built(builder: InputBuilder) -> Result<KernelInput, Instead> {
    builder.try_build().map_err(|error| input_refusal(&error))
}

// ---- logs

/// The anchor of a question.
pub fn anchor(question: &Value) -> Result<Option<WalAnchor>, Instead> {
    let holder = &question["anchor"];
    if holder.is_null() {
        return Ok(None);
    }
    Ok(Some(WalAnchor {
        schema_version: text(holder, "schema_version")?.to_owned(),
        sequence: number(holder, "sequence", "anchor.")?,
        last_hash: text(holder, "last_hash")?.to_owned(),
        keyed: flag(holder, "keyed")?,
    }))
}

/// The refusal of an anchor.
pub fn anchor_refusal(sentence: &str) -> Instead {
    if sentence.contains("unknown WAL anchor schema") {
        return refusal("LOG_ANCHOR_SCHEMA_UNKNOWN", "anchor.schema_version", sentence);
    }
    let code = "LOG_ANCHOR_MISMATCH";
    if sentence.contains("WAL anchor keyed mode") {
        return refusal(code, "anchor.keyed", sentence);
    }
    let head = |word| between(sentence, "WAL anchor mismatch", word, " ");
    match (head("expected sequence "), head("found sequence ")) {
        (Some(expected), Some(found)) if expected == found => refusal(code, "anchor.last_hash", sentence),
        (Some(_), Some(_)) => refusal(code, "anchor.sequence", sentence),
        _ => untranslatable(sentence),
    }
}

/// The head of a log, compared with an anchor when there is one.
pub fn verify_log(file: &Path, key: Option<&[u8]>, anchor: Option<&WalAnchor>) -> Said<Head> {
    let head = match (key, anchor) {
        (None, None) => wal::verify_wal(file),
        (Some(key), None) => wal::verify_wal_keyed(file, key),
        (None, Some(anchor)) => wal::verify_wal_against_anchor(file, anchor),
        (Some(key), Some(anchor)) => wal::verify_wal_keyed_against_anchor(file, key, anchor),
    };
    said(head)
}

/// The same by the asynchronous functions.
pub async fn verify_log_async(file: &Path, key: Option<&[u8]>, anchor: Option<&WalAnchor>) -> Said<Head> {
    let head = match (key, anchor) {
        (None, None) => async_wal::verify_async_wal(file).await,
        (Some(key), None) => async_wal::verify_async_wal_keyed(file, key).await,
        (None, Some(anchor)) => async_wal::verify_async_wal_against_anchor(file, anchor).await,
        (Some(key), Some(anchor)) => async_wal::verify_async_wal_keyed_against_anchor(file, key, anchor).await,
    };
    said(head)
}

/// The verdicts about a log's records: under one policy, or each under the one of several that its bundle names.
/// Metadata is not looked at.
pub fn replay(log: &Log, policies: &[PolicySnapshot]) -> Result<Vec<WalReplayVerdict>, Instead> {
    let resolver = |policy_epoch: u64, catalog_epoch: u64, digest: &str| {
        let named = |policy: &&PolicySnapshot| {
            policy.policy_epoch == policy_epoch && policy.catalog_epoch == catalog_epoch && digest_hex(policy) == digest
        };
        policies.iter().find(named).cloned()
    };
    log.asked(|file, key| {
        let verdicts = match policies {
            [policy] => wal::replay_audited_wal_keyed::<IgnoredAny>(file, policy, key),
            _ => wal::replay_audited_wal_with_resolver::<IgnoredAny, _>(file, &resolver, key),
        };
        said(verdicts)
    })
}

/// The plan for a snapshot and a log.
pub fn plan(snapshot: &Path, log: &Path, key: Option<&[u8]>, anchor: Option<&WalAnchor>) -> Said<RecoveryPlan> {
    let plan = match (key, anchor) {
        (None, None) => persistence::recovery_plan(snapshot, log),
        (Some(key), None) => persistence::recovery_plan_keyed(snapshot, log, key),
        (None, Some(anchor)) => persistence::recovery_plan_against_anchor(snapshot, log, anchor),
        (Some(key), Some(anchor)) => persistence::recovery_plan_keyed_against_anchor(snapshot, log, key, anchor),
    };
    said(plan)
}
