//! How good the first ten are, on the judged law questions beside the articles.
//!
//! Ours is asked as it is used; a peer, which has no rule for a question in whole sentences, is asked for
//! any of its words and ranks by its own formula.

use std::path::Path;

use anyhow::Context;
use thanhtra::engine::evaluate::judged::{Judgements, questions};
use thanhtra::engine::evaluate::measures::Measures;
use thanhtra::text::fold::fold;

use crate::peers::{Ask, Form, Side};
use crate::table::Table;

const QUESTIONS: &str = "queries_dev.tsv";
const JUDGEMENTS: &str = "qrels_dev.tsv";

/// Asks all questions of every side and prints what the answers are worth.
pub(in crate::peers) fn run(sides: &mut [Side<'_>], articles: &Path) -> anyhow::Result<()> {
    let folder = articles.parent().context("a folder")?;
    let (asked, judged) = (folder.join(QUESTIONS), folder.join(JUDGEMENTS));
    if !asked.is_file() || !judged.is_file() {
        println!("\nleft out: no judged questions beside the articles");
        return Ok(());
    }
    let bad = |line: thanhtra::engine::evaluate::judged::BadLine| anyhow::anyhow!("line {}", line.line);
    let questions = questions(&std::fs::read_to_string(asked)?).map_err(bad)?;
    let judgements = Judgements::read(&std::fs::read_to_string(judged)?).map_err(bad)?;
    let title = format!("peers: {} judged law questions", questions.len());
    let names = ["side", "nDCG@10", "MRR@10", "nDCG@10 without marks", "MRR@10 without marks"];
    let mut table = Table::new(&title, &names);
    for side in sides {
        let client = side.clients.first_mut().context("a client")?;
        let mut cells = vec![side.name.to_owned()];
        for is_stripped in [false, true] {
            let mut measures = Vec::new();
            for question in &questions {
                let Some(relevant) = judgements.of(&question.id) else { continue };
                let text = if is_stripped { fold(&question.text) } else { question.text.clone() };
                let found = client.ask(&Ask::Question(text), Form::Rows)?;
                let ids: Vec<&str> = found.ids.iter().map(String::as_str).collect();
                measures.push(Measures::of(&ids, relevant));
            }
            let mean = Measures::mean(measures.into_iter());
            cells.extend([mean.ndcg, mean.mrr].map(|value| format!("{value:.4}")));
        }
        table.row(cells);
    }
    table.print();
    Ok(())
}
