//! Tokens into a tree. Neighbours belong together more closely than AND, AND more than OR.
//!
//! Recursion is as deep as the brackets and negations, which are bounded before.

use crate::search::language::fault::{Expected, Fault, LanguageError};
use crate::search::language::names::{Named, Names};
use crate::search::language::token::{Kind, Lexed, Token};
use crate::search::language::tree::{Leaf, Node, Phrase, Test};
use crate::search::language::value;
use crate::text::syllable::Syllables;

type Parsed = Result<Node, LanguageError>;

pub(super) fn parse(text: &str, lexed: &Lexed, names: &Names) -> Result<Option<Node>, LanguageError> {
    let mut parser = Parser { text, names, tokens: &lexed.tokens, at: 0 };
    if lexed.tokens.is_empty() {
        return Ok(None);
    }
    let node = parser.any(None)?;
    match parser.tokens.get(parser.at) {
        Some(extra) => {
            let (span, gone) = (extra.span.clone(), Some(String::new()));
            Err(LanguageError::at(text, span, Fault::BracketClosed, gone))
        }
        None => Ok(Some(node)),
    }
}

struct Parser<'a> {
    text: &'a str,
    names: &'a Names,
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Kind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    fn take(&mut self, kind: &Kind) -> bool {
        let is_there = self.peek() == Some(kind);
        self.at += usize::from(is_there);
        is_there
    }

    /// `field` is the column whose values are read.
    fn any(&mut self, field: Option<&'a Named>) -> Parsed {
        let mut items = vec![self.all(field)?];
        while self.take(&Kind::Or) {
            items.push(self.all(field)?);
        }
        Node::any(items).ok_or_else(|| self.missing())
    }

    fn all(&mut self, field: Option<&'a Named>) -> Parsed {
        let mut items = vec![self.item(field)?];
        while !matches!(self.peek(), None | Some(Kind::Or | Kind::Close)) {
            self.take(&Kind::And);
            items.push(self.item(field)?);
        }
        Node::all(items).ok_or_else(|| self.missing())
    }

    fn item(&mut self, field: Option<&'a Named>) -> Parsed {
        if self.take(&Kind::Not) {
            return Ok(Node::Not(Box::new(self.item(field)?)));
        }
        let excludes = self.take(&Kind::Minus);
        let Some(token) = self.tokens.get(self.at) else { return Err(self.missing()) };
        let node = match &token.kind {
            Kind::And | Kind::Or | Kind::Close | Kind::Not | Kind::Minus => return Err(self.missing()),
            Kind::Word(word) if excludes => {
                self.at += 1;
                excluded(word)
            }
            Kind::Word(_) => Node::Anywhere(Leaf::Words(self.words())),
            Kind::Value(_) => self.value(field, excludes)?,
            Kind::Phrase(phrase) => {
                self.at += 1;
                self.phrase(field, phrase, token)?
            }
            Kind::Pattern(pattern) => {
                self.at += 1;
                Node::Anywhere(Leaf::Pattern(pattern.clone()))
            }
            Kind::Open => self.brackets(field)?,
            Kind::Field(place) => self.field(*place, token, excludes)?,
            Kind::Has(place, has) => {
                self.at += 1;
                self.has(*place, *has)
            }
        };
        Ok(if excludes { Node::Not(Box::new(node)) } else { node })
    }

    fn words(&mut self) -> String {
        let mut words: Vec<&str> = Vec::new();
        while let Some(Kind::Word(word)) = self.peek() {
            words.push(word);
            self.at += 1;
        }
        words.join(" ")
    }

    fn brackets(&mut self, field: Option<&'a Named>) -> Parsed {
        let open = self.tokens.get(self.at).map(|token| token.span.clone()).unwrap_or_default();
        self.at += 1;
        let node = self.any(field)?;
        if self.take(&Kind::Close) {
            return Ok(node);
        }
        let end = self.text.trim_end().len();
        Err(LanguageError::at(self.text, open, Fault::BracketOpen, None).mended(end..end, ")"))
    }

    fn has(&self, place: usize, has: bool) -> Node {
        let column = self.names.at(place).map_or("", |named| &named.column);
        let present = Node::Field(column.to_owned(), Test::Present);
        if has { present } else { Node::Not(Box::new(present)) }
    }

    fn field(&mut self, place: usize, token: &'a Token, excludes: bool) -> Parsed {
        let named = self.names.at(place);
        self.at += 1;
        match self.tokens.get(self.at) {
            Some(Token { kind: Kind::Value(_), .. }) => self.value(named, excludes),
            Some(Token { kind: Kind::Open, .. }) => self.brackets(named),
            Some(phrase @ Token { kind: Kind::Phrase(given), .. }) => {
                self.at += 1;
                self.phrase(named, given, phrase)
            }
            _ => {
                let end = token.span.end;
                let error = LanguageError::at(self.text, token.span.clone(), Fault::ValueMissing, None);
                Err(error.mended(end..end, "* "))
            }
        }
    }

    /// One value, or several words of one inside brackets.
    fn value(&mut self, field: Option<&'a Named>, only_one: bool) -> Parsed {
        let first = self.tokens.get(self.at).map(|token| token.span.clone()).unwrap_or_default();
        let in_brackets = !matches!(
            self.tokens.get(self.at.wrapping_sub(1)).map(|token| &token.kind),
            Some(Kind::Field(_))
        );
        let mut words: Vec<&str> = Vec::new();
        let mut end = first.end;
        while let Some(Token { kind: Kind::Value(word), span }) = self.tokens.get(self.at) {
            words.push(word);
            end = span.end;
            self.at += 1;
            if only_one || !in_brackets {
                break;
            }
        }
        let typed = words.join(" ");
        let span = first.start..end;
        let wrong = |(fault, instead)| LanguageError::at(self.text, span.clone(), fault, instead);
        let Some(named) = field else { return Err(wrong((Fault::ValueMissing, None))) };
        let test = value::bare(named, &typed).map_err(wrong)?;
        let has_words = Syllables::new(&typed).advance().is_some();
        if matches!(test, Test::Leaf(_)) && !has_words {
            return Err(wrong((Fault::ValueMissing, Some("*".to_owned()))));
        }
        Ok(Node::Field(named.column.clone(), test))
    }

    fn phrase(&self, field: Option<&'a Named>, phrase: &Phrase, token: &Token) -> Parsed {
        let Some(named) = field else { return Ok(Node::Anywhere(Leaf::Phrase(phrase.clone()))) };
        let wrong = |(fault, instead)| LanguageError::at(self.text, token.span.clone(), fault, instead);
        if named.is_text {
            return Ok(Node::Field(named.column.clone(), Test::Leaf(Leaf::Phrase(phrase.clone()))));
        }
        value::one(named.kind, &phrase.text).map_err(wrong)?;
        let phrase = Phrase { slop: 0, ..phrase.clone() };
        Ok(Node::Field(named.column.clone(), Test::Leaf(Leaf::Phrase(phrase))))
    }

    /// Something should stand here and does not: the operator before, or the one here, is one too many.
    fn missing(&self) -> LanguageError {
        let here = self.tokens.get(self.at);
        let before = self.at.checked_sub(1).and_then(|before| self.tokens.get(before));
        let gone = || Some(String::new());
        let at = |token: &Token, fault| LanguageError::at(self.text, token.span.clone(), fault, gone());
        let is_operator =
            |token: &&Token| matches!(token.kind, Kind::And | Kind::Or | Kind::Not | Kind::Minus);
        match (before, here) {
            (Some(open), Some(close)) if open.kind == Kind::Open && close.kind == Kind::Close => {
                let span = open.span.start..close.span.end;
                LanguageError::at(self.text, span, Fault::BracketEmpty, gone())
            }
            (Some(before), _) if is_operator(&before) => at(before, Fault::OperandMissing),
            (_, Some(here)) if here.kind == Kind::Close => at(here, Fault::BracketClosed),
            (_, Some(here)) => at(here, Fault::OperandMissing),
            (Some(before), None) => at(before, Fault::BracketOpen),
            (None, None) => LanguageError::at(self.text, 0..0, Fault::ValueWrong(Expected::Words), None),
        }
    }
}

/// A word that is several syllables is left out as a whole.
fn excluded(word: &str) -> Node {
    let mut syllables = Syllables::new(word);
    let is_one = syllables.advance().is_some() && syllables.advance().is_none();
    Node::Anywhere(if is_one {
        Leaf::Words(word.to_owned())
    } else {
        Leaf::Phrase(Phrase { text: word.to_owned(), marked: false, slop: 0 })
    })
}
