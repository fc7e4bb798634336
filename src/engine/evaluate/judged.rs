//! Judged questions as they are published.

use std::collections::BTreeMap;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id in the judgements.
    pub id: String,
    /// What is asked.
    pub text: String,
}

/// A line that is not of its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1.
    pub line: usize,
}

/// Reads `id TAB question`, one a line; empty lines are nothing.
///
/// # Errors
/// A line without a tab or without one of the two.
pub fn questions(text: &str) -> Result<Vec<Question>, BadLine> {
    let mut questions = Vec::new();
    for (number, line) in lines(text) {
        let parts = line.split_once('\t').map(|(id, question)| (id.trim(), question.trim()));
        match parts {
            Some((id, question)) if !id.is_empty() && !question.is_empty() => {
                questions.push(Question { id: id.to_owned(), text: question.to_owned() });
            }
            _ => return Err(BadLine { line: number }),
        }
    }
    Ok(questions)
}

/// Relevant documents of each question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgements {
    relevant: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Judgements {
    /// Reads TREC qrels: question, iteration, document, relevance, parted by spaces or tabs. Documents of
    /// relevance 0 are not relevant.
    ///
    /// # Errors
    /// A line that has not four parts or whose last is not a whole number.
    pub fn read(text: &str) -> Result<Self, BadLine> {
        let mut relevant: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for (number, line) in lines(text) {
            let parts: Vec<&str> = line.split_whitespace().collect();
            let [question, _, document, relevance] = parts.as_slice() else {
                return Err(BadLine { line: number });
            };
            let relevance: i64 = relevance.parse().map_err(|_| BadLine { line: number })?;
            if let Ok(relevance @ 1..) = u32::try_from(relevance.max(0)) {
                relevant.entry((*question).to_owned()).or_default().insert((*document).to_owned(), relevance);
            }
        }
        Ok(Self { relevant })
    }

    /// Relevant documents of a question; none when it was not judged.
    #[must_use]
    pub fn of(&self, question: &str) -> Option<&BTreeMap<String, u32>> {
        self.relevant.get(question)
    }
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.lines().enumerate().map(|(line, text)| (line + 1, text));
    numbered.filter(|(_, text)| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_files_are_read() {
        let read = questions("\u{feff}q1\tĐất đai là gì?\r\n\nq2\t a b \n").unwrap();
        assert_eq!(
            read.iter().map(|question| question.text.as_str()).collect::<Vec<_>>(),
            ["Đất đai là gì?", "a b"]
        );
        let judgements = Judgements::read("q1 0 a 1\nq1\t0\tb\t0\nq1 0 c 2\nq3 0 d -1\n").unwrap();
        let relevant = judgements.of("q1").unwrap();
        assert_eq!(relevant.iter().collect::<Vec<_>>(), [(&"a".to_owned(), &1), (&"c".to_owned(), &2)]);
        assert!(judgements.of("q2").is_none() && judgements.of("q3").is_none());
    }

    #[test]
    fn a_line_of_another_form_is_named() {
        assert_eq!(questions("q1\ta\nq2 b"), Err(BadLine { line: 2 }));
        assert_eq!(questions("q1\t "), Err(BadLine { line: 1 }));
        assert_eq!(Judgements::read("q1 0 a 1\n\nq1 0 a"), Err(BadLine { line: 3 }));
        assert_eq!(Judgements::read("q1 0 a x"), Err(BadLine { line: 1 }));
    }
}
