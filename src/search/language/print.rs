//! A tree as the text that reads as it. Links and repairs are written so.

use std::fmt::{self, Display, Formatter};

use crate::search::language::tree::{Leaf, Node, Test};

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anywhere(leaf) => leaf.fmt(f),
            Self::Field(column, test) => write!(f, "{column}:{test}"),
            Self::Not(inner) => match inner.as_ref() {
                Self::And(_) | Self::Or(_) => write!(f, "NOT ({inner})"),
                _ => write!(f, "NOT {inner}"),
            },
            Self::And(items) => joined(f, items, " AND ", |item| matches!(item, Self::Or(_) | Self::And(_))),
            Self::Or(items) => joined(f, items, " OR ", |item| matches!(item, Self::Or(_))),
        }
    }
}

fn joined(
    f: &mut Formatter<'_>,
    items: &[Node],
    operator: &str,
    in_brackets: impl Fn(&Node) -> bool,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { operator })?;
        if in_brackets(item) { write!(f, "({item})") } else { item.fmt(f) }?;
    }
    Ok(())
}

impl Display for Leaf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(text) | Self::Pattern(text) => f.write_str(text),
            Self::Phrase(phrase) => {
                write!(f, "{}\"{}\"", if phrase.marked { "=" } else { "" }, phrase.text)?;
                if phrase.slop > 0 { write!(f, "~{}", phrase.slop) } else { Ok(()) }
            }
        }
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(Leaf::Words(text)) if text.contains(' ') => write!(f, "({text})"),
            Self::Leaf(leaf) => leaf.fmt(f),
            Self::Present => f.write_str("*"),
            Self::Compare(sign, value) => write!(f, "{}{value}", sign.text()),
            Self::Range(min, max) => {
                write!(f, "{}..{}", min.as_deref().unwrap_or_default(), max.as_deref().unwrap_or_default())
            }
        }
    }
}
