//! The text of a Word document: paragraphs of `word/document.xml` in the zip file that a DOCX is.
//!
//! Hostile input is expected, so this runs in a limited child: entries, bytes unpacked and the text taken out
//! of them are bounded, a document type (and with it every entity of its own) is refused, and nothing is
//! fetched. Of the XML only text runs, line ends, tabs and paragraphs are read. Text that was deleted under
//! change tracking, field codes, and what stands beside a drawing for old programs are left out.

use std::io::{self, Read, Seek};

use crate::domain::limits::{DOCX_ENTRIES_MAX, DOCX_TEXT_BYTES_MAX, DOCX_XML_BYTES_MAX};

const DOCUMENT: &str = "word/document.xml";

/// The text of the document in `archive`.
///
/// # Errors
/// It is no DOCX, is over a bound, has a document type, or cannot be read.
pub fn to_text(archive: impl Read + Seek) -> io::Result<String> {
    let mut archive = zip::ZipArchive::new(archive).map_err(io::Error::other)?;
    if archive.len() > DOCX_ENTRIES_MAX {
        return Err(wrong("the archive has too many entries"));
    }
    let entry = archive.by_name(DOCUMENT).map_err(io::Error::other)?;
    let mut xml = Vec::new();
    entry.take(DOCX_XML_BYTES_MAX + 1).read_to_end(&mut xml)?;
    if xml.len() as u64 > DOCX_XML_BYTES_MAX {
        return Err(wrong("the document is too large once unpacked"));
    }
    let xml = std::str::from_utf8(&xml).map_err(|_| wrong("the document is not UTF-8"))?;
    text_of(xml)
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The text of the paragraphs of `xml`.
fn text_of(xml: &str) -> io::Result<String> {
    let mut text = String::new();
    let mut rest = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    let (mut is_text, mut left_out) = (false, 0usize);
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        if is_text && left_out == 0 {
            unescape(before, &mut text)?;
        }
        if tag.starts_with("<!DOCTYPE") || tag.starts_with("<!ENTITY") {
            return Err(wrong("the document has a document type"));
        }
        let (inner, after) = markup(tag)?;
        rest = after;
        let name =
            inner.trim_start_matches('/').split([' ', '/', '\n', '\r', '\t']).next().unwrap_or_default();
        let (is_end, is_empty) = (inner.starts_with('/'), inner.ends_with('/'));
        match name {
            "w:t" => is_text = !is_end && !is_empty,
            "w:p" if is_end || is_empty => text.push('\n'),
            "w:br" | "w:cr" if left_out == 0 => text.push('\n'),
            "w:tab" if left_out == 0 && !is_end => text.push('\t'),
            "mc:Fallback" if is_end => left_out = left_out.saturating_sub(1),
            "mc:Fallback" if !is_empty => left_out += 1,
            _ => {}
        }
        if text.len() > DOCX_TEXT_BYTES_MAX {
            return Err(wrong("the document has too much text"));
        }
    }
    Ok(text)
}

/// What stands in the markup that `tag` begins with, and what follows it.
fn markup(tag: &str) -> io::Result<(&str, &str)> {
    let (open, close) = match () {
        () if tag.starts_with("<!--") => ("<!--", "-->"),
        () if tag.starts_with("<![CDATA[") => ("<![CDATA[", "]]>"),
        () => ("<", ">"),
    };
    let body = tag.get(open.len()..).unwrap_or_default();
    let end = body.find(close).ok_or_else(|| wrong("the document ends inside a tag"))?;
    let after = body.get(end + close.len()..).unwrap_or_default();
    // Comments and character data name no element.
    Ok((if open == "<" { body.get(..end).unwrap_or_default() } else { "" }, after))
}

/// Appends `raw` with its entities resolved: the five of XML and numbers, each one character.
fn unescape(raw: &str, text: &mut String) -> io::Result<()> {
    let mut rest = raw;
    while let Some(start) = rest.find('&') {
        let (before, entity) = rest.split_at(start);
        text.push_str(before);
        let end = entity.find(';').ok_or_else(|| wrong("an entity has no end"))?;
        let name = entity.get(1..end).unwrap_or_default();
        text.push(character(name).ok_or_else(|| wrong("an entity is unknown"))?);
        rest = entity.get(end + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    Ok(())
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| !c.is_control() || c.is_whitespace())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(name: &str, xml: &str) -> Cursor<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(xml.as_bytes()).unwrap();
        let mut cursor = writer.finish().unwrap();
        cursor.set_position(0);
        cursor
    }

    fn read(xml: &str) -> io::Result<String> {
        to_text(archive(DOCUMENT, xml))
    }

    #[test]
    fn paragraphs_come_out_as_lines_and_what_nobody_sees_does_not() {
        let xml = r#"<?xml version="1.0"?><w:document><w:body>
            <w:p><w:r><w:t xml:space="preserve">Kính gửi: </w:t></w:r><w:r><w:t>UBND &amp; Sở&#32;X</w:t></w:r></w:p>
            <w:p w:rsidR="1"/><!-- <w:t>chú thích</w:t> -->
            <w:p><w:del><w:r><w:delText>bỏ đi</w:delText></w:r></w:del><w:r><w:t>một</w:t><w:tab/><w:t>hai</w:t><w:br/><w:t>ba</w:t></w:r></w:p>
            <w:p><w:instrText>PAGE</w:instrText><mc:AlternateContent><mc:Fallback><w:t>lần nữa</w:t></mc:Fallback></mc:AlternateContent></w:p>
            </w:body></w:document>"#;
        assert_eq!(read(xml).unwrap(), "Kính gửi: UBND & Sở X\n\nmột\thai\nba\n\n");
    }

    #[test]
    fn what_is_hostile_or_no_document_is_refused() {
        let bomb = format!("<w:t>{}</w:t>", "a".repeat(DOCX_TEXT_BYTES_MAX + 1));
        let expansion = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:t>&b;</w:t>"#;
        for xml in
            [bomb.as_str(), expansion, "<w:t>&b;</w:t>", "<w:t>&amp</w:t>", "<w:t", "<w:t>&#x110000;</w:t>"]
        {
            assert!(read(xml).is_err(), "{:?}", xml.get(..40));
        }
        assert!(to_text(archive("other.xml", "<w:t>a</w:t>")).is_err());
        assert!(to_text(Cursor::new(b"no archive".to_vec())).is_err());
        let spaces = " ".repeat(usize::try_from(DOCX_XML_BYTES_MAX).unwrap() + 1);
        assert!(read(&spaces).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn text_comes_back_and_nothing_panics(given in "[^\\p{C}]{0,40}", xml in "(<|>|w:t|/|&|;|#|x|!|-|\\[|a| ){0,40}") {
            let escaped = given.replace('&', "&amp;").replace('<', "&lt;");
            prop_assert_eq!(text_of(&format!("<w:p><w:t>{escaped}</w:t></w:p>")).unwrap(), format!("{given}\n"));
            let _ = text_of(&xml);
        }
    }
}
