//! How good the first ten are, on the judged law questions beside the articles.
//!
//! Ours is asked as it is used; a peer, which has no rule for a question in whole sentences, is asked for
//! any of its words and ranks by its own formula. That makes SQLite and PostgreSQL rank nearly every row, for
//! seconds a question; so all clients of a side share the questions, and a side whose time is up has answered
//! some of them, in an order drawn once: the table says how many, and what ours is worth on the same.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use thanhtra::engine::evaluate::judged::{Judgements, Question, questions};
use thanhtra::engine::evaluate::measures::Measures;
use thanhtra::text::fold::fold;
use xxhash_rust::xxh3::xxh3_64;

use crate::meter::timed;
use crate::peers::{Ask, Client, Form, Side};
use crate::table::{Table, millis};

const QUESTIONS: &str = "queries_dev.tsv";
const JUDGEMENTS: &str = "qrels_dev.tsv";
/// A side is asked the questions in one spelling for no longer.
const SIDE_MAX: Duration = Duration::from_secs(480);

/// What a side's answer to a question is worth, and the seconds it took.
struct Answered {
    question: usize,
    measures: Measures,
    seconds: f64,
}

/// Asks all questions of every side and prints what the answers are worth.
pub(in crate::peers) fn run(sides: &mut [Side<'_>], articles: &Path) -> anyhow::Result<()> {
    let folder = articles.parent().context("a folder")?;
    let (asked, judged) = (folder.join(QUESTIONS), folder.join(JUDGEMENTS));
    if !asked.is_file() || !judged.is_file() {
        println!("\nleft out: no judged questions beside the articles");
        return Ok(());
    }
    let bad = |line: thanhtra::engine::evaluate::judged::BadLine| anyhow::anyhow!("line {}", line.line);
    let judgements = Judgements::read(&std::fs::read_to_string(judged)?).map_err(bad)?;
    let mut questions = questions(&std::fs::read_to_string(asked)?).map_err(bad)?;
    questions.retain(|question| judgements.of(&question.id).is_some());
    questions.sort_by_key(|question| xxh3_64(question.id.as_bytes()));
    let title = format!("peers: {} judged law questions", questions.len());
    let names = ["side", "marks", "asked", "nDCG@10", "ours on these", "MRR@10", "ours", "mean", "slowest"];
    let mut table = Table::new(&title, &names);
    for (marks, is_stripped) in [("as written", false), ("stripped", true)] {
        let mut ours: Vec<Answered> = Vec::new();
        for side in sides.iter_mut() {
            let mut answered = answered(side, (&questions, &judgements), is_stripped)
                .with_context(|| side.name.to_owned())?;
            answered.sort_by_key(|one| one.question);
            if ours.is_empty() {
                ours = answered;
                table.row(line((side.name, marks), &ours, &ours));
            } else {
                table.row(line((side.name, marks), &answered, &ours));
            }
        }
    }
    table.print();
    Ok(())
}

/// What the answers are worth that a side gives in its time, its clients one beside the other.
fn answered(
    side: &mut Side<'_>,
    (questions, judgements): (&[Question], &Judgements),
    is_stripped: bool,
) -> anyhow::Result<Vec<Answered>> {
    let (began, next) = (Instant::now(), AtomicUsize::new(0));
    let one = |client: &mut dyn Client, place: usize, question: &Question| -> anyhow::Result<Answered> {
        let text = if is_stripped { fold(&question.text) } else { question.text.clone() };
        let (seconds, found) = timed(|| client.ask(&Ask::Question(text), Form::Rows))?;
        let ids: Vec<&str> = found.ids.iter().map(String::as_str).collect();
        let relevant = judgements.of(&question.id).context("a judged question")?;
        Ok(Answered { question: place, measures: Measures::of(&ids, relevant), seconds })
    };
    let all = |client: &mut dyn Client| -> anyhow::Result<Vec<Answered>> {
        let mut all = Vec::new();
        while began.elapsed() < SIDE_MAX {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(question) = questions.get(place) else { break };
            all.push(one(client, place, question)?);
        }
        Ok(all)
    };
    thread::scope(|scope| {
        let clients = side.clients.iter_mut();
        let threads: Vec<_> = clients.map(|client| scope.spawn(|| all(client.as_mut()))).collect();
        let mut sum = Vec::new();
        for thread in threads {
            sum.extend(thread.join().map_err(|_| anyhow::anyhow!("a client panicked"))??);
        }
        Ok(sum)
    })
}

fn line((side, marks): (&str, &str), answered: &[Answered], ours: &[Answered]) -> Vec<String> {
    let mean = |some: &mut dyn Iterator<Item = &Answered>| Measures::mean(some.map(|one| one.measures));
    let is_asked = |one: &&Answered| answered.iter().any(|other| other.question == one.question);
    let (its, same) = (mean(&mut answered.iter()), mean(&mut ours.iter().filter(is_asked)));
    let seconds = answered.iter().map(|one| one.seconds);
    let share = |value: f64| format!("{value:.4}");
    vec![
        side.to_owned(),
        marks.to_owned(),
        answered.len().to_string(),
        share(its.ndcg),
        share(same.ndcg),
        share(its.mrr),
        share(same.mrr),
        millis(seconds.clone().sum::<f64>() / answered.len().max(1) as f64),
        millis(seconds.fold(0.0, f64::max)),
    ]
}
