//! Puts the crate `calybris-core` behind the protocol CAP/1, so that it can be judged.
//!
//! It claims what the release exposes and nothing else (README.md): every decision, digest, check and refusal is the
//! crate's; the adapter reads and writes JSON, and translates the crate's errors into codes and paths.

mod accumulated;
mod asynchronous;
mod builders;
mod core;
mod ledgers;
mod logs;
mod outcomes;
mod policies;
mod records;
#[cfg_attr(feature = "v0_4", path = "release_0_4.rs")]
#[cfg_attr(feature = "v1", path = "release_1/mod.rs")]
mod release;
mod rows;
mod scratch;
mod values;

use serde_json::{json, Value};
use std::env;
use std::io::{self, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use values::{Answer, Instead};

/// An operation: from `given` and `input` to the answer.
pub type Operation = fn(&Value, &Value) -> Answer;

/// The operations that every release has.
const OPERATIONS: &[(&str, Operation)] = &[
    ("accumulate", core::accumulate),
    ("budget.script", ledgers::script),
    ("config.validate", builders::validate_config),
    ("decide", core::decide),
    ("decide.rows", rows::decide),
    ("digest.decision", core::digest_decision),
    ("digest.input", core::digest_input),
    ("digest.ledger", ledgers::digest_ledger),
    ("digest.policy", core::digest_policy),
    ("echo", core::echo),
    ("finance.certify", ledgers::certify),
    ("hex.decode", core::hex_decode),
    ("input.build", builders::build_input),
    ("integer", core::read_integer),
    ("ledger.conservation", ledgers::conservation),
    ("ledger.restore", ledgers::restore),
    ("model.build", builders::build_model),
    ("policy.build", builders::build_policy),
    ("policy.validate", core::validate_policy),
    ("proof.seal", logs::seal),
    ("recovery.plan", logs::recovery_plan),
    ("snapshot.load", ledgers::load),
    ("snapshot.save", ledgers::save),
    ("trace", core::trace),
    ("utility", core::utility),
    ("verify.certificate", core::certificate),
    ("wal.append", logs::append),
    ("wal.append_parts", logs::append_parts),
    ("wal.replay", logs::replay),
    ("wal.verify", logs::verify),
];

/// The extra features that every release has.
const EXTRA: &[&str] = &[
    "accumulate.million",
    "budget.query",
    "catalog.series",
    "constructor.try_new",
    "constructor.unchecked",
    "input.unchecked",
    "widths.named",
];

/// An adapter: the operations that it has, those that take the place of others first.
struct Adapter(Vec<(&'static str, Operation)>);

impl Adapter {
    fn new(asynchronous: bool) -> Self {
        let first = if asynchronous { asynchronous::OPERATIONS } else { &[] };
        Self([first, OPERATIONS, release::OPERATIONS].concat())
    }

    fn ready(&self) -> Value {
        let operations = self.0.iter().map(|(name, _)| *name);
        let mut features: Vec<_> = operations.collect();
        features.extend(EXTRA.iter().chain(release::EXTRA));
        features.sort_unstable();
        features.dedup();
        json!({
            "type": "ready",
            "protocol": 1,
            "spec": "1.0",
            "features": features,
            "max_in_flight": 64,
            "implementation": {
                "name": "rust-crate",
                "version": env!("CARGO_PKG_VERSION"),
                "language": "rust",
                "source": "https://crates.io/crates/calybris-core",
            },
        })
    }

    fn asked(&self, message: &Value) -> Answer {
        let name = message["op"].as_str().unwrap_or_default();
        match self.0.iter().find(|(known, _)| *known == name) {
            Some((_, ask)) => ask(&message["given"], &message["input"]),
            None => Err(Instead::Unsupported(name.to_owned())),
        }
    }

    /// One answer. A panic of the crate is a fault, and the next question is still answered.
    fn answer(&self, message: &Value) -> Value {
        let panicked = |_| Err(Instead::Fault("a panic, see standard error".to_owned()));
        let asked = AssertUnwindSafe(|| self.asked(message));
        let mut reply = json!({ "type": "result", "seq": message["seq"] });
        match catch_unwind(asked).unwrap_or_else(panicked) {
            Ok(answer) => reply["ok"] = answer,
            Err(Instead::Refusal { code, at, detail }) => {
                reply["error"] = json!({ "code": code, "at": at, "detail": detail });
            }
            Err(Instead::Fault(detail)) => reply["fault"] = json!({ "detail": detail }),
            Err(Instead::Unsupported(feature)) => {
                reply["unsupported"] = json!({ "feature": feature });
            }
        }
        reply
    }
}

fn main() -> io::Result<()> {
    scratch::lock_beside();
    let adapter = Adapter::new(env::args().any(|argument| argument == "--async"));
    let (mut questions, mut answers) = (io::stdin().lock(), io::stdout().lock());
    let mut line = Vec::new();
    while questions.read_until(b'\n', &mut line)? > 0 {
        let message: Value = serde_json::from_slice(&line)?;
        let reply = match message["type"].as_str() {
            Some("bye") => break,
            Some("hello") => adapter.ready(),
            _ => adapter.answer(&message),
        };
        serde_json::to_writer(&mut answers, &reply)?;
        answers.write_all(b"\n")?;
        answers.flush()?;
        line.clear();
    }
    Ok(())
}
