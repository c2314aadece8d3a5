//! Frames (`decide.rows`): many requests in one question, each a row of 13 decimals. Every decision is the crate's.

use crate::policies::policy;
use crate::values::{damaged, integer, list, refusal, Answer, Instead};
use calybris_core::kernel::{KernelDecision, KernelInput, PolicySnapshot};
use serde_json::{json, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::str::FromStr;

const MOST_ROWS: usize = 4_096;

thread_local! {
    /// The policy of the frame before, and how it stood there: a campaign asks thousands of frames about one.
    static LAST: RefCell<Option<(Value, Rc<PolicySnapshot>)>> = const { RefCell::new(None) };
}

/// What was refused is not kept.
fn kept_policy(given: &Value) -> Result<Rc<PolicySnapshot>, Instead> {
    LAST.with_borrow_mut(|last| {
        if let Some((asked, kept)) = last {
            if *asked == given["policy"] {
                return Ok(Rc::clone(kept));
            }
        }
        let built = Rc::new(policy(given)?);
        *last = Some((given["policy"].clone(), Rc::clone(&built)));
        Ok(built)
    })
}

/// The decisions about the rows of a frame. Every row is read before the first is decided.
pub fn decide(given: &Value, question: &Value) -> Answer {
    let policy = kept_policy(given)?;
    let rows = list(question, "rows")?;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        return Err(refusal("INTEGER_OUT_OF_RANGE", "rows", format!("{} rows", rows.len())));
    }
    let read = |(place, row): (usize, &Value)| request(row.as_str().ok_or_else(|| damaged("rows"))?, place);
    let requests = rows.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    let decided = policy.prescribe_batch(&requests);
    Ok(json!({ "rows": decided.iter().map(written).collect::<Vec<_>>() }))
}

/// What is left of a row. It is cut at its first twelve spaces: what is too much belongs to the last field, and a field
/// that is missing is empty.
struct Pieces<'a> {
    rest: &'a str,
    place: usize,
}

impl<'a> Pieces<'a> {
    fn next<T: FromStr>(&mut self, field: &str) -> Result<T, Instead> {
        let (piece, rest) = self.rest.split_once(' ').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.read(piece, field)
    }

    fn last<T: FromStr>(&self, field: &str) -> Result<T, Instead> {
        self.read(self.rest, field)
    }

    /// The path is made only for a refusal.
    fn read<T: FromStr>(&self, piece: &'a str, field: &str) -> Result<T, Instead> {
        integer(piece, field).map_err(|instead| match instead {
            Instead::Refusal { code, at, detail } => {
                Instead::Refusal { code, at: format!("rows[{}].{at}", self.place), detail }
            }
            other => other,
        })
    }
}

fn request(row: &str, place: usize) -> Result<KernelInput, Instead> {
    let mut pieces = Pieces { rest: row, place };
    Ok(KernelInput {
        request_sequence: pieces.next("request_sequence")?,
        requested_model_id: pieces.next("requested_model_id")?,
        input_tokens: pieces.next("input_tokens")?,
        output_tokens: pieces.next("output_tokens")?,
        business_value_microunits: pieces.next("business_value_microunits")?,
        budget_limit_microunits: pieces.next("budget_limit_microunits")?,
        risk_bps: pieces.next("risk_bps")?,
        confidence_bps: pieces.next("confidence_bps")?,
        minimum_quality_bps: pieces.next("minimum_quality_bps")?,
        max_p95_latency_ms: pieces.next("max_p95_latency_ms")?,
        required_capabilities: pieces.next("required_capabilities")?,
        allowed_provider_mask: pieces.next("allowed_provider_mask")?,
        required_region_mask: pieces.last("required_region_mask")?,
    })
}

/// A decision as a row: action and reason are their codes.
fn written(decision: &KernelDecision) -> String {
    let (action, reason) = (decision.action as u8, decision.reason as u16);
    format!(
        "{} {action} {reason} {} {} {} {} {} {} {} {} {} {}",
        decision.request_sequence,
        decision.selected_model_id,
        decision.selected_model_index,
        decision.estimated_cost_microunits,
        decision.expected_utility_microunits,
        decision.counterfactual_model_id,
        decision.counterfactual_utility_microunits,
        decision.evaluated_models,
        decision.eligible_models,
        decision.policy_epoch,
        decision.catalog_epoch,
    )
}
