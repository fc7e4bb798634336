//! A digest filled: words around figures of measures, digit for digit as every other channel shows them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::definition::digest::{Digest, PLAIN, filled};
use crate::domain::language::Language;
use crate::metrics::measure::{Figure, Measure};
use crate::metrics::written::shown;
use crate::present::number::{day, whole};
use crate::present::sms::{Sms, sms, unmarked};

/// What one recipient gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Template.
    pub template: String,
    /// Its version.
    pub version: u32,
    /// Who gets it.
    pub audience: String,
    /// The unit it is about; none for everything.
    pub unit: Option<String>,
    /// The short message as it would go.
    pub sms: Sms,
    /// Subject of the mail.
    pub subject: String,
    /// Paragraphs of the mail.
    pub mail: Vec<String>,
    /// Numbers of the records named in the mail: id, and key at the source.
    pub records: Vec<(String, String)>,
    /// The figures in it, `metric=numerator/denominator`, the same on every snapshot that counts the same.
    pub figures: Vec<String>,
    /// Their receipts.
    pub receipts: Vec<String>,
}

/// Figures of one recipient.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The template.
    pub digest: &'a Digest,
    /// Measures by metric.
    pub measures: &'a BTreeMap<String, Arc<Measure>>,
    /// Value of the dimension; none for the figures over everything.
    pub key: Option<&'a [Option<String>]>,
    /// Language.
    pub language: Language,
}

impl Told<'_> {
    /// The message; with `is_marked` the short one keeps its marks.
    #[must_use]
    pub fn message(&self, is_marked: bool) -> Message {
        let (digest, language) = (self.digest, self.language);
        let fill = |text: &str| filled(text, &|name| self.fact(name));
        let short = fill(digest.sms.text(language));
        let named = digest.metrics();
        let known = named.iter().filter_map(|name| Some((name, self.figure(name)?)));
        let figures = known.clone().map(|(name, figure)| match figure.denominator {
            None => format!("{name}={}", figure.numerator),
            Some(all) => format!("{name}={}/{all}", figure.numerator),
        });
        Message {
            template: digest.name.clone(),
            version: digest.version,
            audience: digest.audience.text(language).to_owned(),
            unit: self.unit(),
            sms: if is_marked { sms(&short) } else { sms(&unmarked(&short)) },
            subject: fill(digest.subject.text(language)),
            mail: digest.mail.iter().map(|text| fill(text.text(language))).collect(),
            records: Vec::new(),
            figures: figures.collect(),
            receipts: known.map(|(_, figure)| figure.code.clone()).collect(),
        }
    }

    fn unit(&self) -> Option<String> {
        self.key.and_then(|key| key.first().cloned().flatten())
    }

    /// The figure of a metric for this recipient.
    #[must_use]
    pub fn figure(&self, metric: &str) -> Option<&Figure> {
        let measure = self.measures.get(metric)?;
        match self.key {
            None => Some(measure.total()),
            Some(key) => measure.figure(key),
        }
    }

    fn fact(&self, name: &str) -> String {
        if PLAIN.contains(&name) {
            return self.plain(name);
        }
        let language = self.language;
        let (metric, part) = name.split_once('.').unwrap_or((name, ""));
        let is_rate = self.measures.get(metric).is_some_and(|measure| measure.is_rate());
        let none =
            Figure {
                key: Vec::new(), numerator: 0, denominator: is_rate.then_some(0), code: "–".to_owned()
            };
        // A recipient that a metric knows nothing of has none of it.
        let figure = self.figure(metric).unwrap_or(&none);
        match part {
            "numerator" => whole(figure.numerator, language),
            "denominator" => figure.denominator.map_or_else(|| "–".to_owned(), |all| whole(all, language)),
            "receipt" => figure.code.clone(),
            _ => shown(figure, language),
        }
    }

    fn plain(&self, name: &str) -> String {
        let inputs = self.measures.values().next().map(|measure| measure.inputs());
        let text = inputs.and_then(|inputs| match name {
            "as_of" => Some(day(inputs.as_of, self.language)),
            "snapshot" => Some(inputs.snapshot.to_string()),
            "period" => inputs.period.as_ref().map(|period| period.name.clone()),
            _ => self.unit(),
        });
        text.unwrap_or_else(|| "–".to_owned())
    }
}

impl Message {
    /// The message as one object, the same on every face.
    #[must_use]
    pub fn json(&self) -> Json {
        json!({
            "template": self.template, "version": self.version, "audience": self.audience, "unit": self.unit,
            "sms": self.sms.text, "sms_is_gsm": self.sms.is_gsm, "sms_length": self.sms.length,
            "sms_parts": self.sms.parts, "subject": self.subject, "mail": self.mail,
            "records": self.records.iter().map(|(id, _)| id).collect::<Vec<_>>(),
            "figures": self.figures, "receipts": self.receipts,
        })
    }

    /// What makes it the same message: template, unit, channel, period, business day and figures.
    #[must_use]
    pub fn key(&self, channel: &str, period: &str, as_of: &str) -> String {
        let unit = self.unit.as_deref().unwrap_or_default();
        let text = [self.template.as_str(), unit, channel, period, as_of, &self.figures.join(" ")].join("|");
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        hash.get(..32).unwrap_or(&hash).to_owned()
    }
}
