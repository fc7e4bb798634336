//! How fast: every kind of question, side after side in alternating rounds, by one client and by two.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::meter::{quantile, thread_cpu_seconds, timed};
use crate::peers::corpus::Corpus;
use crate::peers::{Ask, Chosen, Client, Form, Side};
use crate::table::{Table, grouped, millis, times};

/// A side asks the list of a kind so often, unless its time is up; the list once at least.
const PASSES: usize = 20;
const TURN: Duration = Duration::from_millis(1500);
/// A list that takes longer is broken off; the table says how many of its questions were asked.
const TURN_MAX: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
struct Times {
    hits: u64,
    /// Questions of the list that were asked at least once.
    distinct: usize,
    /// Seconds of each answer to one client.
    alone: Vec<f64>,
    /// Seconds of processor time of all those; none when another process does the work.
    cpu: Option<f64>,
    /// Answers to clients that asked at once, and seconds they took by the wall.
    together: (usize, f64),
}

type Took = BTreeMap<(usize, usize), Times>;

/// Runs the race and prints it.
pub(in crate::peers) fn run(
    corpus: &Corpus,
    sides: &mut [Side<'_>],
    chosen: &Chosen<'_>,
) -> anyhow::Result<()> {
    let asks: Vec<(&str, Vec<Ask>)> =
        corpus.asks().into_iter().filter(|(kind, _)| chosen.asks(kind)).collect();
    let names: Vec<&str> = sides.iter().map(|side| side.name).collect();
    for form in [Form::Rows, Form::Ids] {
        let mut took = Took::new();
        for round in 0..=chosen.rounds {
            for (kind, (_, list)) in asks.iter().enumerate() {
                for (place, side) in sides.iter_mut().enumerate() {
                    let times = took.entry((kind, place)).or_default();
                    match round {
                        0 => times.hits = warm(side, list, form)?,
                        _ => times.add(side, list, form)?,
                    }
                }
            }
        }
        if !asks.is_empty() {
            print((corpus, form), &asks, &names, &took);
        }
    }
    Ok(())
}

impl Times {
    fn add(&mut self, side: &mut Side<'_>, list: &[Ask], form: Form) -> anyhow::Result<()> {
        let first = side.clients.first_mut().context("a client")?;
        let before = thread_cpu_seconds();
        let took = turn(first.as_mut(), (list, form), 0)?;
        self.distinct = self.distinct.max(took.len().min(list.len()));
        self.alone.extend(took);
        let spent = thread_cpu_seconds() - before;
        self.cpu = side.is_inside.then(|| self.cpu.unwrap_or_default() + spent);
        let (answers, seconds) = together(&mut side.clients, list, form)?;
        self.together.0 += answers;
        self.together.1 += seconds;
        Ok(())
    }
}

/// Asks the list once; mean hits.
fn warm(side: &mut Side<'_>, list: &[Ask], form: Form) -> anyhow::Result<u64> {
    let client = side.clients.first_mut().context("a client")?;
    let (began, mut hits, mut asked) = (Instant::now(), 0, 0u64);
    for ask in list {
        if began.elapsed() < TURN_MAX {
            hits += client.ask(ask, form).with_context(|| format!("{} at {ask:?}", side.name))?.total;
            asked += 1;
        }
    }
    Ok(hits / asked.max(1))
}

fn turn(client: &mut dyn Client, (list, form): (&[Ask], Form), from: usize) -> anyhow::Result<Vec<f64>> {
    let (began, mut took) = (Instant::now(), Vec::new());
    for ask in list.iter().cycle().skip(from).take(list.len() * PASSES) {
        let passed = began.elapsed();
        if (passed > TURN && took.len() >= list.len()) || passed > TURN_MAX {
            break;
        }
        took.push(timed(|| client.ask(ask, form))?.0);
    }
    Ok(took)
}

fn together(clients: &mut [Box<dyn Client + '_>], list: &[Ask], form: Form) -> anyhow::Result<(usize, f64)> {
    let apart = list.len() / clients.len().max(1);
    let (seconds, answers) = timed(|| {
        thread::scope(|scope| {
            let clients = clients.iter_mut().enumerate();
            let threads: Vec<_> = clients
                .map(|(number, client)| {
                    scope.spawn(move || turn(client.as_mut(), (list, form), number * apart))
                })
                .collect();
            let mut answers = 0;
            for thread in threads {
                answers += thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))??.len();
            }
            Ok(answers)
        })
    })?;
    Ok((answers, seconds))
}

fn print((corpus, form): (&Corpus, Form), asks: &[(&str, Vec<Ask>)], names: &[&str], took: &Took) {
    let shown = if form == Form::Rows { "with stored values" } else { "ids and scores only" };
    let title = format!("peers, {}: {} rows, warm, {shown}", corpus.name, grouped(corpus.rows));
    let heads = [
        "kind and side",
        "hits each",
        "asked",
        "p50",
        "p99",
        "cpu each",
        "q/s, 1 client",
        "q/s, 2 clients",
        "our p50 to its",
        "our cpu to its",
        "our q/s to its",
        "with 2 clients",
    ];
    let mut table = Table::new(&title, &heads);
    for (kind, (name, list)) in asks.iter().enumerate() {
        let mut ours: Option<[Option<f64>; 4]> = None;
        for (place, side) in names.iter().enumerate() {
            let Some(times) = took.get(&(kind, place)) else { continue };
            let (figures, tail) = figures(times);
            let mut cells = vec![
                format!("{name}: {side}"),
                grouped(times.hits),
                match times.distinct == list.len() {
                    true => times.alone.len().to_string(),
                    false => format!("{} ({} of {})", times.alone.len(), times.distinct, list.len()),
                },
                figures[0].map_or(String::new(), millis),
                millis(tail),
                figures[1].map_or(String::new(), millis),
                figures[2].map_or(String::new(), |rate| format!("{rate:.0}")),
                figures[3].map_or(String::new(), |rate| format!("{rate:.0}")),
            ];
            let ours = ours.get_or_insert(figures);
            if place > 0 {
                let ratios = ours.iter().zip(figures).map(|(ours, its)| ours.zip(its));
                cells.extend(ratios.map(|both| both.map_or(String::new(), |(ours, its)| ratio(ours, its))));
            }
            table.row(cells);
        }
    }
    table.print();
}

fn ratio(ours: f64, its: f64) -> String {
    times(ours / its)
}

/// Median, mean processor time, answers a second to one client and to two; and the tail.
fn figures(times: &Times) -> ([Option<f64>; 4], f64) {
    let mut sorted = times.alone.clone();
    sorted.sort_by(f64::total_cmp);
    let rate = sorted.len() as f64 / sorted.iter().sum::<f64>();
    let both = times.together.0 as f64 / times.together.1;
    let cpu = times.cpu.map(|seconds| seconds / sorted.len() as f64);
    ([Some(quantile(&sorted, 0.5)), cpu, Some(rate), Some(both)], quantile(&sorted, 0.99))
}
