//! Digests: messages made of figures, put into the outbox once.
//!
//! A message's key is made of what it says and to whom, not of the snapshot: making the digest again while
//! the figures are the same adds no row. Nothing is sent from here.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::digest::Digest;
use crate::domain::civil::CivilDate;
use crate::domain::id::RecordId;
use crate::domain::language::Language;
use crate::domain::limits::{DIGEST_MESSAGES_MAX, DIGEST_RECORDS_MAX};
use crate::domain::record::{Operation as Change, Record, Value};
use crate::domain::scope::Scope;
use crate::engine::intake::Intake;
use crate::engine::progress::Progress;
use crate::engine::{Engine, EngineError};
use crate::metrics::MetricError;
use crate::metrics::ask::Asked;
use crate::metrics::compose::Side;
use crate::metrics::digest::{Message, Told};
use crate::metrics::measure::Measure;
use crate::present::digest::mail;
use crate::sql::encode::objects;
use crate::store::commit::Operation;

const DATASET: &str = "outbox";
const SYSTEM: &str = "thanhtra";

/// What is asked of a digest.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Template.
    pub template: String,
    /// One unit only.
    pub unit: Option<String>,
    /// Whether short messages keep their marks.
    pub is_marked: bool,
    /// Language.
    pub language: Language,
}

/// What became of a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// Rows added to the outbox.
    pub added: usize,
    /// Rows that were there already.
    pub known: usize,
}

impl Engine {
    /// The messages of a template, ready and not kept.
    ///
    /// # Errors
    /// There is no such template, or as [`Engine::measure`].
    pub fn digest(&self, wanted: &Wanted, asked: &Asked, scope: &Scope) -> Result<Vec<Message>, EngineError> {
        let (catalog, asked) = self.closed(asked)?;
        let digest = catalog.digest(&wanted.template).map_err(MetricError::from)?;
        let asked = Asked { by: digest.by.iter().cloned().collect(), ..asked };
        let measures = self.measures(&catalog, &digest.metrics(), &asked, scope)?;
        let told = |key| Told { digest, measures: &measures, key, language: wanted.language };
        let keys = keys(digest, &measures, wanted.unit.as_deref());
        let mut messages = Vec::new();
        for key in keys.iter().map(|key| key.as_deref()).take(DIGEST_MESSAGES_MAX) {
            let told = told(key);
            let is_worth = digest
                .only_when
                .as_ref()
                .is_none_or(|metric| told.figure(metric).is_some_and(|figure| figure.numerator > 0));
            if is_worth {
                let mut message = told.message(wanted.is_marked);
                message.records = self.named(digest, &measures, key, scope)?;
                messages.push(message);
            }
        }
        Ok(messages)
    }

    /// Makes the messages of a template and puts those that are not there yet into the outbox, in one commit.
    ///
    /// # Errors
    /// As [`Engine::digest`], or the store is open for reading only.
    pub fn put_digest(&self, wanted: &Wanted, asked: &Asked, scope: &Scope) -> Result<Put, EngineError> {
        let snapshot = self.snapshot()?;
        let (_, asked) = self.closed(asked)?;
        let as_of = asked.as_of.or(Some(self.clock().today()));
        let asked = Asked { as_of, snapshot: asked.snapshot.or(Some(snapshot.version())), ..asked };
        let messages = self.digest(wanted, &asked, scope)?;
        let dataset = snapshot.dataset(DATASET)?;
        let hash_key = self.writing()?.hash_key;
        let mut intake = Intake::new(self, Arc::clone(snapshot.catalog()), hash_key);
        let mut put = Put { added: 0, known: 0 };
        for message in &messages {
            for channel in ["sms", "mail"] {
                let (key, values) = row(message, channel, &asked, wanted.language);
                let id = RecordId::of_key(dataset.letter, DATASET, SYSTEM, &key);
                match self.record(id, scope) {
                    Ok(_) => put.known += 1,
                    Err(EngineError::NoRecord(_)) => {
                        put.added += 1;
                        intake.push(DATASET, &record(dataset, key, values))?;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if put.added > 0 {
            self.commit_intake(
                intake,
                &mut |_, _, _| Ok(()),
                &mut |done| (Operation::Push { datasets: done.counts.clone() }, Vec::new()),
                &Progress::default(),
            )?;
        }
        Ok(put)
    }

    /// Numbers of the records that the mail names; of datasets without class identity alone.
    fn named(
        &self,
        digest: &Digest,
        measures: &BTreeMap<String, Arc<Measure>>,
        key: Option<&[Option<String>]>,
        scope: &Scope,
    ) -> Result<Vec<(String, String)>, EngineError> {
        let Some(measure) = digest.rows.as_ref().and_then(|name| measures.get(name)) else {
            return Ok(Vec::new());
        };
        let mut inputs = measure.inputs().clone();
        inputs.filters.extend(inputs.by.clone().into_iter().zip(key.unwrap_or_default().iter().cloned()));
        let rows = objects(&self.figure_rows(&inputs, Side::Numerator, 0, scope)?.batches)?;
        let text = |row: &serde_json::Value, name: &str| {
            row.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
        };
        let named = rows.iter().take(DIGEST_RECORDS_MAX).map(|row| (text(row, "id"), text(row, "source_id")));
        Ok(named.collect())
    }
}

/// The values of the digest's dimension that have figures; one without any for everything.
fn keys(
    digest: &Digest,
    measures: &BTreeMap<String, Arc<Measure>>,
    unit: Option<&str>,
) -> Vec<Option<Vec<Option<String>>>> {
    if digest.by.is_none() {
        return vec![None];
    }
    let figures = measures.values().flat_map(|measure| measure.figures());
    let named = figures.filter(|figure| figure.key.first().is_some_and(Option::is_some));
    let mut keys: Vec<Vec<Option<String>>> = named.map(|figure| figure.key.clone()).collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| unit.is_none_or(|unit| key.first().and_then(Option::as_deref) == Some(unit)));
    keys.into_iter().map(Some).collect()
}

fn row(
    message: &Message,
    channel: &str,
    asked: &Asked,
    language: Language,
) -> (String, Vec<(&'static str, Value)>) {
    let text = |text: &str| Value::Text(text.to_owned());
    let period = asked.period.as_ref().map_or("", |period| period.name.as_str());
    let as_of = asked.as_of.unwrap_or_default();
    let is_sms = channel == "sms";
    let body =
        if is_sms { message.sms.text.clone() } else { mail(message_of(message), language).into_string() };
    let parts = if is_sms { i64::try_from(message.sms.parts).unwrap_or(i64::MAX) } else { 1 };
    let snapshot = asked.snapshot.map_or(Value::Null, |snapshot| Value::Integer(snapshot.as_i64()));
    let values = vec![
        ("title", text(&message.subject)),
        ("template", text(&message.template)),
        ("template_version", Value::Integer(i64::from(message.version))),
        ("unit", message.unit.as_deref().map_or(Value::Null, text)),
        ("audience", text(&message.audience)),
        ("channel", text(channel)),
        ("period", if period.is_empty() { Value::Null } else { text(period) }),
        ("as_of", Value::Date(CivilDate::day(as_of))),
        ("snapshot", snapshot),
        ("parts", Value::Integer(parts)),
        ("figures", text(&message.figures.join("; "))),
        ("receipts", text(&message.receipts.join(" "))),
        ("text", Value::Text(body)),
    ];
    (message.key(channel, period, &as_of.to_string()), values)
}

fn message_of(message: &Message) -> crate::present::digest::Mail<'_> {
    crate::present::digest::Mail {
        subject: &message.subject,
        paragraphs: &message.mail,
        records: &message.records,
    }
}

fn record(dataset: &crate::definition::dataset::Dataset, key: String, given: Vec<(&str, Value)>) -> Record {
    let mut values = vec![Value::Null; dataset.columns.len()];
    for (name, value) in given {
        if let Some(slot) = dataset.position(name).and_then(|place| values.get_mut(place)) {
            *slot = value;
        }
    }
    Record {
        source_system: SYSTEM.to_owned(),
        source_id: key,
        operation: Change::Upsert,
        values,
        extra: String::new(),
        line: 1,
        children: Vec::new(),
    }
}
