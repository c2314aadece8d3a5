//! How values and refusals travel: integers as canonical decimal, what the crate refuses as a code and a path.

use calybris_core::digest::bytes_to_hex;
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt::Display;
use std::str::FromStr;

/// What is answered instead of `ok`.
#[derive(Debug)]
pub enum Instead {
    /// The crate refused, and that has a code of the closed registry and a path that it is about.
    Refusal { code: &'static str, at: String, detail: String },
    /// The crate failed, or refused with words that have no code, or the question is damaged.
    Fault(String),
    /// The release has no such thing.
    Unsupported(String),
}

/// The answer to one question: the value of `ok`, or what is said instead.
pub type Answer = Result<Value, Instead>;

/// A refusal with its code and path; what the crate said stands beside it, for people.
pub fn refusal(code: &'static str, at: impl Into<String>, detail: impl Display) -> Instead {
    Instead::Refusal { code, at: at.into(), detail: detail.to_string() }
}

/// A refusal of the crate that names too little for a code and a path.
pub fn untranslatable(sentence: impl Display) -> Instead {
    Instead::Fault(format!("a refusal that has no code: {sentence}"))
}

/// A question that is not as docs/operations.md says.
pub fn damaged(key: &str) -> Instead {
    Instead::Fault(format!("the question has no good {key}"))
}

// ---- reading

/// The text under a key.
pub fn text<'a>(holder: &'a Value, key: &str) -> Result<&'a str, Instead> {
    holder[key].as_str().ok_or_else(|| damaged(key))
}

/// The flag under a key.
pub fn flag(holder: &Value, key: &str) -> Result<bool, Instead> {
    holder[key].as_bool().ok_or_else(|| damaged(key))
}

/// The list under a key.
pub fn list<'a>(holder: &'a Value, key: &str) -> Result<&'a [Value], Instead> {
    holder[key].as_array().map(Vec::as_slice).ok_or_else(|| damaged(key))
}

/// The integer under a key, in the type of the crate's field; it is refused at `prefix` and the key.
pub fn number<T: FromStr>(holder: &Value, key: &str, prefix: &str) -> Result<T, Instead> {
    integer(text(holder, key)?, &format!("{prefix}{key}"))
}

/// The integer under a key that may be null.
pub fn number_or_null<T: FromStr>(holder: &Value, key: &str, prefix: &str) -> Result<Option<T>, Instead> {
    if holder[key].is_null() {
        return Ok(None);
    }
    number(holder, key, prefix).map(Some)
}

/// An integer in the type that is asked for; `at` names it in a refusal.
pub fn integer<T: FromStr>(text: &str, at: &str) -> Result<T, Instead> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if text != "0" && (!plain || digits.starts_with('0')) {
        return Err(refusal("INTEGER_NOT_CANONICAL", at, ""));
    }
    text.parse().map_err(|_| refusal("INTEGER_OUT_OF_RANGE", at, ""))
}

/// The bytes of lowercase hex.
pub fn bytes(hex: &str) -> Result<Vec<u8>, Instead> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|pair| std::str::from_utf8(pair).ok())
        .map(|pair| pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect::<Option<_>>()
        .ok_or_else(|| damaged("hex"))
}

/// The bytes of a log or a file, a list of parts `{hex, times}`.
pub fn parts(holder: &Value, key: &str) -> Result<Vec<u8>, Instead> {
    let mut joined = Vec::new();
    for part in list(holder, key)? {
        let piece = bytes(text(part, "hex")?)?;
        joined.extend(piece.repeat(number(part, "times", "")?));
    }
    Ok(joined)
}

// ---- writing

/// A record of the crate as JSON: integers as decimal texts, everything else as it stands.
pub fn written(record: &impl Serialize) -> Answer {
    let value = serde_json::to_value(record).map_err(|error| Instead::Fault(error.to_string()))?;
    Ok(decimals(value))
}

fn decimals(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(elements) => elements.into_iter().map(decimals).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (key, decimals(value))).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}

/// An integer as decimal text, null when there is none.
pub fn decimal(number: Option<impl Display>) -> Value {
    number.map_or(Value::Null, |number| number.to_string().into())
}

/// Bytes as lowercase hex.
pub fn hex(bytes: &[u8]) -> Value {
    bytes_to_hex(bytes).into()
}
