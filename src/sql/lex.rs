//! Tokens of a statement, for counting before a parser sees it.
//!
//! Not a parser: it only has to agree with the real tokenizer on where strings, quoted names and
//! comments begin and end. Every notation on which two tokenizers could disagree (strings with a
//! prefix, dollar quotes, nested comments, comments that are run) is refused instead of understood.

/// A token; comments and blanks are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword, a name or a number.
    Word(&'a str),
    /// A name in quotes, without them.
    Quoted(&'a str),
    /// A text, without its quotes.
    Text(&'a str),
    /// A run of characters that are an operator.
    Operator(&'a str),
    /// One of `( ) [ ] { } , ; .`
    Mark(char),
}

/// Splits `statement`.
///
/// # Errors
/// A notation that is not offered, or a string or comment without an end; the message says which.
pub(super) fn tokens(statement: &str) -> Result<Vec<Token<'_>>, String> {
    let mut rest = statement;
    let mut found = Vec::new();
    let mut after_word = false;
    while let Some(first) = rest.chars().next() {
        let (token, left) = match first {
            _ if first.is_whitespace() => (None, split(rest, first.len_utf8()).1),
            '\'' if after_word => refuse_prefix(&found, rest)?,
            '\'' => quoted(rest, '\'', Token::Text)?,
            '"' | '`' => quoted(rest, first, Token::Quoted)?,
            '-' if rest.starts_with("--") => (None, line_comment(rest)),
            '/' if rest.starts_with("/*") => (None, comment(rest)?),
            '$' => return Err("parameters and dollar quotes are not offered; write the value".to_owned()),
            '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | '.' => {
                (Some(Token::Mark(first)), split(rest, 1).1)
            }
            _ if is_word(first) => run(rest, is_word, Token::Word),
            _ if is_operator(first) => operator(rest),
            _ => return Err(format!("the character `{first}` stands outside a text")),
        };
        after_word = matches!(token, Some(Token::Word(_)));
        found.extend(token);
        rest = left;
    }
    Ok(found)
}

type Step<'a> = (Option<Token<'a>>, &'a str);

/// `DATE'…'` is fine; `E'…'`, `X'…'` and their like change what a quote means.
fn refuse_prefix<'a>(found: &[Token<'a>], rest: &'a str) -> Result<Step<'a>, String> {
    match found.last() {
        Some(Token::Word(prefix)) if prefix.len() <= 2 => {
            Err(format!("texts with a prefix such as `{prefix}'…'` are not offered; write '…'"))
        }
        _ => quoted(rest, '\'', Token::Text),
    }
}

fn quoted<'a>(rest: &'a str, quote: char, make: fn(&'a str) -> Token<'a>) -> Result<Step<'a>, String> {
    let inside = split(rest, 1).1;
    let mut places = inside.char_indices().peekable();
    while let Some((place, found)) = places.next() {
        if found == quote && places.next_if(|(_, next)| *next == quote).is_none() {
            let (text, after) = split(inside, place);
            return Ok((Some(make(text)), split(after, 1).1));
        }
    }
    Err(format!("a {quote} is opened and never closed"))
}

fn line_comment(rest: &str) -> &str {
    rest.find('\n').map_or("", |end| split(rest, end).1)
}

fn comment(rest: &str) -> Result<&str, String> {
    let inside = split(rest, 2).1;
    let (text, after) = inside.split_once("*/").ok_or("a comment is opened and never closed")?;
    if text.starts_with('!') || text.contains("/*") {
        return Err("comments inside comments and `/*!` are not offered".to_owned());
    }
    Ok(after)
}

fn run<'a>(rest: &'a str, belongs: fn(char) -> bool, make: fn(&'a str) -> Token<'a>) -> Step<'a> {
    let end = rest.find(|next| !belongs(next)).unwrap_or(rest.len());
    let (text, after) = split(rest, end);
    (Some(make(text)), after)
}

/// A run of operator characters ends where a comment begins.
fn operator(rest: &str) -> Step<'_> {
    let end = rest
        .char_indices()
        .skip(1)
        .find(|(place, next)| {
            let here = split(rest, *place).1;
            !is_operator(*next) || here.starts_with("--") || here.starts_with("/*")
        })
        .map_or(rest.len(), |(place, _)| place);
    let (text, after) = split(rest, end);
    (Some(Token::Operator(text)), after)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn is_operator(letter: char) -> bool {
    "+-*/%|&^~=<>!?:@#\\".contains(letter)
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}
