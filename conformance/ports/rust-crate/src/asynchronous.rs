//! The crate's asynchronous log, asked in the place of the other one when the adapter is started with `--async`.

use crate::logs::{payload, said, Log};
use crate::release;
use crate::values::{Answer, Instead};
use crate::Operation;
use calybris_core::async_wal::AsyncWalWriter;
use serde::Serialize;
use serde_json::{json, Value};
use std::future::Future;
use tokio::runtime::Builder;

/// The operations that the asynchronous log has.
pub const OPERATIONS: &[(&str, Operation)] = &[
    ("wal.append", append),
    #[cfg(feature = "v1")]
    ("wal.append_audited", append_audited),
    ("wal.verify", verify),
];

fn waited<T>(answer: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("a runtime of one thread").block_on(answer)
}

fn verify(_given: &Value, question: &Value) -> Answer {
    let (log, anchor) = (Log::new(question)?, release::anchor(question)?);
    let (sequence, last_hash) = log.asked(|file, key| waited(release::verify_log_async(file, key, anchor.as_ref())))?;
    Ok(json!({ "sequence": sequence.to_string(), "last_hash": last_hash }))
}

fn opened<T: Serialize>(log: &Log) -> Result<AsyncWalWriter<T>, Instead> {
    log.asked(|file, key| {
        said(match key {
            Some(key) => waited(AsyncWalWriter::open_keyed(file, key)),
            None => waited(AsyncWalWriter::open(file)),
        })
    })
}

fn append(_given: &Value, question: &Value) -> Answer {
    let log = Log::new(question)?;
    let mut writer = opened::<Value>(&log)?;
    let data = payload(question, "data")?;
    log.appended(waited(async {
        let entry = said(writer.append(data).await)?;
        said(writer.flush_and_sync().await)?;
        Ok((entry.sequence, entry.entry_hash))
    }))
}

#[cfg(feature = "v1")] // the first release writes a bundle of four fields, and so another record
fn append_audited(given: &Value, question: &Value) -> Answer {
    let (log, policy) = (Log::new(question)?, crate::policies::policy(given)?);
    let (request, decision) = crate::records::decided(&policy, question)?;
    let mut writer = opened(&log)?;
    let metadata = payload(question, "metadata")?;
    let verified = crate::values::flag(question, "verified")?;
    log.appended(waited(async {
        let entry = said(if verified {
            let entry = writer.append_verified_audited(&policy, request, decision, metadata);
            entry.await
        } else {
            writer.append_audited(&policy, request, decision, metadata).await
        })?;
        said(writer.flush_and_sync().await)?;
        Ok((entry.sequence, entry.entry_hash))
    }))
}
