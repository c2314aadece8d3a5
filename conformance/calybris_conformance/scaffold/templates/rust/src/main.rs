//! The adapter of a port: it puts an implementation behind the protocol CAP/1, so that a judge can ask it.
//!
//! It answers `hello` and `echo`, and says `unsupported` to the rest; serde_json reads and writes the JSON, in which
//! every integer is a text. To add an operation, write a function in part 2 and name it in OPERATIONS.

use serde_json::{json, Value};
use std::io::{self, BufRead, Write};
use std::{fmt::Display, str::FromStr};

/// The output, or what is answered instead: `{"error": {"code", "at"}}` where the specification asks for it, a fault.
type Answer = Result<Value, Value>;
fn fault(detail: impl Display) -> Value {
    json!({"fault": {"detail": detail.to_string()}})
}

// 1. Values. Each is read into the type that the port uses, and printed again.

fn text(value: &Value) -> Result<&str, Value> {
    value.as_str().ok_or_else(|| fault(format!("{value} is not a text")))
}

fn number<T: FromStr<Err: Display> + ToString>(text: &str) -> Result<String, Value> {
    text.parse::<T>().map(|number| number.to_string()).map_err(fault)
}

fn bytes(hex: &str) -> Result<Vec<u8>, Value> {
    let pairs = (0..hex.len()).step_by(2).map(|at| hex.get(at..at + 2).unwrap_or("odd"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).map_err(fault)).collect()
}

// 2. The implementation: one function per operation, from (given, input) to the answer.

fn echo(_given: &Value, input: &Value) -> Answer {
    let value = text(&input["value"])?;
    let printed = match text(&input["type"])? {
        "u8" | "u16" | "u32" | "u64" => number::<u64>(value)?,
        "i64" => number::<i64>(value)?,
        "text" => value.to_string(),
        "bytes_hex" => bytes(value)?.iter().map(|byte| format!("{byte:02x}")).collect(),
        other => return Err(fault(format!("there is no type {other}"))),
    };
    Ok(json!({ "value": printed }))
}

const OPERATIONS: &[(&str, fn(&Value, &Value) -> Answer)] = &[("echo", echo)];

// 3. The protocol: a line in, a line out.

fn ready() -> Value {
    let who = json!({"name": "my-port", "version": "0.1.0", "language": "rust", "source": "src/main.rs"});
    let features: Vec<&str> = OPERATIONS.iter().map(|(name, _)| *name).collect();
    json!({"type": "ready", "protocol": 1, "spec": "1.0", "max_in_flight": 64,
           "features": features, "implementation": who})
}

fn result(message: &Value) -> Value {
    let mut reply = match OPERATIONS.iter().find(|(name, _)| message["op"] == *name) {
        None => json!({"unsupported": {"feature": message["op"]}}),
        Some((_, operation)) => match std::panic::catch_unwind(|| operation(&message["given"], &message["input"])) {
            Ok(answer) => answer.map_or_else(|instead| instead, |output| json!({ "ok": output })),
            Err(_) => fault("a panic; standard error tells where"),
        },
    };
    reply["type"] = "result".into();
    reply["seq"] = message["seq"].clone();
    reply
}

fn main() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        match message["type"].as_str() {
            Some("hello") => writeln!(io::stdout(), "{}", ready())?,
            Some("run") => writeln!(io::stdout(), "{}", result(&message))?,
            _ => break,
        }
        io::stdout().flush()?;
    }
    Ok(())
}
