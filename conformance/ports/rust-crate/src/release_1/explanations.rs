//! What became of each model of a catalog.

use crate::policies::policy;
use crate::records::request;
use crate::values::{decimal, Answer};
use calybris_core::kernel::{CandidateExplanation, CandidateVerdict, GateKind, UtilityTerms};
use serde_json::{json, Value};

/// A row for every model.
pub fn explain(given: &Value, question: &Value) -> Answer {
    let explanation = policy(given)?.explain(request(question, "request")?);
    let rows: Vec<_> = explanation.candidates.iter().map(row).collect();
    Ok(json!({ "candidates": rows }))
}

fn row(candidate: &CandidateExplanation) -> Value {
    let none = None::<u64>;
    let (status, gate, measured, limit, cost) = match candidate.verdict {
        CandidateVerdict::Rejected { gate, measured, limit } => {
            ("rejected", Some(gate_name(gate)), Some(measured), Some(limit), none)
        }
        CandidateVerdict::OverBudget { cost_microunits, limit_microunits } => {
            ("over_budget", None, none, Some(limit_microunits), Some(cost_microunits))
        }
        CandidateVerdict::NonPositiveUtility(terms) => {
            ("non_positive_utility", None, none, none, Some(terms.cost_microunits))
        }
        CandidateVerdict::Eligible(terms) => ("eligible", None, none, none, Some(terms.cost_microunits)),
    };
    let terms: Option<UtilityTerms> = match candidate.verdict {
        CandidateVerdict::NonPositiveUtility(terms) | CandidateVerdict::Eligible(terms) => Some(terms),
        _ => None,
    };
    json!({
        "model_id": candidate.model_id.to_string(),
        "model_index": candidate.model_index.to_string(),
        "status": status,
        "gate": gate,
        "measured": decimal(measured),
        "limit": decimal(limit),
        "cost_microunits": decimal(cost),
        "quality_adjusted_microunits": decimal(terms.map(|terms| terms.quality_adjusted)),
        "risk_penalty_microunits": decimal(terms.map(|terms| terms.risk_penalty)),
        "latency_penalty_microunits": decimal(terms.map(|terms| terms.latency_penalty)),
        "utility_microunits": decimal(terms.map(|terms| terms.utility)),
    })
}

fn gate_name(gate: GateKind) -> &'static str {
    match gate {
        GateKind::Disabled => "disabled",
        GateKind::Quality => "quality",
        GateKind::Latency => "latency",
        GateKind::Capability => "capability",
        GateKind::ProviderUnrepresentable | GateKind::ProviderNotAllowed => "provider",
        GateKind::Region => "region",
        GateKind::RiskCeiling => "risk_ceiling",
    }
}
