//! Other programs of the same kind, as children: the crate gaoya, built when the bench runs, and packages of
//! Python where they are installed (`pip install rensa datasketch`; `PYTHON` names another interpreter).

use std::io::Write;
use std::process::{Command, Stdio};

use serde::Deserialize;

const PYTHON_PROGRAM: &str = include_str!("python.py");
const PYTHON: &str = "python3";
const GAOYA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peer-gaoya/Cargo.toml");

/// What a program took for the texts.
#[derive(Debug, Deserialize)]
pub(in crate::duplicates) struct Side {
    pub(in crate::duplicates) name: String,
    pub(in crate::duplicates) seconds: f64,
    pub(in crate::duplicates) cpu_seconds: f64,
}

/// The crate gaoya.
pub(in crate::duplicates) fn gaoya(texts: &[String]) -> anyhow::Result<Vec<Side>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--release", "--quiet", "--locked", "--manifest-path", GAOYA]);
    told(cargo, texts)
}

/// Each package that Python has.
pub(in crate::duplicates) fn python(texts: &[String]) -> anyhow::Result<Vec<Side>> {
    let mut python = Command::new(std::env::var("PYTHON").unwrap_or_else(|_| PYTHON.to_owned()));
    python.args(["-c", PYTHON_PROGRAM]);
    told(python, texts)
}

/// Gives the texts to a program and reads what it tells, a line of JSON for each side; other lines are shown.
fn told(mut program: Command, texts: &[String]) -> anyhow::Result<Vec<Side>> {
    let Ok(mut child) = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        println!("no {}: left out", program.get_program().display());
        return Ok(Vec::new());
    };
    let input = serde_json::to_string(texts)?;
    if let Some(mut to) = child.stdin.take()
        && let Err(error) = to.write_all(input.as_bytes())
    {
        println!("{} ended early: {error}", program.get_program().display());
    }
    let output = child.wait_with_output()?;
    let mut sides = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        match serde_json::from_str(line) {
            Ok(side) => sides.push(side),
            Err(_) => println!("{line}"),
        }
    }
    Ok(sides)
}
