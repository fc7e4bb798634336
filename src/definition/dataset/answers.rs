//! Checks of what a definition says about answers: nested counts, grouping, what is new.

use crate::definition::column::{Column, ColumnType};
use crate::definition::dataset::Dataset;
use crate::domain::limits::FACET_LEVELS_MAX;
use crate::domain::secrecy::ColumnClass;

pub(super) fn check(dataset: &Dataset) -> Result<(), String> {
    for column in &dataset.columns {
        check_grouping(column)?;
        check_levels(dataset, column)?;
    }
    let Some(name) = &dataset.recency else { return Ok(()) };
    match dataset.column(name) {
        Some(column) if column.kind == ColumnType::Date && column.class == ColumnClass::Public => Ok(()),
        Some(_) => Err(format!("`recency` is a public date, and `{name}` is none")),
        None => Err(format!("no column `{name}` in this definition")),
    }
}

fn check_grouping(column: &Column) -> Result<(), String> {
    let can_group = column.kind == ColumnType::Keyword && column.class == ColumnClass::Public && !column.long;
    if column.group && !can_group {
        return Err(format!("column `{}`: only a public keyword can be a `group`", column.name));
    }
    Ok(())
}

/// Counts are nested along keyword facets only, a few levels deep and never in a circle.
fn check_levels(dataset: &Dataset, column: &Column) -> Result<(), String> {
    let (mut levels, mut lower) = (1, column);
    while let Some(name) = &lower.facet_under {
        let upper = dataset.column(name).ok_or_else(|| format!("no column `{name}` in this definition"))?;
        let are_facets = [lower, upper].into_iter().all(|one| one.facet && one.kind == ColumnType::Keyword);
        if !are_facets {
            return Err(format!("column `{}`: `facet_under` joins keyword facets", lower.name));
        }
        (levels, lower) = (levels + 1, upper);
        if levels > FACET_LEVELS_MAX {
            return Err(format!(
                "column `{}`: at most {FACET_LEVELS_MAX} columns stand under each other",
                column.name
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: &str = r#"
        name = "places"
        letter = "L"
        recency = "seen_on"
        label = { vi = "Nơi", en = "Places" }
        describe = { vi = "Mỗi dòng là một nơi.", en = "A row is a place." }
        [[columns]]
        name = "province"
        type = "keyword"
        label = { vi = "Tỉnh", en = "Province" }
        facet = true
        [[columns]]
        name = "commune"
        type = "keyword"
        label = { vi = "Xã", en = "Commune" }
        facet = true
        facet_under = "province"
        group = true
        [[columns]]
        name = "seen_on"
        type = "date"
        label = { vi = "Ngày", en = "Day" }
    "#;

    #[test]
    fn what_cannot_be_counted_or_grouped_so_is_refused() {
        assert!(Dataset::parse("places.toml", PLACES).is_ok());
        let table = [
            ("facet_under = \"province\"", "facet_under = \"provinze\"", "no column `provinze`"),
            ("facet_under = \"province\"", "facet_under = \"seen_on\"", "joins keyword facets"),
            ("facet_under = \"province\"", "facet_under = \"commune\"", "at most"),
            ("recency = \"seen_on\"", "recency = \"commune\"", "is a public date"),
            ("recency = \"seen_on\"", "recency = \"seen\"", "no column `seen`"),
            ("type = \"date\"", "type = \"date\"\ngroup = true", "only a public keyword"),
        ];
        for (from, to, expected) in table {
            let error = Dataset::parse("places.toml", &PLACES.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
