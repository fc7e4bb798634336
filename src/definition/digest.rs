//! A digest: one TOML of `dashboards/digests/`, the words of a short message and a mail around figures.
//!
//! A template holds words and the names of metrics, never a number: digits, and number words where a figure
//! would stand, are refused when it is read. So what a message says can only come from the metric layer. What
//! it may name is counts, rates, receipts and record numbers; never a row of class identity.

use serde::Deserialize;

use crate::definition::DefinitionError;
use crate::domain::language::Label;

/// Placeholders that are no metric.
pub const PLAIN: [&str; 4] = ["unit", "as_of", "period", "snapshot"];
/// What may follow the name of a metric.
const PARTS: [&str; 4] = ["", "numerator", "denominator", "receipt"];
/// Words that are numbers.
const NUMBER_WORDS: [&str; 30] = [
    "không", "một", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "bẩy", "tám", "chín", "mười",
    "mươi", "trăm", "nghìn", "ngàn", "triệu", "tỷ", "one", "two", "three", "four", "five", "six", "ten",
    "hundred", "thousand", "no",
];
/// Words that a figure stands before.
const COUNTED_WORDS: [&str; 11] =
    ["nhiệm", "đơn", "vụ", "hồ", "lượt", "phần", "%", "tasks", "petitions", "cases", "dossiers"];

/// A digest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// Name in commands and addresses.
    pub name: String,
    /// Version of this template.
    pub version: u32,
    /// What people read.
    pub title: Label,
    /// Who gets it.
    pub audience: Label,
    /// Dimension with one message a value; none for one message over everything.
    pub by: Option<String>,
    /// The short message.
    pub sms: Label,
    /// Subject of the mail.
    pub subject: Label,
    /// Paragraphs of the mail.
    pub mail: Vec<Label>,
    /// Metric whose rows are named in the mail by their numbers.
    pub rows: Option<String>,
    /// Metric that must count something for a message to be worth sending.
    pub only_when: Option<String>,
}

impl Digest {
    /// Parses the text of `file`.
    ///
    /// # Errors
    /// The text is not TOML of this form, or holds a number or an unknown placeholder.
    pub fn parse(file: &str, text: &str) -> Result<Self, DefinitionError> {
        let digest: Self = toml::from_str(text)
            .map_err(|error| DefinitionError::Syntax { file: file.to_owned(), message: error.to_string() })?;
        let wrong = digest.texts().find_map(|text| literal_number(text).or_else(|| unknown_part(text)));
        match wrong {
            None => Ok(digest),
            Some(message) => Err(DefinitionError::Meaning { file: file.to_owned(), message }),
        }
    }

    /// Metrics it names, each once.
    #[must_use]
    pub fn metrics(&self) -> Vec<String> {
        let named =
            self.texts().flat_map(placeholders).map(|name| name.split('.').next().unwrap_or_default());
        let mut names: Vec<String> = named.filter(|name| !PLAIN.contains(name)).map(str::to_owned).collect();
        names.extend(self.rows.iter().chain(&self.only_when).cloned());
        names.sort();
        names.dedup();
        names
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        let all = [&self.sms, &self.subject].into_iter().chain(&self.mail);
        all.flat_map(|label| [label.vi.as_str(), label.en.as_str()])
    }
}

/// The text with each `{name}` replaced by what `fact` says.
#[must_use]
pub fn filled(text: &str, fact: &dyn Fn(&str) -> String) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        filled.push_str(&fact(name));
        filled.push_str(rest);
    }
    filled
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn unknown_part(text: &str) -> Option<String> {
    let wrong = placeholders(text).find(|name| {
        let part = name.split_once('.').map_or("", |(_, part)| part);
        !PARTS.contains(&part)
    });
    wrong.map(|name| format!("`{{{name}}}`: after a metric stands numerator, denominator or receipt"))
}

/// The number that stands in `text` outside its placeholders, as a message.
fn literal_number(text: &str) -> Option<String> {
    // A placeholder is a figure, so nothing before it is one.
    let words = filled(text, &|_| " # ".to_owned()).to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    if let Some(word) = words.iter().find(|word| word.chars().any(char::is_numeric)) {
        return Some(format!("`{word}` is a number; a template names a metric in braces instead"));
    }
    let plain = |word: &str| {
        word.trim_matches(|letter: char| letter.is_ascii_punctuation() && letter != '%').to_owned()
    };
    words.windows(2).find_map(|pair| match pair {
        [number, counted] => {
            let (number, counted) = (plain(number), plain(counted));
            let is_number =
                NUMBER_WORDS.contains(&number.as_str()) && COUNTED_WORDS.contains(&counted.as_str());
            is_number.then(|| {
                format!("`{number} {counted}` is a number in words; a template names a metric in braces")
            })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(sms: &str) -> Result<Digest, DefinitionError> {
        let text = format!(
            "name = \"d\"\nversion = 1\ntitle = {{ vi = \"t\", en = \"t\" }}\naudience = {{ vi = \"a\", en = \"a\" }}\n\
             subject = {{ vi = \"s\", en = \"s\" }}\nmail = []\nsms = {{ vi = \"{sms}\", en = \"e\" }}\n"
        );
        Digest::parse("d.toml", &text)
    }

    #[test]
    fn a_template_holds_no_number() {
        let refused = [
            "{unit}: 12 nhiệm vụ quá hạn",
            "Đạt 32,53 %",
            "{unit} còn ba nhiệm vụ",
            "Hai đơn chờ",
            "mười hồ sơ",
            "x² {tasks}",
            "số ١ {tasks}",
            "{tasks.count}",
        ];
        for text in refused {
            assert!(template(text).is_err(), "{text}");
        }
        let kept = [
            "{unit}: {tasks.numerator} trong {tasks.denominator} nhiệm vụ",
            "bộ phận một cửa, năm nay không họp",
            "{tasks_556}",
        ];
        for text in kept {
            assert!(template(text).is_ok(), "{text}");
        }
        assert_eq!(template("{unit} {b} {a.receipt}").unwrap().metrics(), ["a", "b"]);
    }
}
