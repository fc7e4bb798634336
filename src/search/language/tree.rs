//! What a search text asks, as a tree in one form: no list inside a list of its kind, none of one item.

use crate::search::language::value;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Words, a phrase or a pattern, in any column.
    Anywhere(Leaf),
    /// A condition on one column, named as in the definition.
    Field(String, Test),
    /// What must not hold.
    Not(Box<Node>),
    /// What must all hold.
    And(Vec<Node>),
    /// Of which one must hold.
    Or(Vec<Node>),
}

/// What is looked for among words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Neighbouring bare words, one blank between them.
    Words(String),
    /// Words that stand together.
    Phrase(Phrase),
    /// One word with `?` for a letter and `*` for any number of them.
    Pattern(String),
}

/// Words that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The words as typed.
    pub text: String,
    /// Whether their marks are demanded.
    pub marked: bool,
    /// How many places they may be apart, together; any order when not 0.
    pub slop: u32,
}

/// What must hold for a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// It holds these words, or is this value.
    Leaf(Leaf),
    /// It has a value.
    Present,
    /// It compares so to a value.
    Compare(Sign, String),
    /// It lies between two values, both included.
    Range(Option<String>, Option<String>),
}

/// How a value compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Sign {
    /// The sign that `text` begins with, and the rest.
    pub(super) fn take(text: &str) -> Option<(Self, &str)> {
        let signs = [("<=", Self::AtMost), (">=", Self::AtLeast), ("<", Self::Less), (">", Self::More)];
        signs.into_iter().find_map(|(sign, meaning)| Some((meaning, text.strip_prefix(sign)?)))
    }

    /// As typed.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Node {
    /// All of `items`; none when there are none.
    #[must_use]
    pub fn all(items: Vec<Self>) -> Option<Self> {
        let flat = items.into_iter().flat_map(|item| match item {
            Self::And(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::And)
    }

    /// Any of `items`; none when there are none.
    #[must_use]
    pub fn any(items: Vec<Self>) -> Option<Self> {
        let flat = items.into_iter().flat_map(|item| match item {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Or)
    }

    /// Whether a value is counted from today.
    #[must_use]
    pub fn uses_today(&self) -> bool {
        match self {
            Self::Field(_, Test::Compare(_, value)) => value::is_relative(value),
            Self::Field(_, Test::Leaf(Leaf::Words(value))) => value::is_relative(value),
            Self::Field(_, Test::Range(min, max)) => {
                [min, max].into_iter().flatten().any(|end| value::is_relative(end))
            }
            Self::Not(inner) => inner.uses_today(),
            Self::And(items) | Self::Or(items) => items.iter().any(Self::uses_today),
            _ => false,
        }
    }

    /// Visits what must be found for a hit, in order: not what stands under a negation.
    pub(in crate::search) fn each_positive(&self, visit: &mut impl FnMut(Option<&str>, &Leaf)) {
        match self {
            Self::Anywhere(leaf) => visit(None, leaf),
            Self::Field(column, Test::Leaf(leaf)) => visit(Some(column), leaf),
            Self::Field(..) | Self::Not(_) => {}
            Self::And(items) | Self::Or(items) => items.iter().for_each(|item| item.each_positive(visit)),
        }
    }
}

impl Node {
    /// Visits every leaf, in order, also under negations.
    pub(in crate::search) fn each_leaf(&self, visit: &mut impl FnMut(Option<&str>, &Leaf)) {
        match self {
            Self::Anywhere(leaf) => visit(None, leaf),
            Self::Field(column, Test::Leaf(leaf)) => visit(Some(column), leaf),
            Self::Field(..) => {}
            Self::Not(inner) => inner.each_leaf(visit),
            Self::And(items) | Self::Or(items) => items.iter().for_each(|item| item.each_leaf(visit)),
        }
    }
}

fn one_or(mut items: Vec<Node>, list: fn(Vec<Node>) -> Node) -> Option<Node> {
    match items.len() {
        0 => None,
        1 => items.pop(),
        _ => Some(list(items)),
    }
}
