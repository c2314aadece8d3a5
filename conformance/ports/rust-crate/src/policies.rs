//! Policies: building one validates it, and the crate says what is wrong; the adapter finds the place in the catalog.

use crate::records::model;
use crate::release;
use crate::values::{decimal, integer, list, number, refusal, text, untranslatable, Answer, Instead};
use calybris_core::digest::{bytes_to_hex, policy_digest};
use calybris_core::kernel::{KernelModel, PolicyError, PolicySnapshot};
use serde_json::{json, Value};

/// The policy under the key `policy`.
pub fn policy(source: &Value) -> Result<PolicySnapshot, Instead> {
    policy_of(&source["policy"])
}

/// A policy in its form on the wire, by the constructor that it names.
pub fn policy_of(value: &Value) -> Result<PolicySnapshot, Instead> {
    let models = catalog(&value["models"])?;
    match text(value, "constructor")? {
        "validated" | "try_new" => {
            let as_given: Vec<_> = (0..models.len()).collect();
            constructed(PolicySnapshot::try_new, value, models.clone())?
                .map_err(|error| policy_refusal(&error, &models, &as_given))
        }
        "unchecked" => constructed(PolicySnapshot::new_unchecked, value, models),
        "try_new_trusted" => release::trusted(value, models),
        other => Err(Instead::Unsupported(format!("constructor.{other}"))),
    }
}

/// What a constructor of the crate gives for the scalars of a policy and its models.
pub fn constructed<T>(
    constructor: impl FnOnce(u64, u64, u16, u16, u16, u64, Vec<KernelModel>) -> T,
    value: &Value,
    models: Vec<KernelModel>,
) -> Result<T, Instead> {
    Ok(constructor(
        number(value, "policy_epoch", "")?,
        number(value, "catalog_epoch", "")?,
        number(value, "hard_risk_limit_bps", "")?,
        number(value, "minimum_confidence_bps", "")?,
        number(value, "risk_penalty_multiplier_bps", "")?,
        number(value, "latency_penalty_microunits_per_ms", "")?,
        models,
    ))
}

/// The models of a list, or of a series: model k is `first` with k times the step added.
fn catalog(models: &Value) -> Result<Vec<KernelModel>, Instead> {
    if let Some(models) = models.as_array() {
        let placed = models.iter().enumerate();
        return placed.map(|(place, one)| model(one, &format!("models[{place}]."))).collect();
    }
    let series = &models["series"];
    let count: u64 = number(series, "count", "models.series.")?;
    (0..count).map(|place| model(&stepped(series, place)?, &format!("models[{place}]."))).collect()
}

fn stepped(series: &Value, place: u64) -> Answer {
    let mut model = series["first"].clone();
    for (key, step) in series["step"].as_object().into_iter().flatten() {
        let first: i128 = number(&series["first"], key, "models.series.first.")?;
        let step: i128 = integer(step.as_str().unwrap_or_default(), key)?;
        model[key] = (first + i128::from(place) * step).to_string().into();
    }
    Ok(model)
}

/// The refusal of a policy at its place in the catalog as it was given; `visited` are the places in the crate's order.
///
/// The crate names an id or a value: the first model in its order that has it is the one that it is about, and of a
/// duplicate the second.
#[allow(unreachable_patterns)] // later releases may add variants, and the first one has no others
pub fn policy_refusal(error: &PolicyError, given: &[KernelModel], visited: &[usize]) -> Instead {
    let refused = |code, field: &str, which: usize, is_it: &dyn Fn(&KernelModel) -> bool| {
        let mut places = visited.iter().filter(|&&place| given.get(place).is_some_and(is_it));
        match places.nth(which) {
            Some(place) => refusal(code, format!("models[{place}].{field}"), error),
            None => untranslatable(error),
        }
    };
    match error {
        PolicyError::EmptyCatalog => refusal("POLICY_CATALOG_EMPTY", "models", error),
        PolicyError::NoEnabledModels => refusal("POLICY_MODELS_ALL_DISABLED", "models", error),
        PolicyError::DuplicateModelId { model_id } => {
            let same = |model: &KernelModel| model.model_id == *model_id;
            refused("POLICY_MODEL_ID_DUPLICATE", "model_id", 1, &same)
        }
        PolicyError::InvalidProviderId { model_id, provider_id } => {
            let same = |model: &KernelModel| model.model_id == *model_id && model.provider_id == *provider_id;
            refused("POLICY_PROVIDER_ID_OUT_OF_RANGE", "provider_id", 0, &same)
        }
        PolicyError::OutOfRangeBps { field, value, .. } => {
            let code = "POLICY_BPS_OUT_OF_RANGE";
            match *field {
                "model.quality_bps" => refused(code, "quality_bps", 0, &|model| model.quality_bps == *value),
                "model.risk_ceiling_bps" => {
                    refused(code, "risk_ceiling_bps", 0, &|model| model.risk_ceiling_bps == *value)
                }
                "model.enabled" => refused(code, "enabled", 0, &|model| u16::from(model.enabled) == *value),
                scalar => refusal(code, scalar, error),
            }
        }
        other => untranslatable(other),
    }
}

/// The number of models of a snapshot, and the ids at both ends.
pub fn ends(policy: &PolicySnapshot) -> Value {
    let models = policy.models();
    json!({
        "model_count": models.len().to_string(),
        "first_model_id": decimal(models.first().map(|model| model.model_id)),
        "last_model_id": decimal(models.last().map(|model| model.model_id)),
    })
}

/// The digest of a policy, in hex.
pub fn digest_hex(policy: &PolicySnapshot) -> String {
    bytes_to_hex(&policy_digest(policy))
}

/// The policies of `given`, for a replay.
pub fn policies(given: &Value) -> Result<Vec<PolicySnapshot>, Instead> {
    list(given, "policies")?.iter().map(policy_of).collect()
}
