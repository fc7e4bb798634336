//! People who do not exist: names from common parts, ID numbers and phones that nobody can have.
//!
//! An ID number begins with a province code, of three digits between 001 and 096 on a CCCD and of two or
//! three on a CMND, so one that begins with 999 is impossible; no phone number begins with 0000.

use fastrand::Rng;

use crate::demo::draw::pick;
use crate::demo::places::Place;

const FAMILIES: [&str; 20] = [
    "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan",
    "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
];
const MEN: [&str; 24] = [
    "An", "Bình", "Cường", "Dũng", "Đức", "Giang", "Hải", "Hùng", "Khánh", "Lâm", "Long", "Minh", "Nam",
    "Phúc", "Quang", "Sơn", "Tài", "Thắng", "Thành", "Toàn", "Trung", "Tuấn", "Vinh", "Xuân",
];
const WOMEN: [&str; 22] = [
    "Ánh",
    "Bích",
    "Chi",
    "Diệp",
    "Dung",
    "Hạnh",
    "Hằng",
    "Hiền",
    "Hoa",
    "Hương",
    "Lan",
    "Liên",
    "Loan",
    "Mai",
    "Nga",
    "Nhung",
    "Oanh",
    "Phượng",
    "Thảo",
    "Thúy",
    "Vân",
    "Yến",
];
const MEN_MIDDLE: [&str; 9] = ["Văn", "Văn", "Đình", "Hữu", "Đức", "Quốc", "Xuân", "Ngọc", "Công"];
const WOMEN_MIDDLE: [&str; 7] = ["Thị", "Thị", "Thị", "Ngọc", "Thanh", "Kim", "Thu"];
const STREETS: [&str; 12] = [
    "Trần Phú",
    "Lê Lợi",
    "Quang Trung",
    "Hai Bà Trưng",
    "Ngô Quyền",
    "Lý Thường Kiệt",
    "Nguyễn Huệ",
    "Hoàng Diệu",
    "Phan Bội Châu",
    "Hùng Vương",
    "Nguyễn Trãi",
    "Trường Chinh",
];
const VILLAGES: [&str; 14] = [
    "Tân Hòa",
    "Phú Lộc",
    "Đông Thành",
    "Xuân Mai",
    "An Bình",
    "Trung Tâm",
    "Thượng Lâm",
    "Bắc Sơn",
    "Tân Tiến",
    "Vĩnh Phú",
    "Hòa Hưng",
    "Yên Trung",
    "Lộc An",
    "Mỹ Đức",
];

/// A signer or applicant.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) id_number: String,
    pub(super) phone: String,
    pub(super) birth_year: u32,
}

impl Person {
    /// A person who lives at `place`.
    pub(super) fn draw(rng: &mut Rng, place: Place) -> Self {
        let (name, _) = name(rng);
        let address = format!("{}, {}, {}", hamlet(rng), place.commune, place.province.official());
        Self {
            name,
            address,
            id_number: format!("999{:09}", rng.u32(..1_000_000_000)),
            phone: format!("0000{:06}", rng.u32(..1_000_000)),
            birth_year: rng.u32(1945..2005),
        }
    }

    /// The same person at the address of before the mergers, with district and old province.
    pub(super) fn before_the_mergers(mut self, place: Place) -> Self {
        let hamlet = self.address.split(',').next().unwrap_or_default();
        self.address =
            format!("{hamlet}, {}, {}, {}", place.commune, place.old_district(), place.old_province());
        self
    }

    /// The same person with the identity card (CMND) of before the CCCD.
    pub(super) fn with_old_card(mut self, rng: &mut Rng) -> Self {
        self.id_number = format!("999{:06}", rng.u32(..1_000_000));
        self
    }
}

/// Full name and the word in front of it, `ông` or `bà`.
pub(super) fn name(rng: &mut Rng) -> (String, &'static str) {
    let family = pick(rng, &FAMILIES);
    if rng.bool() {
        (format!("{family} {} {}", pick(rng, &MEN_MIDDLE), pick(rng, &MEN)), "ông")
    } else {
        (format!("{family} {} {}", pick(rng, &WOMEN_MIDDLE), pick(rng, &WOMEN)), "bà")
    }
}

/// `ông Trần Văn Nam`.
pub(super) fn addressed(rng: &mut Rng) -> String {
    let (name, word) = name(rng);
    format!("{word} {name}")
}

/// Initials with the word in front, as a denounced person is named here: `ông T.V.N.`.
pub(super) fn initials(rng: &mut Rng) -> String {
    let (name, word) = name(rng);
    let letters: String =
        name.split(' ').filter_map(|part| part.chars().next()).flat_map(|c| [c, '.']).collect();
    format!("{word} {letters}")
}

/// A hamlet, quarter or group of houses.
pub(super) fn hamlet(rng: &mut Rng) -> String {
    match rng.u32(..4) {
        0 => format!("thôn {}", rng.u32(1..15)),
        1 => format!("tổ dân phố số {}", rng.u32(1..25)),
        2 => format!("ấp {}", pick(rng, &VILLAGES)),
        _ => format!("thôn {} {}", pick(rng, &VILLAGES), rng.u32(1..6)),
    }
}

/// A street or road.
pub(super) fn road(rng: &mut Rng) -> String {
    match rng.u32(..4) {
        0 => format!("đường liên thôn {}", pick(rng, &VILLAGES)),
        1 => format!("đường tỉnh {}", rng.u32(300..990)),
        2 => format!("ngõ {} đường {}", rng.u32(2..400), pick(rng, &STREETS)),
        _ => format!("đường {}", pick(rng, &STREETS)),
    }
}

/// A made-up village name.
pub(super) fn village(rng: &mut Rng) -> &'static str {
    pick(rng, &VILLAGES)
}
