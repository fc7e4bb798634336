//! stand-in
use unicode_normalization::UnicodeNormalization;
pub(crate) fn key(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfd().flat_map(char::to_lowercase) {
        if unicode_normalization::char::is_combining_mark(c) { continue; }
        let c = if c == 'đ' { 'd' } else { c };
        if c.is_alphanumeric() { out.push(c) } else if !out.is_empty() && !out.ends_with('_') { out.push('_') }
    }
    out.trim_end_matches('_').to_owned()
}
