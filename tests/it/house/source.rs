//! A Rust source with its comments and strings set apart, lexically.
//!
//! Enough of the language to find paths, and no more: comments (nested ones too), strings with their
//! escapes, raw and byte strings, characters against lifetimes. Places stay as they were, so that what
//! stands before a string can be looked at.

/// A source taken apart.
#[derive(Debug)]
pub(super) struct Source {
    /// The text, every character of comments and inside strings a blank.
    pub(super) code: String,
    /// String literals as written, each with the place of its content in `code`.
    pub(super) strings: Vec<(usize, String)>,
}

impl Source {
    pub(super) fn of(text: &str) -> Self {
        let mut source = Self { code: String::with_capacity(text.len()), strings: Vec::new() };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_in_name = source.code.ends_with(is_name);
            rest = if rest.starts_with("//") {
                source.blank(rest, rest.find('\n').unwrap_or(rest.len()))
            } else if rest.starts_with("/*") {
                source.blank(rest, block_comment(rest))
            } else if let Some(parts) = raw_string(rest).filter(|_| !is_in_name) {
                source.string(rest, parts)
            } else if first == '"' {
                source.string(rest, (1, plain_string(&rest[1..]), 1))
            } else if first == '\'' {
                source.keep(rest, 0, character(rest))
            } else {
                source.keep(rest, first.len_utf8(), 0)
            };
        }
        source
    }

    fn blank<'t>(&mut self, rest: &'t str, length: usize) -> &'t str {
        let (gone, rest) = rest.split_at(length);
        self.code.extend(gone.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest
    }

    fn string<'t>(&mut self, rest: &'t str, (open, content, close): (usize, usize, usize)) -> &'t str {
        let rest = self.keep(rest, open, 0);
        self.strings.push((self.code.len(), rest[..content].to_owned()));
        let rest = self.blank(rest, content);
        self.keep(rest, close.min(rest.len()), 0)
    }

    /// Keeps so many bytes and blanks so many after them.
    fn keep<'t>(&mut self, rest: &'t str, kept: usize, blanked: usize) -> &'t str {
        // What is not ASCII is no part of a path; blanks keep the places.
        let (text, rest) = rest.split_at(kept);
        self.code.extend(text.bytes().map(|byte| if byte.is_ascii() { char::from(byte) } else { ' ' }));
        self.blank(rest, blanked)
    }

    /// Paths that begin with `root::`, as what follows it: `a::b` of `root::a::b`, and each member of a
    /// group `root::{a, b::c}`. With each comes its place.
    pub(super) fn paths(&self, root: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (place, _) in self.code.match_indices(&format!("{root}::")) {
            let before = self.code[..place].trim_end();
            if before.ends_with("::") || self.code[..place].ends_with(|c: char| is_name(c) || c == '$') {
                continue;
            }
            let after = self.code[place + root.len() + 2..].trim_start();
            match after.strip_prefix('{') {
                Some(group) => found.extend(members(group).into_iter().map(|member| (place, member))),
                None => found.push((place, path_of(after))),
            }
        }
        found
    }
}

pub(super) fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn path_of(text: &str) -> String {
    text.chars().take_while(|character| is_name(*character) || *character == ':').collect()
}

/// The members of a group of imports, groups inside it left to their first names.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut start, mut found) = (0usize, 0, Vec::new());
    for (place, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                found.push(path_of(group[start..place].trim_start()));
                start = place + 1;
            }
            _ => {}
        }
        if character == '}' && depth == 0 && start == place + 1 {
            break;
        }
    }
    found.retain(|member| !member.is_empty());
    found
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut place) = (0usize, 0);
    while place < text.len() {
        let rest = &text.as_bytes()[place..];
        if rest.starts_with(b"/*") {
            depth += 1;
            place += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += 1;
        }
    }
    text.len()
}

/// Bytes that open a raw string, bytes of its content, bytes that close it.
fn raw_string(text: &str) -> Option<(usize, usize, usize)> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let marks = after.bytes().take_while(|byte| *byte == b'#').count();
    let content = after[marks..].strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(marks));
    let length = content.find(&close).unwrap_or(content.len());
    Some((text.len() - content.len(), length, close.len()))
}

fn plain_string(content: &str) -> usize {
    let mut is_escaped = false;
    for (place, character) in content.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return place,
            _ => {}
        }
    }
    content.len()
}

/// Bytes of a character literal; one for the mark of a lifetime.
fn character(text: &str) -> usize {
    let mut after = text.char_indices().skip(1);
    match (after.next(), after.next()) {
        (Some((_, '\\')), Some((place, _))) => {
            text[place + 1..].find('\'').map_or(1, |end| place + 1 + end + 1)
        }
        (Some(_), Some((place, '\''))) => place + 1,
        _ => 1,
    }
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = r##"
        use crate::store::{file, log::{self, Entry}, StoreError};
        // crate::engine
        /* crate::web /* crate::http */ crate::cli */
        fn f<'a>(x: &'a str) -> char { let _ = "crate::sql \" //"; let _ = r#"crate::text "# ; '"' }
        fn g() { crate :: odd(); $crate::x; my_crate::y; a::crate::z; crate::search::Reader::open('\''); }
    "##;
    let source = Source::of(text);
    assert_eq!(source.code.len(), text.len(), "places stay");
    let paths: Vec<String> = source.paths("crate").into_iter().map(|(_, path)| path).collect();
    assert_eq!(paths, ["store::", "search::Reader::open"]);
    let strings: Vec<&str> = source.strings.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(strings, [r#"crate::sql \" //"#, "crate::text "]);
}

#[test]
fn a_group_of_imports_is_each_of_its_members() {
    let source = Source::of("use crate::{sql::{a, b}, store, text::fold};\nuse crate::domain;");
    let paths: Vec<String> = source.paths("crate").into_iter().map(|(_, path)| path).collect();
    assert_eq!(paths, ["sql::", "store", "text::fold", "domain"]);
}
