//! The configuration and the builders: each call of a question is a call of the crate's method of that name.

use crate::policies::{digest_hex, ends, policy_refusal};
use crate::records::model;
use crate::release;
use crate::values::{damaged, flag, integer, list, number, refusal, text, untranslatable, written, Answer, Instead};
use calybris_core::builder::{BuildError, InputBuilder, ModelBuilder, PolicyBuilder};
use calybris_core::config::{ConfigError, EngineConfig};
use calybris_core::kernel::KernelModel;
use serde_json::{json, Value};
use std::str::FromStr;

fn argument<T: FromStr>(call: &Value, place: usize) -> Result<T, Instead> {
    let value = list(call, "arguments")?.get(place);
    let text = value.and_then(Value::as_str).ok_or_else(|| damaged("argument"))?;
    integer(text, "arguments")
}

fn no_method(name: &str) -> Instead {
    Instead::Fault(format!("the builder has no method {name}"))
}

/// A configuration, complete, when it is valid.
pub fn validate_config(_given: &Value, question: &Value) -> Answer {
    let config = config(question)?;
    config.validate().map_err(|error| config_refusal(&error))?;
    Ok(json!({
        "latency_penalty_microunits_per_ms": config.latency_penalty_microunits_per_ms.to_string(),
        "hard_risk_limit_bps": config.hard_risk_limit_bps.to_string(),
        "minimum_confidence_bps": config.minimum_confidence_bps.to_string(),
        "risk_penalty_multiplier_bps": config.risk_penalty_multiplier_bps.to_string(),
        "default_exposure_cap_microcents": config.default_exposure_cap_microcents.to_string(),
        "wal_sync_on_append": config.wal_sync_on_append,
        "max_catalog_size": config.max_catalog_size.to_string(),
    }))
}

/// The crate's defaults, and what the question sets.
fn config(question: &Value) -> Result<EngineConfig, Instead> {
    let given = &question["config"];
    let mut config = EngineConfig::new();
    for key in given.as_object().ok_or_else(|| damaged("config"))?.keys() {
        config = match key.as_str() {
            "latency_penalty_microunits_per_ms" => config.latency_penalty(number(given, key, "")?),
            "hard_risk_limit_bps" => config.hard_risk_limit(number(given, key, "")?),
            "minimum_confidence_bps" => config.minimum_confidence(number(given, key, "")?),
            "risk_penalty_multiplier_bps" => config.risk_penalty_multiplier(number(given, key, "")?),
            "default_exposure_cap_microcents" => config.default_exposure_cap(number(given, key, "")?),
            "wal_sync_on_append" => config.wal_sync_on_append(flag(given, key)?),
            "max_catalog_size" => config.max_catalog_size(number(given, key, "")?),
            other => return Err(damaged(other)),
        };
    }
    Ok(config)
}

#[allow(unreachable_patterns)] // later releases may add variants, and the first one has no others
fn config_refusal(error: &ConfigError) -> Instead {
    match error {
        ConfigError::OutOfRange { field, .. } => refusal("CONFIG_BPS_OUT_OF_RANGE", *field, error),
        ConfigError::ZeroCatalogSize => refusal("CONFIG_CATALOG_SIZE_ZERO", "max_catalog_size", error),
        ConfigError::NegativeExposureCap => {
            let at = "default_exposure_cap_microcents";
            refusal("CONFIG_EXPOSURE_CAP_NEGATIVE", at, error)
        }
        other => untranslatable(other),
    }
}

/// A request, made by calls.
pub fn build_input(_given: &Value, question: &Value) -> Answer {
    let mut builder =
        InputBuilder::new(number(question, "request_sequence", "")?, number(question, "requested_model_id", "")?);
    for call in list(question, "calls")? {
        builder = match text(call, "method")? {
            "tokens" => builder.tokens(argument(call, 0)?, argument(call, 1)?),
            "business_value" => builder.business_value(argument(call, 0)?),
            "budget_limit" => builder.budget_limit(argument(call, 0)?),
            "risk" => builder.risk(argument(call, 0)?, argument(call, 1)?),
            "minimum_quality" => builder.minimum_quality(argument(call, 0)?),
            "max_latency" => builder.max_latency(argument(call, 0)?),
            "capabilities" => builder.capabilities(argument(call, 0)?),
            "providers" => builder.providers(argument(call, 0)?),
            "regions" => builder.regions(argument(call, 0)?),
            other => return Err(no_method(other)),
        };
    }
    written(&release::built(builder)?)
}

/// A model, made by calls.
pub fn build_model(_given: &Value, question: &Value) -> Answer {
    let mut builder = ModelBuilder::new(number(question, "model_id", "")?, number(question, "provider_id", "")?);
    for call in list(question, "calls")? {
        builder = match text(call, "method")? {
            "quality" => builder.quality(argument(call, 0)?),
            "risk_ceiling" => builder.risk_ceiling(argument(call, 0)?),
            "enabled" => builder.enabled(call["arguments"][0].as_bool().ok_or_else(|| damaged("flag"))?),
            "latency" => builder.latency(argument(call, 0)?),
            "capabilities" => builder.capabilities(argument(call, 0)?),
            "regions" => builder.regions(argument(call, 0)?),
            "cost" => builder.cost(argument(call, 0)?, argument(call, 1)?),
            other => return Err(no_method(other)),
        };
    }
    written(&builder.build())
}

/// A policy, made by calls.
pub fn build_policy(_given: &Value, question: &Value) -> Answer {
    let mut builder = PolicyBuilder::new(config(question)?);
    let mut given: Vec<KernelModel> = Vec::new();
    for call in list(question, "calls")? {
        let arguments = list(call, "arguments")?;
        builder = match text(call, "method")? {
            "epochs" => builder.epochs(argument(call, 0)?, argument(call, 1)?),
            "model" => {
                given.push(model(&call["arguments"][0], "")?);
                builder.model(given[given.len() - 1])
            }
            "models" => {
                let more = arguments.first().and_then(Value::as_array);
                let more = more.ok_or_else(|| damaged("models"))?.iter();
                let more: Vec<_> = more.map(|one| model(one, "")).collect::<Result<_, _>>()?;
                given.extend(&more);
                builder.models(more)
            }
            other => return Err(no_method(other)),
        };
    }
    let policy = builder.build().map_err(|error| build_refusal(&error, &given))?;
    let mut answer = ends(&policy);
    answer["policy_epoch"] = policy.policy_epoch.to_string().into();
    answer["catalog_epoch"] = policy.catalog_epoch.to_string().into();
    answer["hard_risk_limit_bps"] = policy.hard_risk_limit_bps.to_string().into();
    answer["minimum_confidence_bps"] = policy.minimum_confidence_bps.to_string().into();
    answer["risk_penalty_multiplier_bps"] = policy.risk_penalty_multiplier_bps.to_string().into();
    answer["latency_penalty_microunits_per_ms"] = policy.latency_penalty_microunits_per_ms.to_string().into();
    answer["policy_digest_hex"] = digest_hex(&policy).into();
    Ok(answer)
}

#[allow(unreachable_patterns)] // later releases may add variants, and the first one has no others
fn build_refusal(error: &BuildError, given: &[KernelModel]) -> Instead {
    match error {
        BuildError::Config(error) => config_refusal(error),
        BuildError::Policy(error) => policy_refusal(error, given, &release::visited(given)),
        BuildError::CatalogTooLarge { .. } => refusal("BUILD_CATALOG_TOO_LARGE", "models", error),
        other => untranslatable(other),
    }
}
