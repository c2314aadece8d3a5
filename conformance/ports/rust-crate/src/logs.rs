//! Logs, envelopes and recovery: each answer is the crate's, asked of files; which line it means is found by asking for
//! less.

use crate::policies::{policies, policy};
use crate::records::{decided, ledger};
use crate::release::{self, VERSION_TAG};
use crate::scratch::Scratch;
use crate::values::{bytes, hex, number, parts, refusal, text, untranslatable, written, Answer, Instead};
use calybris_core::persistence::save_snapshot;
use calybris_core::proof::ProofEnvelopeBuilder;
use calybris_core::wal::WalWriter;
use serde::Serialize;
use serde_json::{json, Value};
use std::fmt::Display;
use std::path::Path;

/// What the crate says when it refuses. A plan for recovery only has the sentence of an error of the log.
pub type Said<T> = Result<T, String>;

/// An answer of the crate, or its sentence.
pub fn said<T>(answer: Result<T, impl Display>) -> Said<T> {
    answer.map_err(|error| error.to_string())
}

/// The head of a log: the last sequence and the last hash.
pub type Head = (u64, String);

/// The log of a question, in a file, and its key.
pub struct Log {
    pub folder: Scratch,
    pub bytes: Vec<u8>,
    pub key: Option<Vec<u8>>,
}

impl Log {
    /// The log of a question.
    pub fn new(question: &Value) -> Result<Self, Instead> {
        let key = question["key_hex"].as_str();
        let log = Self { folder: Scratch::new()?, bytes: parts(question, "log")?, key: key.map(bytes).transpose()? };
        log.folder.write("log", &log.bytes)?;
        Ok(log)
    }

    /// What the crate answers about the log; its refusal with the line that it is about.
    pub fn asked<T>(&self, ask: impl Fn(&Path, Option<&[u8]>) -> Said<T>) -> Result<T, Instead> {
        let file = self.folder.file("log");
        let sentence = match ask(&file, self.key.as_deref()) {
            Ok(answer) => return Ok(answer),
            Err(sentence) => sentence,
        };
        if sentence.contains("HMAC key must be at least") {
            return Err(refusal("LOG_KEY_TOO_SHORT", "key_hex", sentence));
        }
        if sentence.contains("is ahead of verified WAL head") {
            return Err(refusal("RECOVERY_LOG_BEHIND", "wal_high_watermark", sentence));
        }
        let lines: Vec<_> = self.bytes.split(|&byte| byte == b'\n').collect();
        let mut end = 0;
        for (place, line) in lines.iter().enumerate() {
            let start = end;
            end = self.bytes.len().min(end + line.len() + 1);
            self.folder.write("log", &self.bytes[..end])?;
            if ask(&file, self.key.as_deref()).err().as_ref() == Some(&sentence) {
                return Err(self.line_refusal(&sentence, place, start, end));
            }
        }
        Err(release::anchor_refusal(&sentence))
    }

    /// The refusal of a line that stands from `start` to `end`.
    fn line_refusal(&self, sentence: &str, place: usize, start: usize, end: usize) -> Instead {
        let at = format!("lines[{place}]");
        let field = |name: &str| format!("{at}.{name}");
        if let Some(expected) = between(sentence, "chain broken at sequence", "expected ", ",") {
            let before = self.verified(start);
            let behind = before.is_ok_and(|head| head.1 == expected);
            let name = if behind { "previous_hash" } else { "entry_hash" };
            return refusal("LOG_CHAIN_BROKEN", field(name), sentence);
        }
        if sentence.contains("WAL sequence continuity violation") || sentence.contains("WAL duplicate sequence") {
            return refusal("LOG_SEQUENCE_UNEXPECTED", field("sequence"), sentence);
        }
        if let Some(refused) = audit_refusal(sentence, &at) {
            return refused;
        }
        if sentence.contains("WAL entry exceeds") {
            return refusal("LOG_LINE_TOO_LONG", at, sentence);
        }
        if sentence.contains("WAL JSON error") || sentence.to_lowercase().contains("utf-8") {
            if self.verified(end).is_ok() {
                return refusal("LOG_RECORD_MALFORMED", field("data"), sentence);
            }
            return refusal("LOG_LINE_MALFORMED", at, sentence);
        }
        release::anchor_refusal(sentence)
    }

    /// The head of the log up to a place.
    fn verified(&self, end: usize) -> Said<Head> {
        let written = self.folder.write("log", &self.bytes[..end]);
        written.map_err(|_| "the file cannot be written".to_owned())?;
        release::verify_log(&self.folder.file("log"), self.key.as_deref(), None)
    }

    /// The answer to an append: what was added is read from the file.
    pub fn appended(&self, entry: Said<Head>) -> Answer {
        let (sequence, entry_hash) = entry.map_err(|sentence| append_refusal(&sentence))?;
        let added = &self.folder.read("log")?[self.bytes.len()..];
        Ok(json!({
            "sequence": sequence.to_string(),
            "entry_hash": entry_hash,
            "added_hex": hex(added),
        }))
    }
}

/// The part of a sentence behind `first` and then `opening`, up to `closing`.
pub fn between<'a>(sentence: &'a str, first: &str, opening: &str, closing: &str) -> Option<&'a str> {
    let (_, rest) = sentence.split_once(first)?;
    let (_, rest) = rest.split_once(opening)?;
    rest.split(closing).next()
}

/// What a replay refuses about a record. Where it names several differences, the first in the order of LOG-10.
fn audit_refusal(sentence: &str, at: &str) -> Option<Instead> {
    const BUNDLE: [&str; 8] = [
        "schema_version",
        "digest_algorithm",
        "proof_version",
        "created_by",
        "replay_valid",
        "policy_digest_hex",
        "input_digest_hex",
        "decision_digest_hex",
    ];
    const VERDICTS: [(&str, &str, &str); 5] = [
        ("policy not resolved", "LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex"),
        ("policy_match=false", "LOG_AUDIT_POLICY_UNKNOWN", "audit.policy_digest_hex"),
        ("input_match=false", "LOG_AUDIT_INPUT_MISMATCH", "audit.input_digest_hex"),
        ("decision_match=false", "LOG_AUDIT_DECISION_MISMATCH", "audit.decision_digest_hex"),
        ("replay_valid=false", "LOG_AUDIT_NOT_REPLAYED", "decision"),
    ];
    if let Some((_, words)) = sentence.split_once("non-canonical audit bundle: ") {
        // The value that is refused stands behind the field's name, and may hold another one.
        let named = BUNDLE.iter().filter_map(|name| Some((words.find(name)?, name)));
        let (_, name) = named.min()?;
        let at = format!("{at}.data.audit.{name}");
        return Some(refusal("LOG_AUDIT_NOT_CANONICAL", at, sentence));
    }
    let found = VERDICTS.iter().find(|(words, ..)| sentence.contains(words));
    found.map(|(_, code, field)| refusal(code, format!("{at}.data.{field}"), sentence))
}

// ---- reading

/// The head of a log.
pub fn verify(_given: &Value, question: &Value) -> Answer {
    let (log, anchor) = (Log::new(question)?, release::anchor(question)?);
    let (sequence, last_hash) = log.asked(|file, key| release::verify_log(file, key, anchor.as_ref()))?;
    Ok(json!({ "sequence": sequence.to_string(), "last_hash": last_hash }))
}

/// The verdict about every record of a log.
pub fn replay(given: &Value, question: &Value) -> Answer {
    let (log, policies) = (Log::new(question)?, policies(given)?);
    let verdicts = release::replay(&log, &policies)?;
    let verdicts = verdicts.iter().map(|verdict| {
        json!({
            "sequence": verdict.sequence.to_string(),
            "replay_valid": verdict.replay_valid,
            "policy_digest_match": verdict.policy_digest_match,
            "input_digest_match": verdict.input_digest_match,
            "decision_digest_match": verdict.decision_digest_match,
        })
    });
    Ok(json!({ "verdicts": verdicts.collect::<Vec<_>>() }))
}

/// What is left to do after a crash. A release whose versions carry a tag reads no others: it is set.
pub fn recovery_plan(_given: &Value, question: &Value) -> Answer {
    let (log, anchor) = (Log::new(question)?, release::anchor(question)?);
    let (mut snapshot, file) = (ledger(question)?, log.folder.file("snapshot"));
    snapshot.version |= VERSION_TAG;
    save_snapshot(&snapshot, &file).map_err(untranslatable)?;
    let plan = log.asked(|path, key| release::plan(&file, path, key, anchor.as_ref()))?;
    Ok(json!({
        "total_wal_entries": plan.total_wal_entries.to_string(),
        "entries_to_replay": plan.entries_to_replay.to_string(),
        "wal_high_watermark": plan.wal_high_watermark.to_string(),
    }))
}

// ---- writing

/// The JSON value of a payload: the type of the crate for payloads that it does not know.
pub fn payload(question: &Value, key: &str) -> Answer {
    parsed(text(question, key)?)
}

fn parsed(json: impl AsRef<[u8]>) -> Answer {
    let words = "the payload is no value of serde_json";
    serde_json::from_slice(json.as_ref()).map_err(|error| Instead::Fault(format!("{words}: {error}")))
}

fn append_refusal(sentence: &str) -> Instead {
    if sentence.contains("WAL audit failed") {
        return refusal("LOG_DECISION_NOT_REPLAYED", "decision", sentence);
    }
    if sentence.contains("exceeds") {
        return refusal("LOG_PAYLOAD_TOO_LARGE", "data", sentence);
    }
    untranslatable(sentence)
}

fn opened<T: Serialize>(log: &Log) -> Result<WalWriter<T>, Instead> {
    log.asked(|file, key| {
        said(match key {
            Some(key) => WalWriter::open_keyed(file, key),
            None => WalWriter::open(file),
        })
    })
}

/// One more entry with any payload.
pub fn append(_given: &Value, question: &Value) -> Answer {
    append_value(question, payload(question, "data")?)
}

/// The same for a payload that is too long to write down.
pub fn append_parts(_given: &Value, question: &Value) -> Answer {
    append_value(question, parsed(parts(question, "data")?)?)
}

fn append_value(question: &Value, data: Value) -> Answer {
    let log = Log::new(question)?;
    let mut writer = opened::<Value>(&log)?;
    let entry = said(writer.append(data));
    log.appended(entry.map(|entry| (entry.sequence, entry.entry_hash)))
}

/// One more entry with a decision and its proof.
#[cfg(feature = "v1")] // the first release writes a bundle of four fields, and so another record
pub fn append_audited(given: &Value, question: &Value) -> Answer {
    let (log, policy) = (Log::new(question)?, policy(given)?);
    let (request, decision) = decided(&policy, question)?;
    let mut writer = opened(&log)?;
    let metadata = payload(question, "metadata")?;
    let entry = if crate::values::flag(question, "verified")? {
        writer.append_verified_audited(&policy, request, decision, metadata)
    } else {
        writer.append_audited(&policy, request, decision, metadata)
    };
    log.appended(said(entry).map(|entry| (entry.sequence, entry.entry_hash)))
}

/// An envelope with what is attached to it.
pub fn seal(given: &Value, question: &Value) -> Answer {
    let policy = policy(given)?;
    let (request, decision) = decided(&policy, question)?;
    let mut builder = ProofEnvelopeBuilder::new(&policy, request, &decision);
    let (wal, budget) = (&question["wal"], &question["budget"]);
    if !wal.is_null() {
        let hash = text(wal, "entry_hash")?.to_owned();
        builder = builder.wal(number(wal, "sequence", "wal.")?, hash);
    }
    if !budget.is_null() {
        let digest = text(budget, "ledger_digest_hex")?.to_owned();
        builder = builder.budget(number(budget, "version", "budget.")?, digest);
    }
    let envelope = builder.build();
    let is_complete = envelope.is_complete();
    Ok(json!({ "envelope": written(&envelope)?, "is_complete": is_complete }))
}
