//! That a sweep finds what the general query finds, and that rows that are not read in full come where they
//! would if they were.

use std::ops::Range;

use arrow::array::{Array, StringArray};
use proptest::prelude::*;

use crate::domain::commit::CommitVersion;
use crate::domain::scope::{Scope, Units};
use crate::search::budget::Budget;
use crate::search::collect::{self, Found, Gather, Gathered};
use crate::search::compile::Pattern;
use crate::search::facet;
use crate::search::filter;
use crate::search::order::Order;
use crate::search::query::Parsed;
use crate::search::reader::Reader;
use crate::search::request::{Direction, Matched, Request};
use crate::search::retrieve;
use crate::search::sample::naive::any_filter;
use crate::search::sample::{Row, batches, letters};
use crate::search::sweep::{self, Plan};
use crate::search::writer::Writer;

const WORDS: [&str; 9] = ["đất", "đạt", "đai", "đài", "thu", "hồi", "nhà", "xã", "a"];
/// A word of names and of no text.
const NAME: &str = "tám";
const ROWS: usize = 900;
/// Parts add up in another order, so that scores differ by less than this.
const ROUNDING: f32 = 1e-3;

fn text(draw: &mut fastrand::Rng, most: usize) -> Option<String> {
    let words: Vec<&str> = (0..draw.usize(..most)).map(|_| WORDS[draw.usize(..WORDS.len())]).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A segment for each range of keys, and signers named like common words, a few of them like nothing else; in the
/// last segment most rows name their signer.
fn index(dir: &std::path::Path, ranges: [Range<usize>; 3]) -> Reader {
    let (dataset, mut draw) = (letters(), fastrand::Rng::with_seed(5));
    let mut writer = Writer::open(dir, &dataset, None).unwrap();
    let mut commit = CommitVersion(0);
    for (segment, keys) in ranges.into_iter().enumerate() {
        let rows = keys.map(|key| Row {
            source_id: key.to_string(),
            kind: Some(["đơn", "thư"][draw.usize(..2)].to_owned()),
            unit: [None, Some("H01".to_owned()), Some("H02".to_owned())][draw.usize(..3)].clone(),
            received_on: Some(draw.i32(0..20_000)),
            signers: Some(draw.i64(1..4)),
            title: text(&mut draw, 4),
            text: text(&mut draw, 30),
            signer_name: text(&mut draw, 4).filter(|_| segment == 2 || draw.u8(..6) == 0).map(|name| {
                match draw.u8(..4) {
                    0 => format!("{name} {NAME}"),
                    _ => name,
                }
            }),
            ..Row::default()
        });
        let rows: Vec<Row> = rows.collect();
        commit = commit.next();
        let (main, text) = batches(&dataset, &rows, commit.0);
        let ids: &StringArray = main.column_by_name("id").unwrap().as_any().downcast_ref().unwrap();
        writer.delete(&ids.iter().flatten().collect::<Vec<_>>()).unwrap();
        writer.add_batch(&main, Some(&text)).unwrap();
        writer.commit(commit).unwrap();
    }
    writer.close().unwrap();
    Reader::open(dir, &dataset, commit).unwrap()
}

struct Case {
    reader: Reader,
    _dir: tempfile::TempDir,
}

/// Of three segments two with deleted rows.
fn case() -> Case {
    of([0..ROWS, 0..ROWS / 4, ROWS / 8..ROWS / 2])
}

fn of(ranges: [Range<usize>; 3]) -> Case {
    let dir = tempfile::tempdir().unwrap();
    Case { reader: index(dir.path(), ranges), _dir: dir }
}

/// Both ways of finding what matches.
fn both(
    reader: &Reader,
    (text, rule): (&str, Matched),
    request: &Request,
    scope: &Scope,
) -> Option<[Gathered; 2]> {
    let parsed = Parsed::read(text).unwrap();
    let (fields, searcher, statistics) = (reader.fields(), reader.searcher(), reader.statistics());
    let lanes = fields.lanes(scope.sees_personal);
    let limits = || filter::clauses(fields, &request.filters, scope).unwrap();
    if !Plan::can(&parsed, rule) {
        return None;
    }
    let order = Order::of(fields, &request.sort, true, scope).unwrap();
    let facets = facet::columns(fields, &request.facets, scope).unwrap();
    let gather =
        Gather { order: &order, wanted: request.limit, after: None, facets: &facets, ids: reader.ids() };
    let plan = Plan::of(&parsed, rule, &lanes, limits());
    let budget = Budget::of(std::time::Duration::from_secs(60));
    let mut swept = sweep::gather(&plan, (searcher, statistics), &gather, &budget).unwrap();
    collect::sort(&mut swept.rows, &order);
    let query = retrieve::query(&parsed, rule, (&lanes, fields.dated()), limits());
    let general = searcher.search_with_statistics_provider(&query, &gather, statistics).unwrap();
    Some([swept, general])
}

fn assert_same([swept, general]: &[Gathered; 2], what: &str) {
    assert_eq!(swept.total, general.total, "{what}");
    assert_eq!(format!("{:?}", swept.counts), format!("{:?}", general.counts), "{what}");
    let scores = |gathered: &Gathered| gathered.rows.iter().map(|row| row.score).collect::<Vec<f32>>();
    let (a, b) = (scores(swept), scores(general));
    assert_eq!(a.len(), b.len(), "{what}");
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < ROUNDING), "{what}: {a:?} {b:?}");
    let Some(last) = b.last() else { return };
    for row in swept.rows.iter().filter(|row| row.score > last + ROUNDING) {
        let same = general.rows.iter().any(|other| other.address == row.address);
        assert!(same, "{what}: {:?} with {}", row.address, row.score);
    }
}

#[test]
fn a_sweep_finds_what_the_general_query_finds() {
    let case = case();
    let texts = [
        "đất",
        "đất đai",
        "dai dat",
        "xã a",
        "hồi hồi",
        "thu hồi đất nhà",
        "thu khôngcó",
        "khôngcó",
        "\"thu hồi\"",
        "\"nhà\"",
        "\"thu hồi đất\"",
        "\"a a a\"",
        "\"đất đai đất đai\"",
        "\"thu hồi đất\" xã",
        "\"thu hồi đất nhà\"",
        "đất -đai",
        "đất -\"thu hồi\"",
        "\"hồi đất a\" \"xã nhà\" thu",
        "thu hồi đất nhà xã đai a thu nhà",
        "đất đai thu hồi nhà xã a đất hồi \"nhà đất thu\" -\"a a\"",
    ];
    for text in texts {
        for rule in [Matched::All, Matched::Most] {
            for sees_personal in [true, false] {
                for units in [Units::All, Units::Only(["H01".to_owned()].into())] {
                    let scope = Scope { sees_personal, units, ..Scope::everything() };
                    let facets = vec!["kind".to_owned(), "unit".to_owned(), "unit.kind".to_owned()];
                    let request = Request { limit: 350, facets, ..Request::default() };
                    let Some(found) = both(&case.reader, (text, rule), &request, &scope) else { continue };
                    assert_same(&found, text);
                }
            }
        }
    }
}

#[test]
fn what_is_more_than_words_is_left_to_the_general_query() {
    let table = [
        ("đất đai", Matched::All, true),
        ("đất", Matched::Most, false),
        ("-đất", Matched::All, false),
        ("", Matched::All, false),
        ("UBND xã", Matched::All, false),
        ("đất -\"thu hồi đất\"", Matched::All, false),
    ];
    for (text, rule, expected) in table {
        assert_eq!(Plan::can(&Parsed::read(text).unwrap(), rule), expected, "{text}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(WORDS.to_vec());
    let words = |most| prop::collection::vec(word.clone(), 1..=most).prop_map(|words| words.join(" "));
    let piece = prop_oneof![
        4 => words(3),
        2 => words(5).prop_map(|words| format!("\"{words}\"")),
        1 => words(2).prop_map(|words| format!("-\"{words}\"")),
    ];
    prop::collection::vec(piece, 1..=3).prop_map(|pieces| pieces.join(" "))
}

/// The first so many are the beginning of all, in the same order, wherever segments and stretches end, and what
/// is counted does not hang on how many are wanted.
#[test]
fn the_first_rows_are_the_beginning_of_all_rows() {
    let case = case();
    let given = (any_text(), any::<bool>(), any::<bool>(), 0usize..120);
    proptest!(ProptestConfig::with_cases(64), |((text, is_most, sees_personal, limit) in given)| {
        let rule = if is_most { Matched::Most } else { Matched::All };
        let scope = Scope { sees_personal, ..Scope::everything() };
        let ask = |limit| both(&case.reader, (&text, rule), &Request { limit, ..Request::default() }, &scope);
        let (Some(first), Some(all)) = (ask(limit), ask(2 * ROWS)) else { return Ok(()) };
        for (first, all) in first.iter().zip(&all) {
            let places = |gathered: &Gathered| {
                let place = |row: &Found| (row.address, row.score.to_bits(), row.place.id);
                gathered.rows.iter().map(place).collect::<Vec<_>>()
            };
            let (first_places, mut all_places) = (places(first), places(all));
            all_places.truncate(limit);
            prop_assert_eq!(first_places, all_places);
            prop_assert_eq!((first.total, first.after), (all.total, all.after));
            prop_assert_eq!(all.rows.len() as u64, all.total);
            prop_assert!(all.total <= ROWS as u64);
        }
    });
}

/// Where no row was deleted one word is raced for, in one lane or in two of either length.
#[test]
fn one_word_alone_is_found_as_the_general_query_finds_it() {
    let case = of([0..ROWS, ROWS..ROWS + 130, ROWS + 130..2 * ROWS]);
    let word = prop::sample::select([&WORDS[..], &[NAME, "\"đất đai\"", "\"đất tám\"", "khôngcó"]].concat());
    let given = (word, any::<bool>(), 0usize..260);
    proptest!(ProptestConfig::with_cases(64), |((text, sees_personal, limit) in given)| {
        let scope = Scope { sees_personal, ..Scope::everything() };
        let request = Request { limit, ..Request::default() };
        let Some(found) = both(&case.reader, (text, Matched::All), &request, &scope) else { return Ok(()) };
        assert_same(&found, text);
        let [swept, general] = &found;
        prop_assert_eq!(swept.after, general.after);
        prop_assert_eq!(swept.rows.len(), limit.min(usize::try_from(swept.total).unwrap()));
    });
}

/// What only a pattern asks is told apart by lanes and ids; with counts of a column beside, it is walked stretch
/// by stretch.
#[test]
fn the_best_rows_of_a_pattern_are_those_of_the_walk() {
    let cases = [case(), of([0..ROWS, ROWS..ROWS + 130, ROWS + 130..2 * ROWS])];
    let pattern = prop::sample::select(vec!["da*", "th*", "ho?", "ta*", "kh*"]);
    let given = (pattern, any::<bool>(), 0usize..260, 0usize..2);
    proptest!(ProptestConfig::with_cases(64), |((pattern, sees_personal, limit, case) in given)| {
        let reader = &cases[case].reader;
        let (fields, scope) = (reader.fields(), Scope { sees_personal, ..Scope::everything() });
        let lanes = fields.lanes(sees_personal);
        let found = [Vec::new(), vec!["kind".to_owned()]].map(|facets| {
            let facets = facet::columns(fields, &facets, &scope).unwrap();
            let order = Order::Relevance;
            let gather =
                Gather { order: &order, wanted: limit, after: None, facets: &facets, ids: reader.ids() };
            let plan = Plan::fitting(Pattern::new(pattern).fitting(reader, &lanes).unwrap(), Vec::new());
            let budget = Budget::of(std::time::Duration::from_secs(60));
            let searched = (reader.searcher(), reader.statistics());
            let mut found = sweep::gather(&plan, searched, &gather, &budget).unwrap();
            collect::sort(&mut found.rows, &order);
            let rows = found.rows.iter().map(|row| (row.address, row.score.to_bits(), row.place.id));
            (found.total, found.after, rows.collect::<Vec<_>>())
        });
        let [alone, walked] = &found;
        prop_assert_eq!(alone, walked);
        prop_assert_eq!(alone.0 > 0, pattern != "kh*" && (pattern != "ta*" || sees_personal));
    });
}

fn ids(reader: &Reader, request: &Request, scope: &Scope) -> (Vec<String>, Vec<f32>) {
    let answer = reader.search(request, scope).unwrap();
    answer.hits.iter().map(|hit| (hit.id.to_string(), hit.score)).unzip()
}

#[test]
fn any_words_filters_and_orders_give_the_same_both_ways() {
    let case = case();
    let sort = prop::option::of(prop::sample::select(vec!["received_on", "kind"]));
    let given = (any_text(), any::<bool>(), any::<bool>(), prop::collection::vec(any_filter(), 0..=2), sort);
    proptest!(ProptestConfig::with_cases(64), |((text, is_most, sees_personal, filters, sort) in given)| {
        let rule = if is_most { Matched::Most } else { Matched::All };
        let scope = Scope { sees_personal, ..Scope::everything() };
        let sort = sort.map(|name| (name.to_owned(), Direction::Descending)).into_iter().collect();
        let facets = vec!["kind".to_owned()];
        let request = Request { limit: 40, filters, sort, facets, ..Request::default() };
        if let Some(found) = both(&case.reader, (&text, rule), &request, &scope) {
            assert_same(&found, &text);
        }
    });
}

/// A page of all that is put in order reads every row in full; the first ten of it must be the first page, and
/// a row's id and score must not hang on whether its values are asked for.
#[test]
fn the_first_page_is_the_beginning_of_the_whole_order() {
    let case = case();
    proptest!(ProptestConfig::with_cases(48), |(text in any_text(), sees_personal in any::<bool>())| {
        let scope = Scope { sees_personal, ..Scope::everything() };
        let ask = |limit, without_values| {
            let text = text.clone();
            ids(&case.reader, &Request { text, limit, without_values, ..Request::default() }, &scope)
        };
        let (all, scores) = ask(200, false);
        let shown = all.len().min(10);
        prop_assert_eq!(ask(10, false), (all[..shown].to_vec(), scores[..shown].to_vec()));
        prop_assert_eq!(ask(10, true), (all[..shown].to_vec(), scores[..shown].to_vec()));
        let third = ask(3, true).0;
        prop_assert_eq!(&third[..], &all[..all.len().min(3)]);
    });
}
