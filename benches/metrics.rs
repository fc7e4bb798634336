//! `metrics`: pages and figures of a large store, first, again, and beside DuckDB over the same files.

mod beside;
mod world;

use std::sync::Arc;

use thanhtra::domain::language::Language;
use thanhtra::engine::Engine;
use thanhtra::present::page::Visit;
use thanhtra::web::Site;

use crate::meter::{Meter, median, timed};
use crate::table::{Table, grouped, mib, millis};
use crate::world::{World, open_reading};

/// Name of this bench; it is not one of `all`, for its store takes long to make.
pub(crate) const NAME: &str = "metrics";

/// Runs the bench.
pub(crate) fn run(world: &World, rounds: usize) -> anyhow::Result<()> {
    let store = world::store(world)?;
    let meter = Meter::start();
    let engine = Arc::new(open_reading(&store)?);
    pages(world, &engine, rounds)?;
    let work = engine.figure_work();
    println!("\nJudged rows kept: {}; bases judged: {}.", mib(work.kept_bytes as u64), work.judged);
    due_dates(&engine)?;
    drop(engine);
    beside::run(&|| open_reading(&store), world::today()?, rounds)?;
    println!("\nPeak of anonymous memory: {}.", mib(meter.read().peak_bytes));
    Ok(())
}

fn pages(world: &World, engine: &Arc<Engine>, rounds: usize) -> anyhow::Result<()> {
    let title = format!("pages: {} petitions and as many tasks", grouped(world.rows));
    let mut table = Table::new(&title, &["page", "bytes", "first", "another day", "again"]);
    let names: Vec<String> = engine.snapshot()?.catalog().pages().map(|page| page.name.clone()).collect();
    let site = Site::new(Arc::clone(engine));
    let today = world::today()?;
    for name in names {
        let shown = |back: usize| {
            let day = today - chrono::Days::new(back as u64);
            let visit = Visit {
                path: format!("/dashboards/{name}"),
                parameters: vec![("as_of".to_owned(), day.to_string())],
                form: None,
                language: Language::Vi,
                is_simulated: true,
            };
            timed(|| Ok(site.show(&visit).body.len()))
        };
        let (first, bytes) = shown(0)?;
        let mut others = Vec::new();
        let mut again = Vec::new();
        for round in 1..=rounds {
            others.push(shown(round)?.0);
            again.push(shown(round)?.0);
        }
        let cells = [first, median(others), median(again)].map(millis);
        table.row([name, grouped(bytes as u64)].into_iter().chain(cells));
    }
    table.print();
    Ok(())
}

/// Due dates of handling and of resolution for every petition.
fn due_dates(engine: &Engine) -> anyhow::Result<()> {
    let statement = "SELECT count(*) AS records, count(handling_due(kind, received_on)) AS handling, \
                     count(legal_due(kind, 'first', received_on, '')) AS resolution FROM petitions";
    let (first, rows) = beside::asked(engine, statement)?;
    let (again, _) = beside::asked(engine, statement)?;
    println!(
        "\nAll due dates by law, handling and resolution: {}; again {}: {rows:?}.",
        millis(first),
        millis(again)
    );
    Ok(())
}
