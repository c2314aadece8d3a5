//! The records of docs/operations.md as the crate's own types: every field is read in the width that it has there.

use crate::values::{damaged, list, number, number_or_null, text, written, Answer, Instead};
use calybris_core::budget::{BudgetSnapshot, TenantLedger};
use calybris_core::kernel::{KernelAction, KernelDecision, KernelInput, KernelModel, KernelReason, PolicySnapshot};
use serde_json::Value;
use std::fmt::Display;

const ACTIONS: [KernelAction; 3] = [KernelAction::ExecuteRequested, KernelAction::Substitute, KernelAction::Reject];

const REASONS: [KernelReason; 13] = [
    KernelReason::RequestedModelMaximizesUtility,
    KernelReason::AlternativeMaximizesUtility,
    KernelReason::RiskHardLimit,
    KernelReason::ConfidenceHardLimit,
    KernelReason::NoEnabledModel,
    KernelReason::QualityConstraint,
    KernelReason::LatencyConstraint,
    KernelReason::CapabilityConstraint,
    KernelReason::ProviderConstraint,
    KernelReason::RegionConstraint,
    KernelReason::BudgetConstraint,
    KernelReason::NonPositiveUtility,
    KernelReason::RiskCeilingConstraint,
];

/// A model of a catalog; `at` is the path in front of its fields.
pub fn model(holder: &Value, at: &str) -> Result<KernelModel, Instead> {
    Ok(KernelModel {
        model_id: number(holder, "model_id", at)?,
        provider_id: number(holder, "provider_id", at)?,
        quality_bps: number(holder, "quality_bps", at)?,
        risk_ceiling_bps: number(holder, "risk_ceiling_bps", at)?,
        enabled: number(holder, "enabled", at)?,
        p95_latency_ms: number(holder, "p95_latency_ms", at)?,
        capabilities: number(holder, "capabilities", at)?,
        region_mask: number(holder, "region_mask", at)?,
        input_cost_microunits_per_million_tokens: number(holder, "input_cost_microunits_per_million_tokens", at)?,
        output_cost_microunits_per_million_tokens: number(holder, "output_cost_microunits_per_million_tokens", at)?,
    })
}

/// The request under a key.
pub fn request(question: &Value, key: &str) -> Result<KernelInput, Instead> {
    let holder = &question[key];
    Ok(KernelInput {
        request_sequence: number(holder, "request_sequence", "")?,
        requested_model_id: number(holder, "requested_model_id", "")?,
        input_tokens: number(holder, "input_tokens", "")?,
        output_tokens: number(holder, "output_tokens", "")?,
        business_value_microunits: number(holder, "business_value_microunits", "")?,
        budget_limit_microunits: number(holder, "budget_limit_microunits", "")?,
        risk_bps: number(holder, "risk_bps", "")?,
        confidence_bps: number(holder, "confidence_bps", "")?,
        minimum_quality_bps: number(holder, "minimum_quality_bps", "")?,
        max_p95_latency_ms: number(holder, "max_p95_latency_ms", "")?,
        required_capabilities: number(holder, "required_capabilities", "")?,
        allowed_provider_mask: number(holder, "allowed_provider_mask", "")?,
        required_region_mask: number(holder, "required_region_mask", "")?,
    })
}

/// The decision under the key `decision`.
pub fn decision(question: &Value) -> Result<KernelDecision, Instead> {
    let holder = &question["decision"];
    Ok(KernelDecision {
        request_sequence: number(holder, "request_sequence", "")?,
        action: named(ACTIONS, holder, "action")?,
        reason: named(REASONS, holder, "reason")?,
        selected_model_id: number(holder, "selected_model_id", "")?,
        selected_model_index: number(holder, "selected_model_index", "")?,
        estimated_cost_microunits: number(holder, "estimated_cost_microunits", "")?,
        expected_utility_microunits: number(holder, "expected_utility_microunits", "")?,
        counterfactual_model_id: number(holder, "counterfactual_model_id", "")?,
        counterfactual_utility_microunits: number(holder, "counterfactual_utility_microunits", "")?,
        evaluated_models: number(holder, "evaluated_models", "")?,
        eligible_models: number(holder, "eligible_models", "")?,
        policy_epoch: number(holder, "policy_epoch", "")?,
        catalog_epoch: number(holder, "catalog_epoch", "")?,
    })
}

/// The value that the crate displays under this name.
fn named<T: Display, const N: usize>(values: [T; N], holder: &Value, key: &str) -> Result<T, Instead> {
    let name = text(holder, key)?;
    let found = values.into_iter().find(|value| value.to_string() == name);
    found.ok_or_else(|| damaged(key))
}

/// A decision with its names in display form.
pub fn written_decision(decision: &KernelDecision) -> Answer {
    let mut record = written(decision)?;
    record["action"] = decision.action.to_string().into();
    record["reason"] = decision.reason.to_string().into();
    Ok(record)
}

/// The request of a question, and the decision that the policy takes for the request `decided_for`.
pub fn decided(policy: &PolicySnapshot, question: &Value) -> Result<(KernelInput, KernelDecision), Instead> {
    let taken = policy.prescribe(request(question, "decided_for")?);
    Ok((request(question, "request")?, taken))
}

/// The ledger under the key `snapshot`.
pub fn ledger(question: &Value) -> Result<BudgetSnapshot, Instead> {
    let holder = &question["snapshot"];
    let tenants = list(holder, "tenants")?.iter().enumerate();
    Ok(BudgetSnapshot {
        version: number(holder, "version", "")?,
        tenants: tenants.map(|(place, one)| tenant(one, &format!("tenants[{place}]."))).collect::<Result<_, _>>()?,
        active_reservations: number(holder, "active_reservations", "")?,
        wal_high_watermark: number_or_null(holder, "wal_high_watermark", "")?,
    })
}

fn tenant(holder: &Value, at: &str) -> Result<TenantLedger, Instead> {
    Ok(TenantLedger {
        tenant_id: text(holder, "tenant_id")?.to_owned(),
        initial_microcents: number(holder, "initial_microcents", at)?,
        remaining_microcents: number(holder, "remaining_microcents", at)?,
        reserved_microcents: number(holder, "reserved_microcents", at)?,
        committed_microcents: number(holder, "committed_microcents", at)?,
    })
}
