//! Proposals on letters written by hand and on the simulated ones whose truth is known.

mod demo;
mod letters;

use proptest::prelude::*;

use super::*;
use crate::definition::labels::{keys, label};
use crate::domain::language::Language;
use crate::duplicates::paper::{Paper, Signer};
use crate::duplicates::signal::{Level, Signal};
use crate::duplicates::similarity::likeness;
use crate::sketch::frequent::Frequent;

fn proposed(asked: &Paper, other: &Paper) -> Proposal {
    let likeness = likeness(&asked.text, &other.text, &Frequent::default());
    propose(&Features::of(asked), &Features::of(other), &likeness, Weights::embedded())
}

fn codes(reasons: &[Reason]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.code).collect()
}

#[test]
fn every_code_has_its_words() {
    let known: Vec<&str> = keys().collect();
    let reasons = reasons::codes().into_iter().map(|code| format!("reason.{code}"));
    let relations = Proposed::ALL.map(|relation| format!("relation.{}", relation.code()));
    let signals = Signal::ALL.map(|signal| format!("signal.{}", signal.code()));
    let levels = Level::KNOWN.map(|level| format!("level.{}", level.code()));
    for key in reasons.chain(relations).chain(signals).chain(levels) {
        assert!(known.contains(&key.as_str()), "{key}");
        for language in [Language::Vi, Language::En] {
            assert!(!label(&key, language).is_empty());
        }
    }
}

fn paper() -> impl Strategy<Value = Paper> {
    let words = "(đơn |Kính gửi: |UBND xã |\n|Tôi tên là |Trần Văn A|, |thửa đất số |tờ bản đồ số |12|/QĐ-UBND |quyết định số |ngày 1/2/2020 |địa chỉ |tỉnh Hà Giang |bổ sung |\\PC){0,40}";
    let cell = || proptest::option::of("(tỉnh |xã |Hà Giang|A|12|\\PC){0,4}");
    (words, cell(), cell(), cell(), any::<bool>(), any::<bool>()).prop_map(
        |(text, unit, name, id_number, is_anonymous, is_identity)| {
            let signer = Signer::Plain { name, address: unit.clone(), phone: id_number.clone(), id_number };
            Paper { text, unit, is_anonymous, is_identity, signer, ..Paper::default() }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_proposal_is_sound_whatever_the_letters(one in paper(), other in paper()) {
        let found = proposed(&one, &other);
        let sum: f64 = found.score.parts().iter().map(|part| part.bits).sum();
        prop_assert!((sum - found.score.total()).abs() < 1e-9);
        // Every bit is told as a reason for or against.
        prop_assert_eq!(&found, &proposed(&one, &other));
        let turned = proposed(&other, &one);
        prop_assert_eq!(found.levels, turned.levels);
        prop_assert!((found.score.total() - turned.score.total()).abs() < 1e-9);
        let told: f64 = found.reasons.iter().chain(&found.against).map(|reason| reason.weight).sum();
        let is_new_stage = matches!(found.relation, Proposed::SecondComplaint | Proposed::ContinuedDenunciation);
        prop_assert!(is_new_stage || (told - sum).abs() < 1e-9);
    }
}
