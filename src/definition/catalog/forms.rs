//! Forms of a catalogue: what feeds their columns is there.

use crate::definition::DefinitionError;
use crate::definition::catalog::Catalog;
use crate::definition::form::FormColumn;

impl Catalog {
    /// A column names, as what feeds it, a column of its basis's dataset.
    pub(super) fn check_forms(&self) -> Result<(), DefinitionError> {
        for form in self.forms.values() {
            for column in &form.columns {
                self.check_fed(column).map_err(|message| DefinitionError::Meaning {
                    file: format!("reports/{}.toml", form.name),
                    message: format!("column {}: {message}", column.number),
                })?;
            }
        }
        Ok(())
    }

    fn check_fed(&self, column: &FormColumn) -> Result<(), String> {
        if column.fed_by.is_empty() {
            return Ok(());
        }
        let basis = column.basis.as_ref().and_then(|name| self.queries.get(name)?.basis.as_ref());
        let dataset = basis.and_then(|basis| self.datasets.get(&basis.dataset));
        let dataset = dataset.ok_or_else(|| "`fed_by` goes with a basis; take it out".to_owned())?;
        let is_lost = |name: &&String| dataset.column(name).is_none_or(|column| column.long);
        match column.fed_by.iter().find(is_lost) {
            Some(lost) => Err(format!("`{}` has no short column `{lost}` to be fed by", dataset.name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::definition::catalog::{Catalog, Texts, embedded};

    #[test]
    fn what_feeds_a_column_is_there() {
        let file = "reports/kqgq01.toml";
        let with = |to: &str| {
            let text = embedded()[file].replacen("fed_by = [\"people_handled\"]", to, 1);
            Catalog::overlaid(Texts::from([(file.to_owned(), text)]))
        };
        assert!(with("fed_by = [\"people_restored\"]").is_ok());
        let error = with("fed_by = [\"people\"]").unwrap_err().to_string();
        assert!(
            error.starts_with("reports/kqgq01.toml: column 15: `decisions` has no short column"),
            "{error}"
        );
    }
}
