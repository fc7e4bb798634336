//! Which kind of file some bytes are: a closed list, by what the bytes begin with and the name's ending.
//!
//! What is not on the list is bytes without a kind, which no program opens by itself; so nothing that a
//! browser would run is ever called what it is.

/// A kind of file: what it begins with, endings of its name (any when there are none), media type.
struct Kind {
    begins: &'static [u8],
    endings: &'static [&'static str],
    media_type: &'static str,
}

const fn kind(begins: &'static [u8], endings: &'static [&'static str], media_type: &'static str) -> Kind {
    Kind { begins, endings, media_type }
}

const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Media type of what is on no list.
pub const OTHER: &str = "application/octet-stream";

/// Looked at in order; the first that fits counts.
static KINDS: [Kind; 20] = [
    kind(b"%PDF-", &[], "application/pdf"),
    kind(b"\x89PNG\r\n\x1a\n", &[], "image/png"),
    kind(b"\xff\xd8\xff", &[], "image/jpeg"),
    kind(b"GIF8", &[], "image/gif"),
    kind(b"II*\0", &[], "image/tiff"),
    kind(b"MM\0*", &[], "image/tiff"),
    kind(ZIP, &["docx"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    kind(ZIP, &["xlsx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    kind(ZIP, &["pptx"], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    kind(ZIP, &["odt"], "application/vnd.oasis.opendocument.text"),
    kind(ZIP, &["ods"], "application/vnd.oasis.opendocument.spreadsheet"),
    kind(ZIP, &[], "application/zip"),
    kind(OLE, &["doc"], "application/msword"),
    kind(OLE, &["xls"], "application/vnd.ms-excel"),
    kind(b"{\\rtf", &[], "application/rtf"),
    kind(b"ID3", &["mp3"], "audio/mpeg"),
    kind(b"RIFF", &["wav"], "audio/wav"),
    kind(b"", &["txt"], "text/plain; charset=utf-8"),
    kind(b"", &["csv"], "text/csv"),
    kind(b"", &["mp4"], "video/mp4"),
];

/// The media type of a file of this name that holds `bytes`.
#[must_use]
pub fn media_type(name: &str, bytes: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let fits = |kind: &&Kind| {
        let by_name = kind.endings.is_empty() || kind.endings.contains(&ending.as_str());
        by_name && bytes.starts_with(kind.begins) && holds(kind, bytes)
    };
    KINDS.iter().find(fits).map_or(OTHER, |kind| kind.media_type)
}

/// The entry of the list that a stored media type is; that of no kind when it is none.
#[must_use]
pub fn known(stored: &str) -> &'static str {
    KINDS.iter().find(|kind| kind.media_type == stored).map_or(OTHER, |kind| kind.media_type)
}

/// What a kind asks beyond its first bytes.
fn holds(kind: &Kind, bytes: &[u8]) -> bool {
    match kind.media_type {
        "video/mp4" => bytes.get(4..8) == Some(b"ftyp"),
        media_type if media_type.starts_with("text/") => {
            std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_its_bytes_and_its_name() {
        for (name, bytes, expected) in [
            ("Đơn.PDF", b"%PDF-1.7 ...".as_slice(), "application/pdf"),
            (
                "đơn.docx",
                b"PK\x03\x04...",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            ("đơn", b"PK\x03\x04...", "application/zip"),
            ("ghi chú.txt", "xã Đông".as_bytes(), "text/plain; charset=utf-8"),
            ("ghi chú.txt", b"\xff\xfe\0", OTHER),
            ("ghi âm.mp4", b"\0\0\0\x18ftypmp42", "video/mp4"),
            ("trang.html", b"<script>alert(1)</script>", OTHER),
            ("giả.pdf", b"<script>alert(1)</script>", OTHER),
        ] {
            assert_eq!(media_type(name, bytes), expected, "{name}");
            assert_eq!(known(expected), expected);
        }
        assert_eq!(known("text/html"), OTHER);
    }
}
