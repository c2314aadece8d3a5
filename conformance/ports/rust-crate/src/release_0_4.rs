//! What release 0.4 has of its own, and what it lacks.

use crate::logs::{said, Head, Log, Said};
use crate::records::{decision, request, written_decision};
use crate::values::{untranslatable, Answer, Instead};
use crate::Operation;
use calybris_core::async_wal::{verify_async_wal, verify_async_wal_keyed};
use calybris_core::builder::InputBuilder;
use calybris_core::kernel::{KernelInput, KernelModel, PolicySnapshot};
use calybris_core::persistence::{recovery_plan, recovery_plan_keyed, RecoveryPlan};
use calybris_core::verify::{verify_decision, VerifyResult};
use calybris_core::wal::{replay_audited_wal_keyed, verify_wal, verify_wal_keyed, WalReplayVerdict};
use serde::de::IgnoredAny;
use serde_json::{json, Value};
use std::path::Path;

/// The operations that this release answers in its own way.
pub const OPERATIONS: &[(&str, Operation)] = &[("verify.decision", verify)];

/// The extra features that this release has.
pub const EXTRA: &[&str] = &["budget.snapshot"];

/// The bit that marks the version of a snapshot: there is none.
pub const VERSION_TAG: u64 = 0;

/// There is no such constructor.
pub fn trusted(_value: &Value, _models: Vec<KernelModel>) -> Result<PolicySnapshot, Instead> {
    Err(Instead::Unsupported("constructor.try_new_trusted".to_owned()))
}

/// The places of a builder's models in the order in which they are checked.
pub fn visited(given: &[KernelModel]) -> Vec<usize> {
    (0..given.len()).collect()
}

/// The request of a builder, which checks nothing.
pub fn built(builder: InputBuilder) -> Result<KernelInput, Instead> {
    Ok(builder.build())
}

/// A decision replayed. Digests are compared first, so that another decision is a digest mismatch.
fn verify(given: &Value, question: &Value) -> Answer {
    let policy = crate::policies::policy(given)?;
    let claimed = decision(question)?;
    let (status, expected) = match verify_decision(&policy, request(question, "request")?, &claimed) {
        VerifyResult::Valid => ("valid", Some(claimed)),
        VerifyResult::Mismatch { expected, .. } => ("mismatch", Some(expected)),
        VerifyResult::DigestMismatch { .. } => ("digest_mismatch", None),
    };
    let expected = expected.as_ref().map(written_decision).transpose()?;
    Ok(json!({ "status": status, "expected": expected }))
}

/// There are no anchors: a question with one cannot be asked.
pub enum Anchor {}

/// The anchor of a question, which there must not be.
pub fn anchor(question: &Value) -> Result<Option<Anchor>, Instead> {
    if question["anchor"].is_null() {
        return Ok(None);
    }
    Err(Instead::Fault("this release has no anchors".to_owned()))
}

/// A sentence that is about no line and no anchor.
pub fn anchor_refusal(sentence: &str) -> Instead {
    untranslatable(sentence)
}

/// The head of a log.
pub fn verify_log(file: &Path, key: Option<&[u8]>, _anchor: Option<&Anchor>) -> Said<Head> {
    let head = match key {
        Some(key) => verify_wal_keyed(file, key),
        None => verify_wal(file),
    };
    said(head)
}

/// The same by the asynchronous functions.
pub async fn verify_log_async(file: &Path, key: Option<&[u8]>, _anchor: Option<&Anchor>) -> Said<Head> {
    let head = match key {
        Some(key) => verify_async_wal_keyed(file, key).await,
        None => verify_async_wal(file).await,
    };
    said(head)
}

/// The verdicts about a log's records, under one policy. Metadata is not looked at.
pub fn replay(log: &Log, policies: &[PolicySnapshot]) -> Result<Vec<WalReplayVerdict>, Instead> {
    let [policy] = policies else {
        return Err(Instead::Unsupported("replay.policies".to_owned()));
    };
    log.asked(|file, key| said(replay_audited_wal_keyed::<IgnoredAny>(file, policy, key)))
}

/// The plan for a snapshot and a log.
pub fn plan(snapshot: &Path, log: &Path, key: Option<&[u8]>, _anchor: Option<&Anchor>) -> Said<RecoveryPlan> {
    let plan = match key {
        Some(key) => recovery_plan_keyed(snapshot, log, key),
        None => recovery_plan(snapshot, log),
    };
    said(plan)
}
