//! Every metric beside DuckDB, a child of this program, over the same Parquet files in the same run.
//!
//! DuckDB gets the counting statement of the metric with the few words changed that it spells otherwise; the
//! limits of handling it looks up in a table that our function filled, which is less work than computing
//! them. Bases that lean on `legal_due` have no peer. Counts must be equal.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use thanhtra::definition::query::Query;
use thanhtra::domain::record::Value;
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::engine::measure::Question;
use thanhtra::metrics::ask::Asked;
use thanhtra::metrics::compose::{self, Counted};
use thanhtra::metrics::measure::Measure;
use thanhtra::sql::encode::objects;
use thanhtra::sql::vetted;

use crate::meter::timed;
use crate::table::{Table, millis, times};

const PROGRAM: &str = include_str!("duckdb.py");
const PYTHON: &str = "python3";
/// Bases whose statements DuckDB can be given.
const BASES: [&str; 3] = ["judged_tasks", "judged_petitions", "judged_dossiers"];
/// What DuckDB spells otherwise.
const WORDS: [(&str, &str); 9] = [
    ("to_char(", "strftime("),
    ("first_value(d.", "first(d."),
    ("CAST(d.due_on AS INT)", "date_diff('day', DATE '1970-01-01', d.due_on)"),
    ("step / 10000000", "step // 10000000"),
    (
        "CAST(CAST(step % 10000000 - 1000000 AS INT) AS DATE)",
        "(DATE '1970-01-01' + CAST(step % 10000000 - 1000000 AS INT))",
    ),
    ("last_value(successor_code", "last(successor_code"),
    ("CAST(due_on AS INT)", "date_diff('day', DATE '1970-01-01', due_on)"),
    ("CAST(completed_on AS INT)", "date_diff('day', DATE '1970-01-01', completed_on)"),
    ("CAST($as_of AS INT)", "date_diff('day', DATE '1970-01-01', $as_of)"),
];
/// The columns that figures of petitions and of tasks read, and nothing done with them.
const SCANS: [(&str, &str); 2] = [
    (
        "bare scan of petitions",
        "SELECT count(source_id) AS a, count(received_on) AS b, count(unit) AS c, count(kind) AS d, \
         count(province) AS e, count(subject) AS f, count(resolved_on) AS g FROM petitions",
    ),
    (
        "bare scan of tasks",
        "SELECT count(source_id) AS a, count(assigned_on) AS b, count(unit) AS c, count(due_on) AS d, \
         count(completed_on) AS e, count(status) AS f FROM tasks",
    ),
];

#[derive(Serialize)]
struct Statement {
    name: String,
    sql: String,
    parameters: BTreeMap<String, Json>,
}

#[derive(Deserialize)]
struct Told {
    name: String,
    seconds: f64,
    sums: Vec<Json>,
}

/// What our side took for one metric.
struct Ours {
    by_statement: f64,
    served: f64,
    counted: (i64, i64),
}

/// Runs the comparison; `open` gives an engine that was asked nothing yet.
pub(super) fn run(
    open: &dyn Fn() -> anyhow::Result<Engine>,
    today: NaiveDate,
    rounds: usize,
) -> anyhow::Result<()> {
    let engine = open()?;
    let mut ours: BTreeMap<String, Ours> = BTreeMap::new();
    let mut statements = Vec::new();
    for name in names(&engine)? {
        let (measure, taken) = metric(open, &engine, &name, today)?;
        statements.push(statement(&measure));
        ours.insert(name, taken);
    }
    let mut scans = BTreeMap::new();
    for (name, sql) in SCANS {
        let (seconds, sums) = scanned(&engine, sql)?;
        scans.insert(name, (seconds, sums));
        statements.push(Statement {
            name: name.to_owned(),
            sql: sql.to_owned(),
            parameters: BTreeMap::new(),
        });
    }
    let told = duckdb(&engine, &statements, rounds)?;
    show(&ours, &scans, &told)
}

fn names(engine: &Engine) -> anyhow::Result<Vec<String>> {
    let snapshot = engine.snapshot()?;
    let counted = snapshot.catalog().queries().filter(|query| {
        query
            .metric
            .as_ref()
            .is_some_and(|metric| BASES.contains(&metric.basis.as_str()) && metric.summed().is_none())
    });
    Ok(counted.map(|query| query.name.clone()).collect())
}

fn metric(
    open: &dyn Fn() -> anyhow::Result<Engine>,
    engine: &Engine,
    name: &str,
    today: NaiveDate,
) -> anyhow::Result<(std::sync::Arc<Measure>, Ours)> {
    let scope = Scope::everything();
    let asked = Asked { as_of: Some(today), ..Asked::default() };
    // The rows are judged once for all metrics of the basis; that time is the pages' first column.
    let by = |dimension: &str| Asked { by: vec![dimension.to_owned()], ..asked.clone() };
    let names = vec![name.to_owned()];
    let two = ["class", "unit"].map(|by_| Question { names: names.clone(), asked: by(by_) });
    engine.answered(&two, &scope)?;
    let (served, measure) = timed(|| Ok(engine.measure(name, &asked, &scope)?))?;
    let fresh = open()?;
    let (by_statement, again) = timed(|| Ok(fresh.measure(name, &asked, &scope)?))?;
    anyhow::ensure!(
        again.total() == measure.total(),
        "{name}: {:?} against {:?}",
        again.total(),
        measure.total()
    );
    let total = measure.total();
    let counted = (total.numerator, total.denominator.unwrap_or(total.numerator));
    Ok((measure, Ours { by_statement, served, counted }))
}

fn statement(measure: &Measure) -> Statement {
    let metric = measure.query().metric.clone().unwrap_or_else(|| unreachable!("a measure is of a metric"));
    let counted = Counted { name: &measure.query().name, metric: &metric };
    let query = compose::counting(measure.basis(), &[counted], measure.inputs());
    let sql = query.statement(&|_| false);
    let sql = WORDS.iter().fold(sql, |sql, (ours, theirs)| sql.replace(ours, theirs));
    let sql = format!("SELECT sum(n_0)::BIGINT AS n, sum(d_0)::BIGINT AS d FROM ({sql}) AS counted");
    let values = compose::parameters(measure.basis(), measure.inputs());
    let used = values.into_iter().filter(|(name, _)| sql.contains(&format!("${name}")));
    let parameters = used.map(|(name, value)| (name, json_of(&value))).collect();
    Statement { name: measure.query().name.clone(), sql, parameters }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Text(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Date(date) => json!({ "date": date.first_day().to_string() }),
        _ => Json::Null,
    }
}

fn scanned(engine: &Engine, sql: &str) -> anyhow::Result<(f64, Vec<i64>)> {
    let (mut best, mut sums) = (f64::MAX, Vec::new());
    for _ in 0..3 {
        let (seconds, rows) = asked(engine, sql)?;
        best = best.min(seconds);
        let row = rows.first().and_then(Json::as_object).cloned().unwrap_or_default();
        sums = row.values().filter_map(Json::as_i64).collect();
    }
    Ok((best, sums))
}

/// Our answer to a plain statement, in this process.
pub(super) fn asked(engine: &Engine, sql: &str) -> anyhow::Result<(f64, Vec<Json>)> {
    let snapshot = engine.snapshot()?;
    let tables = engine.tables(&snapshot, snapshot.version(), &Scope::everything())?;
    let query = Query { name: "bench".to_owned(), sql: sql.to_owned(), ..Query::default() };
    let (seconds, batches) = timed(|| Ok(vetted::run(&query, &tables, &[])?))?;
    Ok((seconds, objects(&batches)?))
}

fn duckdb(
    engine: &Engine,
    statements: &[Statement],
    rounds: usize,
) -> anyhow::Result<BTreeMap<String, Told>> {
    let snapshot = engine.snapshot()?;
    let tables = engine.tables(&snapshot, snapshot.version(), &Scope::everything())?;
    let files = tables.iter().filter(|table| !table.main.parts.is_empty()).map(|table| {
        (table.name.clone(), table.main.parts.iter().map(|part| part.path.clone()).collect::<Vec<_>>())
    });
    let (_, limits) = asked(
        engine,
        "SELECT DISTINCT coalesce(kind, '') AS kind, received_on AS day, handling_due(kind, received_on) AS due \
         FROM petitions WHERE received_on IS NOT NULL LIMIT 100000",
    )?;
    let limits: Vec<Json> = limits.iter().map(|row| json!([row["kind"], row["day"], row["due"]])).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let job = json!({ "threads": threads, "rounds": rounds, "handling": limits, "statements": statements,
                      "tables": files.collect::<BTreeMap<_, _>>() });
    let mut python = Command::new(std::env::var("PYTHON").unwrap_or_else(|_| PYTHON.to_owned()));
    python.args(["-c", PROGRAM]);
    let Ok(mut child) = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else {
        println!("no {}: DuckDB is left out", python.get_program().display());
        return Ok(BTreeMap::new());
    };
    if let Some(mut to) = child.stdin.take()
        && let Err(error) = to.write_all(&serde_json::to_vec(&job)?)
    {
        println!("the Python program ended early: {error}");
    }
    let output = String::from_utf8(child.wait_with_output()?.stdout)?;
    let mut all = BTreeMap::new();
    for line in output.lines() {
        match serde_json::from_str::<Told>(line) {
            Ok(told) => drop(all.insert(told.name.clone(), told)),
            Err(_) => println!("{line}"),
        }
    }
    Ok(all)
}

fn show(
    ours: &BTreeMap<String, Ours>,
    scans: &BTreeMap<&str, (f64, Vec<i64>)>,
    told: &BTreeMap<String, Told>,
) -> anyhow::Result<()> {
    let counts = |told: &Told| told.sums.iter().filter_map(Json::as_i64).collect::<Vec<_>>();
    let columns =
        ["metric", "as served", "by its statement", "DuckDB", "served to DuckDB", "statement to DuckDB"];
    let mut table = Table::new("metrics: cold, with the receipt written, beside DuckDB", &columns);
    for (name, side) in ours {
        let mut cells = vec![name.clone(), millis(side.served), millis(side.by_statement)];
        if let Some(told) = told.get(name) {
            anyhow::ensure!(
                counts(told) == [side.counted.0, side.counted.1],
                "{name}: DuckDB counts {:?}, ours {:?}",
                told.sums,
                side.counted
            );
            let ratios = [side.served / told.seconds, side.by_statement / told.seconds];
            cells.push(millis(told.seconds));
            cells.extend(ratios.map(times));
        }
        table.row(cells);
    }
    for (name, (seconds, sums)) in scans {
        let mut cells = vec![(*name).to_owned(), String::new(), millis(*seconds)];
        if let Some(told) = told.get(*name) {
            anyhow::ensure!(counts(told) == *sums, "{name}: DuckDB counts {:?}, ours {sums:?}", told.sums);
            cells.extend([millis(told.seconds), String::new(), times(seconds / told.seconds)]);
        }
        table.row(cells);
    }
    table.print();
    Ok(())
}
