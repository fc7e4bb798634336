//! Bounds on a statement's text, before any parser sees it.
//!
//! Measured on DataFusion 55.2: 2,000 chained `+` or 5,000 chained `OR` overflow the stack and abort
//! the process; `repeat` and `generate_series` pass by the memory pool. The child would survive none
//! of that; here it costs nothing and gets a message that names the limit.

use crate::domain::limits;
use crate::sql::SqlError;
use crate::sql::lex::{Token, tokens};

/// Words that combine expressions or queries, as operators do.
const JOINING_WORDS: [&str; 14] = [
    "and",
    "or",
    "not",
    "xor",
    "like",
    "ilike",
    "similar",
    "between",
    "is",
    "in",
    "union",
    "except",
    "intersect",
    "join",
];

/// Functions whose result has no bound, or which show the machine's files and settings.
const FUNCTIONS_REFUSED: [(&str, &str); 14] = [
    ("repeat", UNBOUNDED),
    ("lpad", UNBOUNDED),
    ("rpad", UNBOUNDED),
    ("space", UNBOUNDED),
    ("array_repeat", UNBOUNDED),
    ("list_repeat", UNBOUNDED),
    ("array_resize", UNBOUNDED),
    ("list_resize", UNBOUNDED),
    ("generate_series", UNBOUNDED),
    ("range", UNBOUNDED),
    ("input_file_name", INWARD),
    ("file_row_index", INWARD),
    ("version", INWARD),
    ("arrow_metadata", INWARD),
];
const UNBOUNDED: &str = "a few characters of SQL could ask for gigabytes";
const INWARD: &str = "it shows how and where data is stored";

/// Names of the functions that are not offered, so that they are not registered either.
pub(super) fn refused_functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS_REFUSED.iter().map(|(name, _)| *name)
}

/// Checks the text of a foreign statement.
///
/// # Errors
/// It is too long, too deep, has too many operators, or begins or calls what is not offered.
pub fn check(statement: &str) -> Result<(), SqlError> {
    if statement.len() > limits::SQL_BYTES_MAX {
        let bytes = statement.len();
        return refuse(format!("the statement has {bytes} bytes; the limit is {}", limits::SQL_BYTES_MAX));
    }
    let tokens = tokens(statement).map_err(SqlError::Refused)?;
    check_beginning(&tokens)?;
    check_functions(&tokens)?;
    check_operators(&tokens)?;
    check_brackets(&tokens)
}

fn refuse<T>(message: String) -> Result<T, SqlError> {
    Err(SqlError::Refused(message))
}

fn check_beginning(tokens: &[Token<'_>]) -> Result<(), SqlError> {
    let body = match tokens {
        [body @ .., Token::Mark(';')] => body,
        body => body,
    };
    if body.contains(&Token::Mark(';')) {
        return refuse("one statement at a time; a `;` stands between two".to_owned());
    }
    match body.iter().find(|token| **token != Token::Mark('(')) {
        Some(Token::Word(word)) if is_one_of(word, &["select", "with", "values"]) => Ok(()),
        Some(Token::Word(word)) => {
            refuse(format!("only SELECT is answered here, not `{}`", word.to_uppercase()))
        }
        Some(_) => refuse("only SELECT is answered here".to_owned()),
        None => refuse("the statement is empty".to_owned()),
    }
}

fn check_functions(tokens: &[Token<'_>]) -> Result<(), SqlError> {
    for pair in tokens.windows(2) {
        let [Token::Word(name) | Token::Quoted(name), Token::Mark('(')] = pair else { continue };
        let refused = FUNCTIONS_REFUSED.iter().find(|(refused, _)| name.eq_ignore_ascii_case(refused));
        if let Some((refused, why)) = refused {
            return refuse(format!("the function `{refused}` is not offered: {why}"));
        }
    }
    Ok(())
}

fn check_operators(tokens: &[Token<'_>]) -> Result<(), SqlError> {
    let joins = |token: &&Token<'_>| match token {
        Token::Operator(_) => true,
        Token::Word(word) => is_one_of(word, &JOINING_WORDS),
        _ => false,
    };
    // A run such as `- - -` or `!!!` nests as deep as it is long.
    let weight = |token: &Token<'_>| match token {
        Token::Operator(run) => run.len().div_ceil(2),
        _ => 1,
    };
    let operators: usize = tokens.iter().filter(joins).map(weight).sum();
    if operators > limits::SQL_OPERATORS_MAX {
        let limit = limits::SQL_OPERATORS_MAX;
        return refuse(format!("the statement has {operators} operators; the limit is {limit}; use IN (…)"));
    }
    Ok(())
}

fn check_brackets(tokens: &[Token<'_>]) -> Result<(), SqlError> {
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut after_in = false;
    for token in tokens {
        match token {
            Token::Mark('(' | '[' | '{') => open.push(after_in.then_some(1)),
            Token::Mark(')' | ']' | '}') => drop(open.pop()),
            Token::Mark(',') => open.last_mut().into_iter().flatten().for_each(|values| *values += 1),
            _ => {}
        }
        after_in = matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("in"));
        if open.len() > limits::SQL_DEPTH_MAX {
            return refuse(format!("brackets stand more than {} deep", limits::SQL_DEPTH_MAX));
        }
        if open.last().copied().flatten() > Some(limits::SQL_IN_LIST_MAX) {
            let limit = limits::SQL_IN_LIST_MAX;
            return refuse(format!("an IN list has more than {limit} values; join with VALUES"));
        }
    }
    Ok(())
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests;
