//! A passage with its matched places marked, built from ranges and never from markup.

use std::ops::Range;

use maud::{Markup, html};

use crate::search::request::Highlight;

/// The passage of a highlight.
pub(super) fn passage(highlight: &Highlight) -> Markup {
    let end = highlight.snippet_start + highlight.snippet.len();
    let inside =
        highlight.ranges.iter().filter(|range| range.start >= highlight.snippet_start && range.end <= end);
    let ranges: Vec<Range<usize>> = inside
        .map(|range| range.start - highlight.snippet_start..range.end - highlight.snippet_start)
        .collect();
    html! {
        @if highlight.snippet_start > 0 { "… " }
        (marked(&highlight.snippet, &ranges))
    }
}

/// The text with these ranges marked; a range that does not fit the text is left out.
pub(super) fn marked(text: &str, ranges: &[Range<usize>]) -> Markup {
    let mut parts: Vec<(&str, bool)> = Vec::new();
    let mut at = 0;
    for range in ranges {
        let (Some(before), Some(found)) = (text.get(at..range.start), text.get(range.clone())) else {
            continue;
        };
        parts.push((before, false));
        parts.push((found, true));
        at = range.end;
    }
    parts.push((text.get(at..).unwrap_or_default(), false));
    html! {
        @for (part, is_marked) in parts {
            @if is_marked { mark { (part) } } @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_around_the_ranges_and_all_else_is_text() {
        let html = marked("<b>đất đai</b>", std::slice::from_ref(&(3..14))).into_string();
        assert_eq!(html, "&lt;b&gt;<mark>đất đai</mark>&lt;/b&gt;");
        assert_eq!(marked("đất", &[1..2, 0..99]).into_string(), "đất");
    }

    #[test]
    fn ranges_of_the_whole_text_are_moved_into_the_passage() {
        let highlight = Highlight {
            column: "text".to_owned(),
            ranges: vec![0..3, 10..13],
            snippet: "abc def".to_owned(),
            snippet_start: 10,
        };
        assert_eq!(passage(&highlight).into_string(), "… <mark>abc</mark> def");
    }
}
