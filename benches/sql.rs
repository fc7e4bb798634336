//! `sql`: statements in our limited child, against DataFusion in this process over the same files.
//!
//! The child is started anew for each statement; what that costs is shown apart, as the time of
//! `SELECT 1`, and taken off before the ratio.

use datafusion::prelude::{ParquetReadOptions, SessionContext};
use thanhtra::domain::scope::Scope;
use thanhtra::engine::Engine;
use thanhtra::store::schema::TableKind;

use crate::meter::{median, timed};
use crate::table::{Table, grouped, millis, times};
use crate::world::{DATASET, World, open_reading};

const STATEMENTS: [(&str, &str); 3] = [
    (
        "group by province, status",
        "SELECT province, status, count(*) AS n, min(received_on) AS since, avg(signers) AS signers \
         FROM petitions GROUP BY province, status ORDER BY n DESC, province, status",
    ),
    (
        "group by unit, filtered",
        "SELECT unit, count(*) AS n FROM petitions WHERE status = 'Đang giải quyết' \
         GROUP BY unit ORDER BY n DESC, unit LIMIT 20",
    ),
    (
        "by month and kind",
        "SELECT date_trunc('month', received_on) AS month, kind, count(*) AS n \
         FROM petitions GROUP BY 1, 2 ORDER BY 1, 2",
    ),
];

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let engine = open_reading(&world.store()?)?;
    let files = files(&engine)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let bare = |statement: &str| timed(|| runtime.block_on(alone(&files, statement)));
    let child = |statement: &str| timed(|| in_child(&engine, statement));
    let rounds = rounds.max(5);
    let mut starts = Vec::new();
    for _ in 0..rounds {
        starts.push(child("SELECT 1")?.0);
    }
    let start = median(starts);
    let title =
        format!("sql: {} petitions in {} files, {rounds} rounds in turn", grouped(world.rows), files.len());
    let names = ["statement", "rows out", "child", "child without start", "bare DataFusion", "against bare"];
    let mut table = Table::new(&title, &names);
    table.row(["SELECT 1: the worker's start".to_owned(), "1".to_owned(), millis(start)]);
    for (name, statement) in STATEMENTS {
        let (mut ours, mut theirs, mut out) = (Vec::new(), Vec::new(), 0);
        for _ in 0..rounds {
            let (seconds, rows) = child(statement)?;
            ours.push(seconds);
            let (seconds, expected) = bare(statement)?;
            theirs.push(seconds);
            anyhow::ensure!(rows == expected, "{name}: {rows} rows against {expected}");
            out = rows;
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let net = ours - start;
        table.row([
            name.to_owned(),
            out.to_string(),
            millis(ours),
            millis(net),
            millis(theirs),
            times(net / theirs),
        ]);
    }
    table.print();
    Ok(())
}

fn files(engine: &Engine) -> anyhow::Result<Vec<String>> {
    let snapshot = engine.snapshot()?;
    let table = TableKind::Main.path(DATASET);
    let state = snapshot.table(DATASET, TableKind::Main);
    let names = state.map(|state| state.files.as_slice()).unwrap_or_default().iter();
    Ok(names
        .map(|file| engine.home().path_of(&format!("{table}/{}", file.name)).display().to_string())
        .collect())
}

fn in_child(engine: &Engine, statement: &str) -> anyhow::Result<usize> {
    Ok(engine.sql(statement, None, &Scope::everything(), &mut |_| Ok(()))?.rows)
}

async fn alone(files: &[String], statement: &str) -> anyhow::Result<usize> {
    let context = SessionContext::new();
    let table = context.read_parquet(files.to_vec(), ParquetReadOptions::default()).await?;
    context.register_table(DATASET, table.into_view())?;
    let batches = context.sql(statement).await?.collect().await?;
    Ok(batches.iter().map(|batch| batch.num_rows()).sum())
}
