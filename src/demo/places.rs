//! The provinces and communes the simulated records speak of, and the agencies there.
//!
//! Names and codes of provinces are real (NQ 202/2025/QH15); what happens there in the demo is not.
//! Agency codes begin with `MP` so that nobody takes them for organisation codes.

use std::sync::LazyLock;

use fastrand::Rng;
use serde::Serialize;

use crate::demo::SOURCE_SYSTEM;

static PROVINCES: LazyLock<Vec<Province>> =
    LazyLock::new(|| parse(include_str!("../../indexes/reference/demo/places.txt")));

static OLD_PROVINCES: LazyLock<Vec<OldProvince>> = LazyLock::new(old_provinces);

/// Offices of a province, in the order of their codes.
const OFFICES: [&str; 13] = [
    "UBND",
    "Thanh tra",
    "Ban Tiếp công dân",
    "Sở Nông nghiệp và Môi trường",
    "Sở Xây dựng",
    "Sở Nội vụ",
    "Sở Tài chính",
    "Sở Y tế",
    "Sở Giáo dục và Đào tạo",
    "Sở Công Thương",
    "Sở Tư pháp",
    "Sở Khoa học và Công nghệ",
    "Sở Văn hóa, Thể thao và Du lịch",
];

/// Province of the pilot.
const PILOT: &str = "Nghệ An";

/// Central agencies that receive copies.
pub(super) const CENTRAL: [&str; 3] =
    ["Thanh tra Chính phủ", "Ban Tiếp công dân Trung ương", "Văn phòng Chính phủ"];

/// A province since 2025-07-01.
#[derive(Debug)]
pub(super) struct Province {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    kind: &'static str,
    communes: Vec<String>,
}

/// A commune of a province.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) province: &'static Province,
    /// With its word in front: `xã Đô Lương`.
    pub(super) commune: &'static str,
}

/// A province of until 2025-06-30.
struct OldProvince {
    name: String,
    /// `tỉnh Hà Giang`.
    official: String,
    successor: String,
}

#[derive(Serialize)]
struct Unit {
    source_system: &'static str,
    code: String,
    name: String,
    kind: &'static str,
    parent_code: Option<String>,
    province: &'static str,
    valid_from_on: &'static str,
}

impl Province {
    /// `tỉnh Nghệ An`, `thành phố Huế`.
    pub(super) fn official(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }

    /// The office in `place` of the list, the People's Committee (UBND) when there is none.
    pub(super) fn office(&self, place: usize) -> String {
        let office = OFFICES.get(place).or(OFFICES.first()).copied().unwrap_or_default();
        format!("{office} {}", self.official())
    }

    /// A department or other office of the province.
    pub(super) fn any_office(&self, rng: &mut Rng) -> String {
        self.office(rng.usize(..OFFICES.len()))
    }

    /// The inspectorate of the province.
    pub(super) fn inspectorate(&self) -> String {
        self.office(1)
    }
}

impl Place {
    /// A place drawn evenly over the provinces.
    pub(super) fn draw(rng: &mut Rng) -> Self {
        let place = rng.usize(..provinces().len().max(1));
        Self::within(rng, place)
    }

    /// A place of the province that the simulated one-stop system began in, so that its units have enough to be
    /// compared by.
    pub(super) fn of_pilot(rng: &mut Rng) -> Self {
        let pilot = provinces().iter().position(|province| province.name == PILOT);
        Self::within(rng, pilot.unwrap_or_default())
    }

    /// A place of the province at `place` in the list.
    pub(super) fn within(rng: &mut Rng, place: usize) -> Self {
        static NONE: Province = Province { code: "", name: "", kind: "", communes: Vec::new() };
        let province = provinces().get(place).unwrap_or(&NONE);
        let commune = rng.choice(&province.communes).map_or("", String::as_str);
        Self { province, commune }
    }

    /// The district it lay in until the levels became two, by its seat: most new communes bear such a name.
    pub(super) fn old_district(&self) -> String {
        match self.commune.strip_prefix("phường ") {
            Some(name) => format!("thị xã {name}"),
            None => format!("huyện {}", self.commune.trim_start_matches("xã ")),
        }
    }

    /// The province it lay in until 2025-06-30: the one its name speaks of, else one of those that became
    /// today's, always the same for one commune.
    pub(super) fn old_province(&self) -> String {
        let old: Vec<&OldProvince> =
            OLD_PROVINCES.iter().filter(|old| old.successor == self.province.code).collect();
        let named = old.iter().find(|old| self.commune.contains(&old.name));
        let place = self.commune.len() % old.len().max(1);
        let found = named.or_else(|| old.get(place));
        found.map_or_else(|| self.province.official(), |old| old.official.clone())
    }

    /// The commune's People's Committee.
    pub(super) fn committee(&self) -> String {
        format!("UBND {}", self.commune)
    }
}

/// The 34 provinces.
pub(super) fn provinces() -> &'static [Province] {
    &PROVINCES
}

/// One line for each agency.
pub(super) fn units() -> impl Iterator<Item = String> {
    let central = CENTRAL.iter().enumerate().map(|(place, name)| Unit {
        source_system: SOURCE_SYSTEM,
        code: format!("MP.00.{place:03}"),
        name: (*name).to_owned(),
        kind: "trung ương",
        parent_code: None,
        province: "",
        valid_from_on: "2025-07-01",
    });
    let local = provinces().iter().flat_map(|province| {
        let offices =
            (0..OFFICES.len()).map(|place| unit(province, place, "cấp tỉnh", province.office(place)));
        let communes = province.communes.iter().enumerate();
        let committees =
            communes.map(|(place, commune)| unit(province, 100 + place, "cấp xã", format!("UBND {commune}")));
        offices.chain(committees)
    });
    central.chain(local).map(|unit| serde_json::to_string(&unit).unwrap_or_default())
}

fn unit(province: &'static Province, number: usize, kind: &'static str, name: String) -> Unit {
    let committee = format!("MP.{}.000", province.code);
    Unit {
        source_system: SOURCE_SYSTEM,
        code: format!("MP.{}.{number:03}", province.code),
        name,
        kind,
        parent_code: (number > 0).then_some(committee),
        province: province.name,
        valid_from_on: "2025-07-01",
    }
}

/// One line for each province of either era.
pub(super) fn province_lines() -> impl Iterator<Item = String> {
    let mut rows = csv::Reader::from_reader(include_str!("../../indexes/reference/provinces.csv").as_bytes());
    let headers = rows.headers().cloned().unwrap_or_default();
    rows.into_records().filter_map(Result::ok).map(move |row| {
        let given = headers.iter().zip(&row).filter(|(_, value)| !value.is_empty());
        let fields = std::iter::once(("source_system", SOURCE_SYSTEM)).chain(given);
        let fields = fields.map(|(name, value)| (name.to_owned(), value.into()));
        serde_json::Value::Object(fields.collect()).to_string()
    })
}

fn old_provinces() -> Vec<OldProvince> {
    let mut rows = csv::Reader::from_reader(include_str!("../../indexes/reference/provinces.csv").as_bytes());
    let rows = rows.records().filter_map(Result::ok);
    let old = rows.filter_map(|row| {
        let (name, official, successor) = (row.get(3)?, row.get(4)?, row.get(8)?);
        let official = official.replacen("Tỉnh", "tỉnh", 1).replacen("Thành phố", "thành phố", 1);
        Some(OldProvince { name: name.to_owned(), official, successor: successor.to_owned() })
    });
    old.filter(|old| !old.successor.is_empty()).collect()
}

fn parse(text: &'static str) -> Vec<Province> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let mut fields = line.split(';');
            let (code, name, kind) = (fields.next()?, fields.next()?, fields.next()?);
            let communes = fields.next()?.split(',').map(|commune| {
                commune
                    .strip_prefix('*')
                    .map_or_else(|| format!("xã {commune}"), |ward| format!("phường {ward}"))
            });
            Some(Province { code, name, kind, communes: communes.collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_the_34_provinces_of_the_reference_file() {
        let reference = include_str!("../../indexes/reference/provinces.csv");
        assert_eq!(provinces().len(), 34);
        for province in provinces() {
            let start = format!("{},2025-07-01,,{},", province.code, province.name);
            assert!(reference.lines().any(|line| line.starts_with(&start)), "{start}");
            assert!(province.communes.len() >= 7, "{}", province.name);
        }
    }
}
