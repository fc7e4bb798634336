//! Phrases in several writings, walked by postings as the general query finds and scores them.

use std::time::Duration;

use crate::domain::scope::Scope;
use crate::search::budget::Budget;
use crate::search::collect::{self, Gather, Gathered};
use crate::search::filter;
use crate::search::order::Order;
use crate::search::query::Parsed;
use crate::search::request::Matched;
use crate::search::retrieve;
use crate::search::sample::{Row, indexed};
use crate::search::sweep::{self, Plan};

const FRAGMENTS: [&str; 8] =
    ["UBND", "xã", "ủy ban nhân dân", "ủy ban", "nhân dân xã", "đất", "HĐND", "hội đồng nhân dân"];
const ROUNDING: f32 = 1e-3;

fn rows() -> Vec<Row> {
    let mut draw = fastrand::Rng::with_seed(11);
    let mut text = |most: usize| {
        let words: Vec<&str> =
            (0..draw.usize(..most)).map(|_| FRAGMENTS[draw.usize(..FRAGMENTS.len())]).collect();
        Some(words.join(" ")).filter(|text| !text.is_empty())
    };
    let row = |id: usize| Row {
        source_id: id.to_string(),
        title: text(4),
        text: text(9),
        signer_name: text(3),
        ..Row::default()
    };
    (0..60).map(row).collect()
}

fn scores(mut gathered: Gathered) -> (u64, Vec<(String, f32)>) {
    collect::sort(&mut gathered.rows, &Order::Relevance);
    let row = |found: &collect::Found| (format!("{:?}", found.address), found.score);
    let mut rows: Vec<(String, f32)> = gathered.rows.iter().map(row).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    (gathered.total, rows)
}

#[test]
fn phrases_in_several_writings_are_swept_as_the_general_query_finds_them() {
    let (_dir, reader) = indexed(&rows());
    let (fields, scope) = (reader.fields(), Scope::everything());
    let searched = (reader.searcher(), reader.statistics());
    let texts =
        ["\"UBND xã\"", "\"UBND\"", "\"ủy ban nhân dân\" đất", "\"UBND HĐND\" -đất", "\"HĐND xã\" \"UBND\""];
    for sees_personal in [false, true] {
        let lanes = fields.lanes(sees_personal);
        for text in texts {
            let parsed = Parsed::read(text).unwrap();
            assert!(!parsed.phrase_groups.is_empty() && Plan::can(&parsed, Matched::All), "{text}");
            let limits = || filter::clauses(fields, &[], &scope).unwrap();
            let gather =
                Gather { order: &Order::Relevance, wanted: 60, after: None, facets: &[], ids: reader.ids() };
            let plan = Plan::of(&parsed, Matched::All, &lanes, limits());
            let budget = Budget::of(Duration::from_secs(60));
            let swept = scores(sweep::gather(&plan, searched, &gather, &budget).unwrap());
            let query = retrieve::query(&parsed, Matched::All, (&lanes, fields.dated()), limits());
            let general = searched.0.search_with_statistics_provider(&query, &gather, searched.1).unwrap();
            let general = scores(general);
            assert_eq!(swept.0, general.0, "{text}");
            assert!(swept.0 > 0, "{text}");
            for (a, b) in swept.1.iter().zip(&general.1) {
                assert!(a.0 == b.0 && (a.1 - b.1).abs() < ROUNDING, "{text}: {a:?} {b:?}");
            }
        }
    }
}
