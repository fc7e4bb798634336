//! Laws that answers obey, over rows and requests at random.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use crate::definition::dataset::Dataset;
use crate::domain::civil::from_epoch_days;
use crate::domain::commit::CommitVersion;
use crate::domain::scope::Scope;
use crate::rules::span::Step;
use crate::search::reader::Reader;
use crate::search::request::{
    Answer, Direction, Facet, Filter, HistogramOf, Hit, HitGroup, Matched, Op, Request, Total,
};
use crate::search::sample::naive::{any_request, any_row, matching};
use crate::search::sample::{Row, batches, indexed, letters};
use crate::search::writer::Writer;

fn answer(reader: &Reader, request: &Request) -> Answer {
    reader.search(request, &Scope::everything()).unwrap()
}

fn ask(text: &str) -> Request {
    Request { text: text.to_owned(), limit: 100, ..Request::default() }
}

fn keys(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.source_id.clone()).collect()
}

fn numbered(mut rows: Vec<Row>) -> Vec<Row> {
    rows.iter_mut().enumerate().for_each(|(number, row)| row.source_id = number.to_string());
    rows
}

fn pages(reader: &Reader, request: &Request) -> (Vec<Hit>, Answer) {
    let mut request = request.clone();
    let first = answer(reader, &request);
    let (mut hits, mut next) = (first.hits.clone(), first.next.clone());
    while next.is_some() {
        request.cursor = next;
        let page = answer(reader, &request);
        assert_eq!((page.total, page.groups), (first.total, first.groups));
        hits.extend(page.hits);
        next = page.next;
    }
    (hits, first)
}

fn sum(facet: &Facet) -> u64 {
    facet.values.iter().map(|value| value.count).sum::<u64>() + facet.other.count + facet.missing
}

/// `unit`, then `kind`, of rows that have a unit.
fn nested(rows: &[&Row]) -> BTreeMap<String, (u64, BTreeMap<String, u64>, u64)> {
    let mut units: BTreeMap<String, (u64, BTreeMap<String, u64>, u64)> = BTreeMap::new();
    for row in rows {
        let Some(unit) = &row.unit else { continue };
        let (count, kinds, missing) = units.entry(unit.clone()).or_default();
        *count += 1;
        match &row.kind {
            Some(kind) => *kinds.entry(kind.clone()).or_default() += 1,
            None => *missing += 1,
        }
    }
    units
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Hà Giang is Tuyên Quang in papers from 1 July 2025 on; a paper without a day may mean either.
#[test]
fn the_other_name_of_a_province_is_found_in_papers_of_its_days_only() {
    let day = |day: &str| Some(crate::domain::civil::epoch_days(day.parse().unwrap()));
    let row = |id: &str, text: &str, received_on| Row {
        source_id: id.to_owned(),
        text: Some(text.to_owned()),
        received_on,
        ..Row::default()
    };
    let rows = [
        row("old-before", "đất ở Hà Giang", day("2025-06-30")),
        row("old-after", "đất ở Hà Giang", day("2025-07-01")),
        row("old-undated", "đất ở Hà Giang", None),
        row("new-before", "đất ở Tuyên Quang", day("2025-06-30")),
        row("new-after", "đất ở Tuyên Quang", day("2025-07-01")),
        row("new-undated", "đất ở Tuyên Quang", None),
    ];
    let (_dir, reader) = indexed(&rows);
    let found = |text: &str| {
        let request = Request { text: text.to_owned(), limit: 10, ..Request::default() };
        let mut keys = keys(&answer(&reader, &request));
        keys.sort();
        keys
    };
    let old = ["new-after", "new-undated", "old-after", "old-before", "old-undated"];
    let new = ["new-after", "new-before", "new-undated", "old-before", "old-undated"];
    for (text, expected) in [("Hà Giang", old), ("đất ở ha giang", old), ("tuyen quang", new)] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn a_facet_within_another_must_be_declared() {
    let (_dir, reader) = indexed(&[Row { source_id: "1".to_owned(), ..Row::default() }]);
    let table = [
        ("kind.unit", "does not stand under"),
        ("unit.kindd", "does not exist"),
        ("unit.", "does not exist"),
    ];
    for (facet, expected) in table {
        let request = Request { facets: vec![facet.to_owned()], ..ask("") };
        let error = reader.search(&request, &Scope::everything()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let group = Request { group: Some("unit".to_owned()), ..ask("") };
    assert!(reader.search(&group, &Scope::everything()).unwrap_err().to_string().contains("grouped by"));
    let column = "is_eligible".to_owned();
    let histogram = Request { histograms: vec![HistogramOf { column, step: Step::Day }], ..ask("") };
    assert!(reader.search(&histogram, &Scope::everything()).unwrap_err().to_string().contains("no date"));
}

#[test]
fn newer_rows_are_lifted_only_when_asked_and_the_answer_says_so() {
    let row = |key: &str, day: i32| Row {
        source_id: key.to_owned(),
        text: Some("thu hồi đất".to_owned()),
        received_on: Some(day),
        ..Row::default()
    };
    let (_dir, reader) = indexed(&[row("old", 10_000), row("new", 20_000), row("middle", 19_000)]);
    let request = Request { today: from_epoch_days(20_010), ..ask("thu hồi") };
    let plain = answer(&reader, &request);
    assert_eq!(plain.recency, None);
    let lifted = answer(&reader, &Request { recency: true, ..request.clone() });
    assert_eq!(keys(&lifted), ["new", "middle", "old"]);
    let told = lifted.recency.unwrap();
    assert_eq!((told.column.as_str(), Some(told.as_of)), ("received_on", from_epoch_days(20_010)));
    let sort = vec![("received_on".to_owned(), Direction::Ascending)];
    let sorted = answer(&reader, &Request { recency: true, sort, ..request });
    assert_eq!((keys(&sorted), sorted.recency), (vec!["old".into(), "middle".into(), "new".into()], None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn counts_within_counts_equal_a_naive_evaluation(
        rows in prop::collection::vec(any_row(), 1..24),
        requests in prop::collection::vec(any_request(), 6),
    ) {
        let rows = numbered(rows);
        let (_dir, reader) = indexed(&rows);
        for request in requests {
            let request = Request { facets: vec!["unit.kind".to_owned()], ..request };
            let mut others = request.clone();
            others.filters.retain(|filter| !["unit", "kind"].contains(&filter.column.as_str()));
            let expected = matching(&rows, &others);
            let found = answer(&reader, &request).facets.remove(0);
            prop_assert_eq!((found.rows, sum(&found)), (expected.len() as u64, expected.len() as u64));
            let mut units = BTreeMap::new();
            for unit in &found.values {
                let within = unit.within.as_ref().unwrap();
                prop_assert_eq!((sum(within), within.rows), (unit.count, unit.count));
                let kinds = within.values.iter().map(|kind| (text(&kind.value), kind.count)).collect();
                units.insert(text(&unit.value), (unit.count, kinds, within.missing));
            }
            prop_assert_eq!(units, nested(&expected));
        }
    }

    #[test]
    fn the_bars_of_a_histogram_add_up_to_the_total(
        rows in prop::collection::vec(any_row(), 1..24),
        request in any_request(),
        at in 0usize..5,
    ) {
        let (rows, step) = (numbered(rows), Step::ALL[at]);
        let (_dir, reader) = indexed(&rows);
        let column = "received_on".to_owned();
        let found = answer(&reader, &Request { histograms: vec![HistogramOf { column, step }], ..request.clone() });
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        let mut missing = 0;
        for row in matching(&rows, &request) {
            match row.received_on.and_then(from_epoch_days) {
                Some(day) => *expected.entry(step.span(day).name).or_default() += 1,
                None => missing += 1,
            }
        }
        let histogram = &found.histograms[0];
        let bars: BTreeMap<String, u64> =
            histogram.bars.iter().map(|bar| (bar.name.clone(), bar.count)).collect();
        prop_assert_eq!(bars.values().sum::<u64>() + histogram.earlier.count + histogram.missing, found.total.value);
        prop_assert_eq!((bars, histogram.missing), (expected, missing));
        prop_assert!(histogram.bars.is_sorted_by_key(|bar| bar.from));
    }

    #[test]
    fn a_group_is_one_hit_and_pages_of_groups_follow_each_other(
        rows in prop::collection::vec(any_row(), 1..24),
        request in any_request(),
    ) {
        let rows = numbered(rows);
        let (_dir, reader) = indexed(&rows);
        let request = Request { facets: Vec::new(), highlight: false, ..request };
        let (alone, _) = pages(&reader, &request);
        let expected_rows = matching(&rows, &request);
        let mut seen = BTreeSet::new();
        let mut expected = Vec::new();
        for hit in alone {
            let kind = hit.fields.get("kind").map(text);
            if kind.as_ref().is_none_or(|kind| seen.insert(kind.clone())) {
                let rows = expected_rows.iter().filter(|row| row.kind == kind).count() as u64;
                expected.push((hit.source_id, kind.map(|value| HitGroup { value, rows })));
            }
        }
        let grouped = Request { group: Some("kind".to_owned()), ..request };
        let (hits, first) = pages(&reader, &grouped);
        prop_assert_eq!(first.total.value, expected_rows.len() as u64);
        prop_assert_eq!(first.groups, Some(Total { value: expected.len() as u64, exact: true }));
        let found: Vec<_> = hits.into_iter().map(|hit| (hit.source_id, hit.group)).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn filters_commute_and_spellings_of_one_text_are_one(
        rows in prop::collection::vec(any_row(), 1..24),
        request in any_request(),
    ) {
        let (_dir, reader) = indexed(&numbered(rows));
        let found = answer(&reader, &request);
        let mut turned = request.clone();
        turned.filters.reverse();
        let other = answer(&reader, &turned);
        prop_assert_eq!((&other.hits, &other.facets, other.total), (&found.hits, &found.facets, found.total));
        let moved: String = request.text.replace("hoà", "hòa");
        for text in [request.text.nfd().collect(), moved.clone(), moved.nfd().collect::<String>()] {
            let other = answer(&reader, &Request { text, ..request.clone() });
            prop_assert_eq!((&other.hits, &other.facets, other.total), (&found.hits, &found.facets, found.total));
        }
    }

    #[test]
    fn a_mark_narrows_or_reorders_and_never_adds(
        rows in prop::collection::vec(any_row(), 1..24),
        words in prop::collection::vec(prop::sample::select(vec!["đất", "đạt", "đai", "khiếu", "hoà"]), 1..4),
    ) {
        let (_dir, reader) = indexed(&numbered(rows));
        let marked = words.join(" ");
        let plain = crate::text::fold::fold(&marked);
        let of = |text: &str| keys(&answer(&reader, &ask(text))).into_iter().collect::<BTreeSet<String>>();
        let (with, without) = (of(&marked), of(&plain));
        prop_assert!(with.is_subset(&without), "{with:?} {without:?}");
        let demanded = of(&format!("=\"{marked}\""));
        let any_marks = of(&format!("\"{plain}\""));
        prop_assert!(demanded.is_subset(&any_marks));
    }

    #[test]
    fn what_is_new_is_told_once_and_never_missed(
        commits in prop::collection::vec(prop::collection::vec((0usize..12, any::<bool>()), 1..4), 1..8),
        asked in prop::collection::vec(any::<bool>(), 8),
        limit in 1usize..4,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let dataset: Dataset = letters();
        let mut writer = Writer::open(dir.path(), &dataset, None).unwrap();
        let (mut state, mut waiting): (BTreeMap<usize, bool>, BTreeSet<String>) = Default::default();
        let (mut version, mut since) = (CommitVersion(0), CommitVersion(0));
        for (changes, is_asked) in commits.iter().zip(asked) {
            version = version.next();
            let changes: BTreeMap<usize, bool> = changes.iter().copied().collect();
            let rows: Vec<Row> = changes.iter().map(|(key, fits)| Row {
                source_id: key.to_string(),
                text: Some(if *fits { "bãi rác ven sông" } else { "thu hồi đất" }.to_owned()),
                ..Row::default()
            }).collect();
            for key in changes.keys().filter(|key| state.contains_key(key)) {
                writer.delete(&[dataset.id("local", &key.to_string()).to_string()]).unwrap();
            }
            let (main, text) = batches(&dataset, &rows, version.0);
            writer.add_batch(&main, Some(&text)).unwrap();
            writer.commit(version).unwrap();
            for (key, fits) in changes {
                state.insert(key, fits);
                if fits { waiting.insert(key.to_string()) } else { waiting.remove(&key.to_string()) };
            }
            if is_asked {
                let reader = Reader::open(dir.path(), &dataset, version).unwrap();
                let request = Request { since: Some(since), limit, ..ask("bãi rác") };
                let (hits, first) = pages(&reader, &request);
                let told: Vec<String> = hits.into_iter().map(|hit| hit.source_id).collect();
                let once: BTreeSet<String> = told.iter().cloned().collect();
                prop_assert_eq!(told.len(), once.len());
                prop_assert_eq!(&once, &waiting);
                prop_assert_eq!((first.matched, first.corrections.len()), (Matched::All, 0));
                (since, waiting) = (first.commit, BTreeSet::new());
            }
        }
    }
}

#[test]
fn an_excluded_value_leaves_its_rows_out_and_keeps_its_count() {
    let row = |key: &str, unit: &str| Row {
        source_id: key.to_owned(),
        unit: Some(unit.to_owned()),
        text: Some("đất".to_owned()),
        ..Row::default()
    };
    let (_dir, reader) = indexed(&[row("1", "A"), row("2", "A"), row("3", "B")]);
    let not = Filter { column: "unit".to_owned(), op: Op::Not(vec!["A".to_owned()]) };
    let request = Request { filters: vec![not], facets: vec!["unit".to_owned()], ..ask("đất") };
    let found = answer(&reader, &request);
    assert_eq!((keys(&found), found.total.value), (vec!["3".to_owned()], 1));
    let counts: Vec<(String, u64)> =
        found.facets[0].values.iter().map(|value| (text(&value.value), value.count)).collect();
    assert_eq!((counts, found.facets[0].rows), (vec![("A".to_owned(), 2), ("B".to_owned(), 1)], 3));
}
