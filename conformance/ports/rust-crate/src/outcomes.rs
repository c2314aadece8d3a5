//! What the engine says about a step of a script: the status of the variant, and its amounts.

use calybris_core::budget::{BudgetReservation, BudgetSettlement, TopUpResult};
use serde_json::{json, Value};

fn outcome(status: &str, amounts: &[(&str, i64)]) -> Value {
    let mut answer = json!({ "status": status });
    for (key, amount) in amounts {
        answer[*key] = amount.to_string().into();
    }
    answer
}

/// The outcome of a top-up.
pub fn topped_up(result: &TopUpResult) -> Value {
    match *result {
        TopUpResult::InvalidAmount => outcome("invalid_amount", &[]),
        TopUpResult::MissingTenant => outcome("missing_tenant", &[]),
        TopUpResult::Overflow => outcome("overflow", &[]),
        TopUpResult::ToppedUp { added_microcents, new_initial_microcents, remaining_microcents } => outcome(
            "topped_up",
            &[
                ("added_microcents", added_microcents),
                ("new_initial_microcents", new_initial_microcents),
                ("remaining_microcents", remaining_microcents),
            ],
        ),
    }
}

/// The outcome of a reservation.
pub fn reserved(result: &BudgetReservation) -> Value {
    match *result {
        BudgetReservation::MissingTenant => outcome("missing_tenant", &[]),
        BudgetReservation::MissingReservation => outcome("missing_reservation", &[]),
        BudgetReservation::Reserved { remaining_microcents } => {
            outcome("reserved", &[("remaining_microcents", remaining_microcents)])
        }
        BudgetReservation::Insufficient { remaining_microcents, required_microcents } => outcome(
            "insufficient",
            &[("remaining_microcents", remaining_microcents), ("required_microcents", required_microcents)],
        ),
        BudgetReservation::ExposureLimitExceeded { current_reserved_microcents, max_reserved_microcents } => outcome(
            "exposure_limit_exceeded",
            &[
                ("current_reserved_microcents", current_reserved_microcents),
                ("max_reserved_microcents", max_reserved_microcents),
            ],
        ),
        BudgetReservation::Overflow { current_reserved_microcents } => {
            outcome("overflow", &[("current_reserved_microcents", current_reserved_microcents)])
        }
    }
}

/// The outcome of a commit or a release.
pub fn settled(result: &BudgetSettlement) -> Value {
    match *result {
        BudgetSettlement::InvalidAmount => outcome("invalid_amount", &[]),
        BudgetSettlement::MissingTenant => outcome("missing_tenant", &[]),
        BudgetSettlement::MissingReservation => outcome("missing_reservation", &[]),
        BudgetSettlement::Committed { remaining_microcents, actual_microcents } => outcome(
            "committed",
            &[("remaining_microcents", remaining_microcents), ("actual_microcents", actual_microcents)],
        ),
        BudgetSettlement::Released { remaining_microcents, returned_microcents } => outcome(
            "released",
            &[("remaining_microcents", remaining_microcents), ("returned_microcents", returned_microcents)],
        ),
        BudgetSettlement::Overrun { remaining_microcents } => {
            outcome("overrun", &[("remaining_microcents", remaining_microcents)])
        }
        BudgetSettlement::Overflow { remaining_microcents } => {
            outcome("overflow", &[("remaining_microcents", remaining_microcents)])
        }
    }
}
