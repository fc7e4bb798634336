//! `metrics`: pages and figures of a large store, first, again, and beside DuckDB over the same files.

mod beside;
mod served;
mod world;

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
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
    let unprepared = unprepared(&store)?;
    let engine = Arc::new(open_reading(&store)?);
    let before = meter.read();
    let (warm, bases) = timed(|| Ok(engine.warm()?))?;
    let after = meter.read();
    println!(
        "Prepared after a commit: {bases} bases in {}, of processor time {}.",
        millis(warm),
        millis(after.cpu_seconds - before.cpu_seconds)
    );
    pages(world, &engine, &meter, (rounds, &unprepared))?;
    let work = engine.figure_work();
    println!(
        "\nKept: {} of judged rows ({} bases judged), {} of what no date changes ({} bases).",
        mib(work.kept_bytes as u64),
        work.judged,
        mib(work.prepared_bytes as u64),
        work.prepared
    );
    due_dates(&engine)?;
    drop(engine);
    beside::run(&|| open_reading(&store), world::today()?, rounds)?;
    println!("\nPeak of anonymous memory: {}.", mib(meter.read().peak_bytes));
    Ok(())
}

/// A page, of everything or of one province or office.
struct Shown {
    name: String,
    narrowed: Option<(&'static str, String)>,
}

impl Shown {
    /// How it goes by in tables.
    fn title(&self) -> String {
        self.narrowed.as_ref().map_or(self.name.clone(), |(by, _)| format!("{}, {by}", self.name))
    }
}

/// Every page, then some of one province or office of the store.
fn shown(engine: &Engine) -> anyhow::Result<Vec<Shown>> {
    let snapshot = engine.snapshot()?;
    let pages = snapshot.catalog().pages();
    let mut all: Vec<Shown> = pages.map(|page| Shown { name: page.name.clone(), narrowed: None }).collect();
    for (name, by, column, dataset) in
        [("province", "place", "province", "petitions"), ("overdue", "unit", "unit", "tasks")]
    {
        let statement = format!("SELECT min({column}) AS chosen FROM {dataset}");
        let (_, rows) = beside::asked(engine, &statement)?;
        let chosen = rows.first().and_then(|row| row["chosen"].as_str()).map(str::to_owned);
        all.extend(chosen.map(|chosen| Shown { name: name.to_owned(), narrowed: Some((by, chosen)) }));
    }
    Ok(all)
}

fn visit(shown: &Shown, day: NaiveDate) -> Visit {
    let narrowed = shown.narrowed.iter().map(|(by, value)| ((*by).to_owned(), value.clone()));
    Visit {
        path: format!("/dashboards/{}", shown.name),
        parameters: narrowed.chain([("as_of".to_owned(), day.to_string())]).collect(),
        form: None,
        language: Language::Vi,
        is_simulated: true,
    }
}

/// Each page of a store that was just opened: nothing is prepared, and nobody asked before.
fn unprepared(store: &Path) -> anyhow::Result<Vec<f64>> {
    let today = world::today()?;
    let mut all = Vec::new();
    for shown in shown(&open_reading(store)?)? {
        let site = Site::new(Arc::new(open_reading(store)?));
        all.push(timed(|| Ok(site.show(&visit(&shown, today)).body.len()))?.0);
    }
    Ok(all)
}

fn pages(
    world: &World,
    engine: &Arc<Engine>,
    meter: &Meter,
    (rounds, unprepared): (usize, &[f64]),
) -> anyhow::Result<()> {
    let title = format!("pages: {} petitions and as many tasks", grouped(world.rows));
    let columns = [
        "page",
        "bytes",
        "unprepared",
        "first of the day",
        "another day",
        "its processor time",
        "again",
        "304",
    ];
    let mut table = Table::new(&title, &columns);
    let site = Arc::new(Site::new(Arc::clone(engine)));
    let served = served::Served::start(engine, &site)?;
    let today = world::today()?;
    let all = shown(engine)?;
    for (place, (asked, unprepared)) in all.iter().zip(unprepared).enumerate() {
        let name = &asked.name;
        // A day of its own, so that no page finds what another one asked.
        let day = |round: usize| today - chrono::Days::new((round * all.len() + place) as u64);
        let shown = |day: NaiveDate| timed(|| Ok(site.show(&visit(asked, day)).body.len()));
        // What is prepared after a commit is judged for the day of the clock.
        let now = engine.clock().today();
        let (first, bytes) = shown(now)?;
        // A page that is refused is told with its status, and the others are measured.
        if let Some(status) = served.refused(&format!("/dashboards/{name}?as_of={now}"))? {
            println!("The page {name} is refused after {}: {status}.", millis(first));
            continue;
        }
        let mut statements = 0;
        let (mut others, mut cpu, mut again, mut unchanged) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for round in 1..=rounds {
            let before = (meter.read().cpu_seconds, engine.figure_work().statements);
            others.push(shown(day(round))?.0);
            cpu.push(meter.read().cpu_seconds - before.0);
            statements = engine.figure_work().statements - before.1;
            again.push(shown(day(round))?.0);
            unchanged.push(served.unchanged(&format!("/dashboards/{name}?as_of={today}"))?);
        }
        let cells = [*unprepared, first, median(others), median(cpu)].map(millis);
        let kept = [median(again), median(unchanged)].map(millis);
        let cells = cells.into_iter().chain([statements.to_string()]).chain(kept);
        table.row([asked.title(), grouped(bytes as u64)].into_iter().chain(cells));
    }
    served.end();
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
