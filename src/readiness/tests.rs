//! Published cells come out as published, and what follows from them says so.

use proptest::prelude::*;

use super::cell::{Cell, Origin};
use super::comparable::{Break, breaks};
use super::family::{Combine, Families, Family, Method, Part, Ranks, Scale, Whole};
use super::movement::Movement;
use super::profile::{Against, NotPulled, profile};
use super::table::{Agreement, Table, Unranked};
use super::{recipe, written};
use crate::domain::language::Language::{En, Vi};

const ICT: &str = include_str!("../../tests/fixtures/readiness_ict.csv");
const MIC: &str = include_str!("../../tests/fixtures/readiness_mic_2017.csv");

/// The cells of one edition of a fixture.
fn cells(text: &str, edition: &str) -> Vec<Cell> {
    let lines = text.lines().skip(1).enumerate();
    let cell = |(place, line): (usize, &str)| {
        let fields: Vec<&str> = line.split(',').collect();
        let given = |at: usize| Some(fields[at].to_owned()).filter(|text| !text.is_empty());
        (fields[1] == edition).then(|| Cell {
            id: format!("S{place}"),
            published_on: given(2),
            province: fields[3].to_owned(),
            province_name: fields[4].to_owned(),
            indicator: fields[5].to_owned(),
            value: fields[6].parse().ok(),
            rank: fields[7].parse().ok(),
            origin: Origin::from_code(Some(fields[8])),
            source: given(9),
            note: given(10),
        })
    };
    lines.filter_map(cell).collect()
}

fn table(family: &str, text: &str, edition: &str) -> Table {
    let families = Families::embedded();
    Table::new(families, families.called(family), edition, cells(text, edition))
}

fn ict(edition: &str) -> Table {
    table("ict-index", ICT, edition)
}

fn rank(table: &Table, province: &str) -> String {
    let row = table.row(province).unwrap();
    written::standing(&table.standing(row, "composite"), table, Vi)
}

fn value(table: &Table, province: &str, indicator: &str) -> Option<String> {
    let reading = table.row(province).unwrap().reading(indicator)?;
    written::values(&reading.values(), table.family.decimals, Vi)
}

fn moved(before: &Table, now: &Table, province: &str) -> String {
    let movement = written::movement_of(before, now, now.row(province).unwrap(), "composite");
    written::movement(&movement, before, Vi)
}

#[test]
fn the_published_composites_of_da_nang_come_out_to_four_places() {
    for (edition, composite) in [("2019", "0,8654"), ("2023", "0,8485")] {
        let table = ict(edition);
        let row = table.row("Đà Nẵng").unwrap();
        assert_eq!(value(&table, "Đà Nẵng", "composite").as_deref(), Some(composite));
        let made = row.reading("composite").unwrap().made.unwrap();
        assert_eq!((written::shown(made.value, 4, Vi).as_str(), made.origin), (composite, Origin::Computed));
        assert_eq!(table.agreement(row, "composite"), Some(Agreement::Exact), "{edition}");
    }
    let row_of = |table: &Table, name: &str| table.agreement(table.row(name).unwrap(), "composite");
    assert_eq!(row_of(&ict("2016"), "Đà Nẵng"), Some(Agreement::Rounded));
    assert_eq!(row_of(&ict("2017"), "Lào Cai"), Some(Agreement::Rounded));
    let mut wrong = cells(ICT, "2019");
    wrong.iter_mut().filter(|cell| cell.value == Some(0.7925)).for_each(|cell| cell.value = Some(0.7825));
    let families = Families::embedded();
    let wrong = Table::new(families, families.called("ict-index"), "2019", wrong);
    assert_eq!(row_of(&wrong, "Đà Nẵng"), Some(Agreement::Differs));
}

#[test]
fn the_one_part_that_a_published_whole_leaves_open_is_derived_and_says_so() {
    let mut given = cells(ICT, "2019");
    given.retain(|cell| cell.origin == Origin::Published);
    let families = Families::embedded();
    let table = Table::new(families, families.called("ict-index"), "2019", given);
    assert_eq!(value(&table, "46", "htkt").as_deref(), Some("0,5498 (suy ra)"));
    // Two parts are open here, so neither follows.
    assert_eq!(value(&ict("2016"), "79", "htnl"), None);
}

#[test]
fn what_sources_contradict_is_shown_and_not_chosen() {
    let (then, now) = (ict("2015"), ict("2016"));
    assert_eq!(rank(&then, "Lào Cai"), "7 hoặc 9");
    assert!(then.row("Lào Cai").unwrap().reading("composite").unwrap().is_contradicted());
    assert_eq!(moved(&then, &now, "Lào Cai"), "tăng 2 bậc hoặc giữ hạng");
    let reversed = ict("2023").reversed("composite");
    assert_eq!(reversed.len(), 1, "{reversed:?}");
    let pair = (reversed[0].higher.0.name.as_str(), reversed[0].lower.0.name.as_str());
    assert_eq!(pair, ("Quảng Ninh", "Bắc Ninh"));
    assert!(written::reversed(&reversed[0], &ict("2023"), Vi).contains("0,6514"));
}

#[test]
fn quang_nam_fell_ten_places_across_a_change_of_method() {
    let (then, now) = (ict("2015"), ict("2017"));
    assert_eq!(rank(&then, "Quảng Nam"), "25 (suy ra)");
    assert_eq!(rank(&now, "Quảng Nam"), "35");
    assert_eq!(moved(&then, &now, "Quảng Nam"), "tụt 10 bậc");
    let known = breaks(&then, &now, "composite");
    assert!(matches!(known.as_slice(), [Break::Method { is_sure: true, .. }]), "{known:?}");
    assert!(written::broken(&known[0], Vi).contains("phân tích thành phần chính"));
    assert_eq!(breaks(&ict("2017"), &ict("2019"), "composite"), []);
    assert_eq!(moved(&ict("2018"), &ict("2019"), "Tây Ninh"), "tăng 8 bậc");
    assert_eq!(moved(&ict("2017"), &ict("2018"), "Đà Nẵng"), "giữ hạng");
    let none = moved(&ict("2018"), &now, "Quảng Nam");
    assert!(none.starts_with("không so được: kỳ 2018 không xếp hạng"), "{none}");
}

#[test]
fn who_has_no_rank_is_told_why_and_gets_none() {
    let table = ict("2016");
    let why = |name: &str| table.standing(table.row(name).unwrap(), "composite").why;
    assert_eq!(why("Hà Giang"), Some(Unranked::Absent));
    let parts = ["htkt", "udcntt"].map(str::to_owned).to_vec();
    assert_eq!(why("Thanh Hóa"), Some(Unranked::Missing(parts)));
    assert_eq!(
        rank(&table, "Thanh Hóa"),
        "không xếp hạng: thiếu Hạ tầng kỹ thuật, Ứng dụng công nghệ thông tin"
    );
    let (ranked, all) = table.coverage("composite");
    assert_eq!((all, ranked < 20), (63, true));
    let last = table.ordered("composite");
    assert_eq!(
        last.iter().filter(|row| row.is_in()).count() + 1,
        last.iter().position(|row| !row.is_in()).unwrap() + 1
    );
    let value_only =
        Cell { province: "02".into(), indicator: "composite".into(), value: Some(0.5), ..Cell::default() };
    let families = Families::embedded();
    let one = Table::new(families, families.called("ict-index"), "2016", vec![value_only]);
    assert_eq!(one.standing(one.row("02").unwrap(), "composite").why, Some(Unranked::NotPublished));
}

#[test]
fn ranks_from_the_published_values_are_the_published_competition_ranks() {
    let table = table("mic-egov", MIC, "2017");
    let values: std::collections::BTreeMap<String, f64> = table
        .rows()
        .iter()
        .filter_map(|row| Some((row.place.code.clone(), row.reading("composite")?.value()?.value)))
        .collect();
    assert_eq!(values.len(), 53);
    let ranks = recipe::competition(&values, table.family.decimals);
    for row in table.rows() {
        let published = row.reading("composite").map(|reading| reading.ranks()[0].value);
        assert_eq!(ranks.get(&row.place.code).copied(), published, "{}", row.place.name);
    }
    let ties: Vec<i64> = ["38", "77", "25"].map(|code| ranks[code]).into();
    assert_eq!(ties, [17, 17, 19]);
    assert_eq!(rank(&table, "Quảng Nam"), "không xếp hạng: nguồn đã nhập không có tỉnh này");
    assert_ne!(table.family.id, ict("2017").family.id);
}

#[test]
fn other_provinces_are_never_compared_by_rank() {
    let families = Families::embedded();
    let cell = |code: &str| Cell {
        province: code.into(),
        indicator: "composite".into(),
        rank: Some(3),
        ..Cell::default()
    };
    let then = Table::new(families, families.called("dti"), "2023", vec![cell("24")]);
    let now = Table::new(families, families.called("dti"), "2025", vec![cell("24")]);
    let row = now.row("24").unwrap();
    assert_eq!(
        (row.place.name.as_str(), then.row("24").unwrap().place.name.as_str()),
        ("Bắc Ninh", "Bắc Giang")
    );
    assert_eq!(written::movement_of(&then, &now, row, "composite"), Movement::OtherProvinces);
    assert!(breaks(&then, &now, "composite").contains(&Break::Provinces { before: 63, now: 34 }));
    assert!(
        written::cautions(&now, "composite", Vi)
            .iter()
            .any(|line| line.contains("không thay cho kết quả của Bộ"))
    );
}

#[test]
fn a_cell_whose_code_and_name_disagree_is_nobodys() {
    let families = Families::embedded();
    let cell = Cell {
        province: "24".into(),
        province_name: "Bắc Ninh".into(),
        indicator: "composite".into(),
        rank: Some(4),
        ..Cell::default()
    };
    let table = Table::new(families, families.called("ict-index"), "2016", vec![cell]);
    assert_eq!((table.strangers.len(), table.coverage("composite").0), (1, 0));
}

#[test]
fn a_part_that_is_measured_in_another_way_under_one_name_breaks_what_is_made_of_it() {
    let families = Families::embedded();
    let of = |edition: &str| Table::new(families, families.called("papi"), edition, Vec::new());
    let (then, now) = (of("2019"), of("2024"));
    for indicator in ["SC83", "C08", "composite"] {
        let known = breaks(&then, &now, indicator);
        assert!(matches!(known.as_slice(), [Break::Method { is_sure: false, .. }]), "{indicator}: {known:?}");
    }
    assert_eq!(breaks(&then, &now, "C01"), []);
    assert_eq!(breaks(&of("2020"), &now, "C08"), []);
}

/// A family of ours with ranks computed here, of three indicators in one whole.
fn made(scale: Scale, weights: [f64; 3], values: &[(&str, [f64; 3])]) -> Table {
    let names = ["a", "b", "c"];
    let parts = names.iter().zip(weights).map(|(name, weight)| Part {
        indicator: (*name).to_owned(),
        weight,
        measure: String::new(),
    });
    let whole =
        Whole { indicator: "composite".into(), combine: Combine::Mean, scale, parts: parts.collect() };
    let label = Families::embedded().method("ict-2016").unwrap().label.clone();
    let method = Method { id: "m".into(), label, mark: super::family::Mark::Found, wholes: vec![whole] };
    let mut families = Families::embedded().clone();
    families.add(method);
    let family = Family { method: "m".into(), ranks: Ranks::Computed, ..families.called("Của tôi") };
    let cell = |code: &str, name: &str, value: f64| Cell {
        province: code.to_owned(),
        indicator: name.to_owned(),
        value: Some(value),
        ..Cell::default()
    };
    let cells = values
        .iter()
        .flat_map(|(code, row)| names.iter().zip(row).map(move |(name, value)| cell(code, name, *value)));
    Table::new(&families, family, "2019", cells.collect())
}

#[test]
fn indicators_are_normalised_in_the_way_of_the_method() {
    let rows = [("01", [10.0, 1.0, 5.0]), ("02", [20.0, 3.0, 5.0]), ("04", [30.0, 2.0, 5.0])];
    let of = |scale, weights, code: &str| {
        let table = made(scale, weights, &rows);
        let made = table.row(code).unwrap().reading("composite").and_then(|reading| reading.made);
        made.map(|known| written::shown(known.value, 4, En))
    };
    assert_eq!(of(Scale::RatioToBest, [1.0, 1.0, 1.0], "01").as_deref(), Some("0.5556"));
    assert_eq!(of(Scale::RatioToBest, [2.0, 1.0, 1.0], "04").as_deref(), Some("0.9167"));
    // The third tells nobody apart, so under these ways the whole cannot be made with it.
    assert_eq!(of(Scale::MinMax, [1.0, 1.0, 1.0], "01"), None);
    let rows = [("01", [10.0, 1.0, 5.0]), ("02", [20.0, 3.0, 6.0]), ("04", [30.0, 2.0, 7.0])];
    let of = |scale, code: &str| {
        let table = made(scale, [1.0, 1.0, 2.0], &rows);
        let made = table.row(code).unwrap().reading("composite").unwrap().made.unwrap();
        written::shown(made.value, 4, En)
    };
    assert_eq!((of(Scale::MinMax, "02"), of(Scale::MinMax, "04")), ("0.6250".into(), "0.8750".into()));
    assert_eq!(of(Scale::ZScore, "04"), "0.9186");
}

#[test]
fn the_part_that_pulled_is_told_and_the_parts_add_up() {
    let (then, now) = (ict("2019"), ict("2023"));
    let row = now.row("48").unwrap();
    let found = profile(&now, row, Some(&then), "composite");
    let pulled = found.from_before.unwrap().unwrap();
    assert_eq!(pulled.against, Against::Edition("2019".into()));
    assert_eq!(pulled.parts[0].indicator, "htnl");
    let told = written::pulled(&Ok(pulled), &now, Vi);
    assert_eq!(
        told,
        "So với kỳ 2019: −0,0169, gồm Hạ tầng nhân lực −0,0549; Hạ tầng kỹ thuật −0,0006; \
         Ứng dụng công nghệ thông tin +0,0385."
    );
    let (old, new) = (ict("2015"), ict("2016"));
    let broken = profile(&new, new.row("48").unwrap(), Some(&old), "composite").from_before.unwrap();
    assert!(matches!(broken, Err(NotPulled::Broken(_))));
    let missing = profile(&now, now.row("Cần Thơ").unwrap(), Some(&then), "composite");
    assert_eq!(missing.from_best, Err(NotPulled::Missing("htkt".into())));
}

#[test]
fn a_province_stands_beside_its_region_and_the_best() {
    let rows = [("01", [0.2, 0.2, 0.2]), ("22", [0.4, 0.4, 0.4]), ("48", [0.9, 0.9, 0.9])];
    let table = made(Scale::AsItStands, [1.0; 3], &rows);
    let found = profile(&table, table.row("01").unwrap(), None, "composite");
    let line = found.lines.iter().find(|line| line.indicator == "a").unwrap();
    assert_eq!(written::region(line, 2, Vi), "0,30 (2/11)");
    assert_eq!(written::best(line, 2, Vi), "0,90 (Đà Nẵng)");
    let Ok(best) = found.from_best else { panic!("no best") };
    assert!(matches!(best.against, Against::Best(place) if place.name == "Đà Nẵng"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn competition_ranks_count_those_above(values in prop::collection::vec(0u32..30, 1..63)) {
        let named = values.iter().enumerate();
        let named = named.map(|(place, value)| (format!("{place:02}"), f64::from(*value) / 1000.0)).collect();
        let ranks = recipe::competition(&named, 3);
        for (place, value) in values.iter().enumerate() {
            let above = values.iter().filter(|other| *other > value).count();
            prop_assert_eq!(ranks[&format!("{place:02}")], i64::try_from(above).unwrap() + 1);
        }
    }

    #[test]
    fn parts_of_a_difference_add_up_to_it(rows in prop::collection::vec(prop::array::uniform3(0.0f64..1.0), 2..10)) {
        let places: Vec<&str> = super::place::places(63).map(|place| place.code.as_str()).collect();
        let rows: Vec<(&str, [f64; 3])> = places.into_iter().zip(rows).collect();
        let table = made(Scale::AsItStands, [1.0, 2.0, 3.0], &rows);
        for (code, _) in &rows {
            let row = table.row(code).unwrap();
            let whole = |code: &str| table.row(code).unwrap().reading("composite").unwrap().made.unwrap().value;
            let Ok(pulled) = profile(&table, row, None, "composite").from_best else { panic!("no best") };
            let Against::Best(best) = &pulled.against else { panic!("no best") };
            let difference = whole(code) - whole(&best.code);
            prop_assert!((pulled.difference - difference).abs() < 1e-9);
            prop_assert!((pulled.parts.iter().map(|part| part.adds).sum::<f64>() - difference).abs() < 1e-9);
        }
    }
}
