//! The mixed list of searches: what officials type, by kind.

use thanhtra::search::request::{Direction, Filter, Op, Request};

/// A search and the kind it is counted under.
pub(crate) struct Sample {
    pub(crate) kind: &'static str,
    pub(crate) request: Request,
}

const ONE_WORD: [&str; 7] = ["đất", "thuế", "khiếu", "tố", "môi", "phường", "bồi"];
const TWO_WORDS: [&str; 8] =
    ["khiếu nại", "đất đai", "bồi thường", "tố cáo", "giải phóng", "ô nhiễm", "chế độ", "tiền lương"];
const NO_MARKS: [&str; 7] = [
    "khieu nai dat dai",
    "boi thuong giai phong mat bang",
    "to cao can bo",
    "o nhiem moi truong",
    "cap giay chung nhan",
    "che do chinh sach",
    "thu hoi dat",
];
const PHRASES: [&str; 7] = [
    "\"quyền sử dụng đất\"",
    "\"giải phóng mặt bằng\"",
    "\"giấy chứng nhận\"",
    "\"ủy ban nhân dân\"",
    "\"thu hồi đất\"",
    "\"ô nhiễm môi trường\"",
    "\"chế độ chính sách\" -\"tố cáo\"",
];
const FACETED: [&str; 4] = ["đất đai", "bồi thường", "", "khiếu nại"];
const FILTERED: [&str; 4] = ["đất đai", "tố cáo", "", "bồi thường thu hồi đất"];
const SORTED: [&str; 4] = ["đất đai", "giải phóng mặt bằng", "", "ô nhiễm"];
/// Words of a long search, taken from letters.
const LONG_WORDS: usize = 24;

/// Every kind of search; long ones are passages of `letters`.
pub(crate) fn samples(letters: &[String]) -> Vec<Sample> {
    let plain =
        |text: &str| Request { text: text.to_owned(), limit: 20, highlight: true, ..Request::default() };
    let mut all = Vec::new();
    let mut add = |kind: &'static str, request: Request| all.push(Sample { kind, request });
    let lists: [(&'static str, &[&str]); 4] = [
        ("one word", &ONE_WORD),
        ("two words", &TWO_WORDS),
        ("without marks", &NO_MARKS),
        ("phrase", &PHRASES),
    ];
    for (kind, texts) in lists {
        texts.iter().for_each(|text| add(kind, plain(text)));
    }
    for letter in letters {
        add("long", plain(&passage(letter)));
    }
    for text in FACETED {
        let facets = ["province", "status", "subject", "kind"].map(str::to_owned).to_vec();
        add("with facets", Request { facets, ..plain(text) });
    }
    for text in FILTERED {
        let status = Op::Equals(vec!["Đang giải quyết".to_owned()]);
        let since = Op::Range { min: Some("2025-01-01".to_owned()), max: None };
        let filters = vec![
            Filter { column: "status".to_owned(), op: status },
            Filter { column: "received_on".to_owned(), op: since },
        ];
        add("with filters", Request { filters, ..plain(text) });
    }
    for text in SORTED {
        let sort = vec![("received_on".to_owned(), Direction::Descending)];
        add("sorted", Request { sort, ..plain(text) });
    }
    all
}

/// Some words from the middle of a letter, quotes and signs left out.
fn passage(letter: &str) -> String {
    let words: Vec<&str> =
        letter.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let start = words.len() / 3;
    words.get(start..).unwrap_or_default().iter().take(LONG_WORDS).copied().collect::<Vec<_>>().join(" ")
}
