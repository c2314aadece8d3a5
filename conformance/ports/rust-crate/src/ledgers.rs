//! Ledgers: each operation is the engine's, and a label of a script stands for an id that the engine gave.

use crate::outcomes::{reserved, settled, topped_up};
use crate::records::ledger;
use crate::release::VERSION_TAG;
use crate::scratch::Scratch;
use crate::values::{
    damaged, decimal, flag, hex, list, number, parts, refusal, text, untranslatable, written, Answer, Instead,
};
use calybris_core::budget::{
    conservation_status_for_snapshot, BudgetEngine, BudgetSnapshot, ConservationStatus, RestoreError,
};
use calybris_core::finance;
use calybris_core::persistence::{load_snapshot, save_snapshot, PersistenceError};
use serde_json::{json, Value};
use std::collections::{BTreeSet, HashMap};

/// The id that stands for a label under which nothing was reserved.
const NEVER_ISSUED: u64 = u64::MAX;

/// The digest of a ledger.
pub fn digest_ledger(_given: &Value, question: &Value) -> Answer {
    Ok(json!({ "digest_hex": hex(&finance::ledger_digest(&ledger(question)?)) }))
}

/// Whether the money of a ledger is all there.
pub fn conservation(_given: &Value, question: &Value) -> Answer {
    let (status, tenant_id, delta) = match conservation_status_for_snapshot(&ledger(question)?) {
        ConservationStatus::Balanced => ("balanced", None, None),
        ConservationStatus::AggregateOverflow => ("aggregate_overflow", None, None),
        ConservationStatus::Violation { tenant_id, delta_microcents } => {
            ("violation", Some(tenant_id), Some(delta_microcents))
        }
    };
    Ok(json!({ "status": status, "tenant_id": tenant_id, "delta_microcents": decimal(delta) }))
}

/// The certificate of a ledger.
pub fn certify(_given: &Value, question: &Value) -> Answer {
    written(&finance::certify_snapshot(
        &ledger(question)?,
        flag(question, "conservation_balanced")?,
        number(question, "committed_since_last_certificate", "")?,
    ))
}

/// The file of a ledger.
pub fn save(_given: &Value, question: &Value) -> Answer {
    let folder = Scratch::new()?;
    save_snapshot(&ledger(question)?, &folder.file("snapshot")).map_err(untranslatable)?;
    Ok(json!({ "file_hex": hex(&folder.read("snapshot")?) }))
}

/// The ledger in a file.
pub fn load(_given: &Value, question: &Value) -> Answer {
    let folder = Scratch::new()?;
    folder.write("snapshot", &parts(question, "file")?)?;
    match load_snapshot(&folder.file("snapshot")) {
        Ok(snapshot) => Ok(json!({ "snapshot": written(&snapshot)? })),
        Err(error @ PersistenceError::Json(_)) => Err(refusal("SNAPSHOT_MALFORMED", "file", error)),
        Err(PersistenceError::Io(error)) if error.to_string().contains("UTF-8") => {
            Err(refusal("SNAPSHOT_MALFORMED", "file", error))
        }
        Err(PersistenceError::Io(error)) if error.to_string().contains("exceeds") => {
            Err(refusal("SNAPSHOT_TOO_LARGE", "file", error))
        }
        Err(error) => Err(untranslatable(error)),
    }
}

/// The next snapshot of a new engine that was restored from one.
///
/// A release whose versions carry a tag restores no others: it is set where it is missing, and then taken out again.
pub fn restore(_given: &Value, question: &Value) -> Answer {
    let (engine, mut asked) = (BudgetEngine::new(), ledger(question)?);
    let tagged = asked.version | VERSION_TAG;
    let put_in = tagged ^ asked.version;
    asked.version = tagged;
    restored(&engine, asked)?;
    let mut taken = engine.snapshot();
    taken.version &= !put_in;
    Ok(json!({ "snapshot": written(&taken)? }))
}

fn restored(engine: &BudgetEngine, snapshot: BudgetSnapshot) -> Result<(), Instead> {
    let tenants = snapshot.tenants.iter();
    let names: Vec<_> = tenants.map(|tenant| tenant.tenant_id.clone()).collect();
    engine.restore_from_snapshot(snapshot).map_err(|error| restore_refusal(&error, &names))
}

#[allow(unreachable_patterns)] // later releases may add variants, and the first one has no others
fn restore_refusal(error: &RestoreError, names: &[String]) -> Instead {
    let refused = |code, name: &str, which: usize, field: &str| {
        let mut places = (0..names.len()).filter(|&place| names[place] == name);
        match places.nth(which) {
            Some(place) => refusal(code, format!("tenants[{place}]{field}"), error),
            None => untranslatable(error),
        }
    };
    match error {
        RestoreError::ActiveReservations { .. } => refusal("RESTORE_RESERVATIONS_ACTIVE", "active_reservations", error),
        RestoreError::DuplicateTenant { tenant_id } => refused("RESTORE_TENANT_DUPLICATE", tenant_id, 1, ".tenant_id"),
        RestoreError::GhostReservation { tenant_id, .. } => {
            let code = "RESTORE_RESERVED_WITHOUT_HOLD";
            refused(code, tenant_id, 0, ".reserved_microcents")
        }
        RestoreError::NegativeLedgerField { tenant_id, field, .. } => {
            refused("RESTORE_FIELD_NEGATIVE", tenant_id, 0, &format!(".{field}"))
        }
        RestoreError::ConservationViolation { status: ConservationStatus::Violation { tenant_id, .. } } => {
            refused("RESTORE_UNBALANCED", tenant_id, 0, "")
        }
        other => untranslatable(other),
    }
}

// ---- scripts

/// A new engine, the ids behind the labels of a script, and the tenants whose state it shows.
#[derive(Default)]
struct Script {
    engine: BudgetEngine,
    labels: HashMap<String, Option<u64>>,
    named: BTreeSet<String>,
}

/// The answers to the steps of a script.
pub fn script(_given: &Value, question: &Value) -> Answer {
    let mut script = Script::default();
    let steps = list(question, "steps")?.iter();
    let answers: Vec<_> = steps.map(|one| script.answer(one)).collect::<Result<_, _>>()?;
    Ok(json!({ "steps": answers }))
}

impl Script {
    fn answer(&mut self, step: &Value) -> Answer {
        let restored = step["snapshot"]["tenants"].as_array().into_iter().flatten();
        for holder in restored.chain([step]) {
            self.named.extend(holder["tenant_id"].as_str().map(str::to_owned));
        }
        let mut answer = match self.step(step) {
            Ok(answer) => json!({ "ok": answer }),
            Err(Instead::Refusal { code, at, .. }) => {
                json!({ "error": { "code": code, "at": at } })
            }
            Err(other) => return Err(other),
        };
        answer["state"] = self.state();
        Ok(answer)
    }

    fn step(&mut self, step: &Value) -> Answer {
        let engine = &self.engine;
        let tenant = || text(step, "tenant_id");
        match text(step, "op")? {
            "ensure_tenant" => {
                engine.ensure_tenant(tenant()?, number(step, "budget_microcents", "")?);
                Ok(json!({}))
            }
            "set_max_reserved" => {
                let cap = number(step, "max_reserved_microcents", "")?;
                engine.set_max_reserved_microcents(tenant()?, cap);
                Ok(json!({}))
            }
            "top_up_tenant" => {
                let amount = number(step, "amount_microcents", "")?;
                Ok(topped_up(&engine.top_up_tenant(tenant()?, amount)))
            }
            "try_reserve" => {
                let cost = number(step, "cost_microcents", "")?;
                let (outcome, id) = engine.try_reserve(tenant()?, cost);
                self.labels.insert(text(step, "label")?.to_owned(), id);
                Ok(reserved(&outcome))
            }
            "commit" => {
                let actual = number(step, "actual_microcents", "")?;
                Ok(settled(&engine.commit(self.id(step)?, actual)))
            }
            "release" => Ok(settled(&engine.release(self.id(step)?))),
            "query" => Ok(query(engine, tenant()?)),
            "snapshot" => Ok(json!({ "snapshot": written(&engine.snapshot())? })),
            "restore" => restored(engine, ledger(step)?).map(|()| json!({})),
            "prove" => match finance::prove_conservation(engine) {
                Ok(proof) => written(&proof),
                // In an engine every tenant is in balance: only the sums over all of them may be too large.
                Err(error @ ConservationStatus::AggregateOverflow) => {
                    Err(refusal("FINANCE_TOTALS_OVERFLOW", "tenants", error))
                }
                Err(error) => Err(untranslatable(error)),
            },
            "certify" => written(&finance::certify_ledger(engine)),
            other => Err(damaged(other)),
        }
    }

    fn id(&self, step: &Value) -> Result<u64, Instead> {
        let id = self.labels.get(text(step, "label")?).copied().flatten();
        Ok(id.unwrap_or(NEVER_ISSUED))
    }

    fn state(&self) -> Value {
        let engine = &self.engine;
        let tenants = self.named.iter().filter_map(|name| {
            let initial = engine.initial_microcents(name)?;
            Some(json!({
                "tenant_id": name,
                "initial_microcents": initial.to_string(),
                "remaining_microcents": decimal(engine.remaining_microcents(name)),
                "reserved_microcents": engine.reserved_microcents(name).to_string(),
                "committed_microcents": decimal(engine.committed_microcents(name)),
            }))
        });
        json!({
            "tenants": tenants.collect::<Vec<_>>(),
            "active_reservations": engine.active_reservations().to_string(),
        })
    }
}

fn query(engine: &BudgetEngine, tenant: &str) -> Value {
    json!({
        "initial_microcents": decimal(engine.initial_microcents(tenant)),
        "remaining_microcents": decimal(engine.remaining_microcents(tenant)),
        "reserved_microcents": engine.reserved_microcents(tenant).to_string(),
        "committed_microcents": decimal(engine.committed_microcents(tenant)),
        "tenant_count": engine.tenant_count().to_string(),
        "active_reservations": engine.active_reservations().to_string(),
        "total_committed_microcents": engine.total_committed_microcents().to_string(),
        "total_committed_checked_microcents": decimal(engine.try_total_committed_microcents().ok()),
        "committed_since_last_certificate": engine.committed_since_last_certificate().to_string(),
        "snapshot_version": engine.snapshot_version().to_string(),
    })
}
