//! The deadline of one record, explained: declared by its source, and computed from the law.

use arrow::array::RecordBatch;
use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use crate::definition::query::Query;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::record::Value;
use crate::domain::scope::Scope;
use crate::engine::{Engine, EngineError};
use crate::rules::deadline::Due;
use crate::rules::place::Place;
use crate::sql::encode::objects;
use crate::sql::vetted;

/// What is known of a record's deadline.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The record.
    pub id: RecordId,
    /// Snapshot it is of.
    pub commit: CommitVersion,
    /// Its dataset.
    pub dataset: String,
    /// The day its clock began: of acceptance for a case, of receipt for a petition.
    pub start: Option<NaiveDate>,
    /// The due date its source declares.
    pub declared: Option<NaiveDate>,
    /// What the law says; nothing when no rule sets a limit.
    pub computed: Option<Due>,
    /// Version of the rules it was computed by.
    pub rules: String,
    /// Every due date it was given, oldest first, as rows with `version`, `due_on`, `decided_on`.
    pub versions: Vec<Json>,
}

impl Explained {
    /// The day that counts: the declared one, else the computed one.
    #[must_use]
    pub fn effective(&self) -> Option<NaiveDate> {
        self.declared.or(self.computed.as_ref().and_then(|due| due.effective))
    }

    /// Whether source and law disagree.
    #[must_use]
    pub fn differs(&self) -> bool {
        let law = self.computed.as_ref().and_then(|due| due.effective);
        matches!((self.declared, law), (Some(declared), Some(law)) if declared != law)
    }
}

impl Engine {
    /// Explains the deadline of the record `id` as of a business date, which is today when not given.
    ///
    /// # Errors
    /// There is no such record in scope.
    pub fn deadline_of(
        &self,
        id: RecordId,
        as_of: Option<NaiveDate>,
        scope: &Scope,
    ) -> Result<Explained, EngineError> {
        let found = self.record(id, scope)?;
        let record = objects(&found.batches)?.into_iter().next().unwrap_or_default();
        let text = |name: &str| record.get(name).and_then(Json::as_str).unwrap_or_default();
        let day = |name: &str| text(name).parse::<NaiveDate>().ok();
        let as_of = as_of.unwrap_or_else(|| self.clock.today());
        let key = (text("source_system"), text("source_id"));
        let laws = self.laws()?;
        let place = Place { unit: text("unit"), province: text("province"), commune: text("commune") };
        let (start, computed) = match found.dataset.as_str() {
            "cases" => {
                let steps = self.steps_of(key, as_of, scope)?;
                let start = day("opened_on");
                let due = start
                    .and_then(|start| laws.resolution((text("kind"), text("stage")), start, &steps, &place));
                (start, due)
            }
            "petitions" => {
                let start = day("received_on");
                (start, start.and_then(|start| laws.handling(text("kind"), start, &place)))
            }
            _ => (day("assigned_on").or_else(|| day("received_on")), None),
        };
        let versions = if found.dataset == "tasks" { self.due_dates_of(key, scope)? } else { Vec::new() };
        // A petition's declared due date is that of its resolution, which is the case's clock, not this one.
        let declared = if found.dataset == "petitions" { None } else { day("due_on") };
        Ok(Explained {
            id,
            commit: found.commit,
            dataset: found.dataset,
            start,
            declared,
            computed,
            rules: laws.version().to_owned(),
            versions,
        })
    }

    /// Extensions with their paper, suspensions and resumptions up to a day, in the text that rules read.
    fn steps_of(&self, key: (&str, &str), as_of: NaiveDate, scope: &Scope) -> Result<String, EngineError> {
        let of_subject = self.of_subject("cases")?;
        let rows = self.children(
            "events",
            &format!(
                "SELECT kind, happened_on FROM events WHERE source_system = $system AND subject_id = $key \
                 AND kind IN ('extended', 'suspended', 'resumed') AND happened_on <= $as_of \
                 AND (kind <> 'extended' OR decision_number IS NOT NULL) {of_subject} ORDER BY happened_on, kind"
            ),
            (key, as_of),
            scope,
        )?;
        let step = |row: &Json| {
            let kind = row.get("kind").and_then(Json::as_str)?.chars().next()?;
            Some(format!("{kind}{}", row.get("happened_on").and_then(Json::as_str)?))
        };
        Ok(objects(&rows)?.iter().filter_map(step).collect::<Vec<_>>().join(";"))
    }

    /// The condition that an event is one of a record of `dataset`: it says so, or does not say of what it is.
    pub(super) fn of_subject(&self, dataset: &str) -> Result<String, EngineError> {
        let says = self.snapshot()?.dataset("events")?.column("subject_dataset").is_some();
        let condition = format!("AND coalesce(subject_dataset, '{dataset}') = '{dataset}'");
        Ok(if says { condition } else { String::new() })
    }

    fn due_dates_of(&self, key: (&str, &str), scope: &Scope) -> Result<Vec<Json>, EngineError> {
        let rows = self.children(
            "task_due_dates",
            "SELECT version, due_on, decided_on, decision_number FROM task_due_dates \
             WHERE source_system = $system AND task_id = $key AND $as_of IS NOT NULL ORDER BY version",
            (key, self.clock.today()),
            scope,
        )?;
        Ok(objects(&rows)?)
    }

    fn children(
        &self,
        table: &str,
        sql: &str,
        ((system, key), as_of): ((&str, &str), NaiveDate),
        scope: &Scope,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        let snapshot = self.snapshot()?;
        let mut tables = self.tables(&snapshot, snapshot.version(), scope)?;
        tables.retain(|known| known.name == table);
        let parameters = ["system", "key", "as_of"].map(str::to_owned).into();
        let query = Query {
            name: "deadline".to_owned(),
            version: 1,
            tables: vec![table.to_owned()],
            parameters,
            sql: sql.to_owned(),
            ..Query::default()
        };
        let values = [
            ("system", Value::Text(system.to_owned())),
            ("key", Value::Text(key.to_owned())),
            ("as_of", Value::Date(crate::domain::civil::CivilDate::day(as_of))),
        ];
        Ok(vetted::run(&query, &tables, &values)?)
    }
}

/// A deadline as programs read it.
#[must_use]
pub fn due_json(due: &Due) -> Json {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let steps = due.steps.iter().map(|step| {
        json!({ "step": step.key, "days": step.days, "article": step.article,
                "verified": step.mark == crate::rules::deadline::Mark::Found, "day": day(step.day) })
    });
    json!({ "rule": due.rule, "raw": day(due.raw), "effective": day(due.effective),
            "if_unconfirmed_days_are_off": day(due.otherwise), "steps": steps.collect::<Vec<_>>(),
            "doubts": due.doubts })
}
