//! Receipts: a short code for every figure, by which it can be looked up and recomputed.
//!
//! A code is 16 characters of Crockford's base32 and a check character. The first ten are a keyed hash
//! (HMAC-SHA-256, RFC 2104, under the store's secret) of all inputs and name the entry of the ledger; the
//! other six are a keyed hash of the cell and its result under those inputs. Nobody without the key can
//! make a code that the store accepts, and one changed digit of a figure makes another code.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::id::{check_digit, digit, symbol};
use crate::metrics::MetricError;
use crate::metrics::ask::Inputs;
use crate::metrics::measure::Figure;

/// Characters that name the ledger's entry.
const ENTRY_CHARS: usize = 10;
/// Characters that name a figure in it.
const FIGURE_CHARS: usize = 6;
/// SHA-256 works on blocks of so many bytes.
const BLOCK: usize = 64;
/// How many characters stand together when people read a code.
const GROUP: usize = 4;

/// What signs figures of one question.
#[derive(Debug, Clone)]
pub struct Seal {
    digest: [u8; 32],
    entry: String,
}

/// One entry of the ledger: what was asked, and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Format of this file.
    pub format: u32,
    /// All that the figures depend on.
    pub inputs: Inputs,
    /// Tries before this one that met an entry of other inputs under the same name.
    pub salt: u32,
    /// When it was first asked, UTC microseconds.
    pub made_at: i64,
    /// The total, then the figures by dimension.
    pub figures: Vec<Figure>,
}

/// Format of the ledger's files.
pub const LEDGER_FORMAT: u32 = 1;

impl Seal {
    /// The seal of `inputs` under the store's secret.
    #[must_use]
    pub fn of(secret: &[u8], inputs: &Inputs, salt: u32) -> Self {
        let text = format!("thanhtra receipt 1|{salt}|{}", inputs.text());
        let digest = hmac(secret, text.as_bytes());
        Self { digest, entry: characters(&digest, ENTRY_CHARS) }
    }

    /// Name of the ledger's entry.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The code of one figure, in groups of four.
    #[must_use]
    pub fn code(&self, key: &[Option<String>], numerator: i64, denominator: Option<i64>) -> String {
        let text = serde_json::to_string(&(key, numerator, denominator)).unwrap_or_default();
        let figure = characters(&hmac(&self.digest, text.as_bytes()), FIGURE_CHARS);
        let body = format!("{}{figure}", self.entry);
        let check = symbol(check_digit(body.chars().filter_map(digit)));
        grouped(&format!("{body}{check}"))
    }
}

/// Whether `entry` and its figures are what the holder of `secret` wrote.
#[must_use]
pub fn is_ours(secret: &[u8], entry: &Entry) -> bool {
    let seal = Seal::of(secret, &entry.inputs, entry.salt);
    let is_sealed =
        |figure: &Figure| seal.code(&figure.key, figure.numerator, figure.denominator) == figure.code;
    entry.format == LEDGER_FORMAT && entry.figures.iter().all(is_sealed)
}

/// A code as people type it, made plain: upper case, groups as we write them; `O` is 0, `I` and `L` are 1.
///
/// # Errors
/// It is none, or the check character does not fit.
pub fn read_code(typed: &str) -> Result<String, MetricError> {
    let wrong = || MetricError::NotACode(typed.chars().take(2 * GROUP * GROUP).collect());
    let letters = typed.trim().chars().filter(|letter| !matches!(letter, '-' | ' '));
    let plain: String = letters
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let digits: Vec<u8> =
        plain.chars().map(|letter| digit(letter).ok_or_else(wrong)).collect::<Result<_, _>>()?;
    match digits.split_last() {
        Some((check, body)) if body.len() == ENTRY_CHARS + FIGURE_CHARS => {
            let is_right = check_digit(body.iter().copied()) == *check;
            if is_right { Ok(grouped(&plain)) } else { Err(wrong()) }
        }
        _ => Err(wrong()),
    }
}

/// Name of the ledger's entry that a code of [`read_code`] belongs to.
#[must_use]
pub fn entry_of(code: &str) -> String {
    code.chars().filter(|letter| *letter != '-').take(ENTRY_CHARS).collect()
}

fn grouped(plain: &str) -> String {
    let mut text = String::new();
    for (place, letter) in plain.chars().enumerate() {
        if place > 0 && place.is_multiple_of(GROUP) && place < plain.len() - 1 {
            text.push('-');
        }
        text.push(letter);
    }
    text
}

/// The first `count` groups of five bits.
fn characters(bytes: &[u8; 32], count: usize) -> String {
    let bit = |place: usize| bytes.get(place / 8).map_or(0, |byte| byte >> (7 - place % 8) & 1);
    let five = |first: usize| (first..first + 5).fold(0u8, |word, place| word << 1 | bit(place));
    (0..count).map(|place| symbol(five(5 * place))).collect()
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0u8; BLOCK];
    let hashed = Sha256::digest(key);
    let key = if key.len() > BLOCK { hashed.as_slice() } else { key };
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let with = |pad: u8, message: &[u8]| {
        let mut hash = Sha256::new();
        hash.update(block.map(|byte| byte ^ pad));
        hash.update(message);
        hash.finalize()
    };
    with(0x5c, &with(0x36, message)).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::commit::CommitVersion;
    use crate::metrics::ask::Due;

    fn inputs() -> Inputs {
        Inputs {
            metric: "tasks_done_of_all".to_owned(),
            version: 1,
            definition: "d".to_owned(),
            definitions: "c".to_owned(),
            rules: String::new(),
            by: Vec::new(),
            filters: Default::default(),
            period: None,
            select: "assigned_on".to_owned(),
            as_of: "2017-12-13".parse().unwrap(),
            due: Due::InForce,
            recorded_by: 1,
            snapshot: CommitVersion(1),
            units: None,
        }
    }

    #[test]
    fn the_keyed_hash_is_that_of_rfc_4231() {
        let hex = |bytes: [u8; 32]| data_encoding::HEXLOWER.encode(&bytes);
        assert_eq!(
            hex(hmac(&[0x0b; 20], b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            hex(hmac(&[0xaa; 131], long)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn every_input_and_every_digit_is_under_the_seal() {
        let code = Seal::of(b"k", &inputs(), 0).code(&[], 249, Some(556));
        assert_eq!(code.len(), 17 + 3, "{code}");
        assert_eq!(code, Seal::of(b"k", &inputs(), 0).code(&[], 249, Some(556)));
        let changed = [
            Inputs { version: 2, ..inputs() },
            Inputs { as_of: "2017-12-14".parse().unwrap(), ..inputs() },
            Inputs { snapshot: CommitVersion(2), ..inputs() },
            Inputs { units: Some(vec!["Sở A".to_owned()]), ..inputs() },
            Inputs { due: Due::Original, ..inputs() },
        ];
        for other in changed {
            assert_ne!(entry_of(&Seal::of(b"k", &other, 0).code(&[], 249, Some(556))), entry_of(&code));
        }
        assert_ne!(Seal::of(b"l", &inputs(), 0).entry(), Seal::of(b"k", &inputs(), 0).entry());
        assert_ne!(Seal::of(b"k", &inputs(), 0).code(&[], 250, Some(556)), code);
        assert_ne!(Seal::of(b"k", &inputs(), 0).code(&[None], 249, Some(556)), code);
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Seal::of(b"k", &inputs(), 0).code(&[], 249, Some(556));
        let typed =
            format!(" {} ", code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"));
        assert_eq!(read_code(&typed).unwrap(), code);
        for wrong in ["", "ABC", "U000-0000-0000-00000", &code[1..]] {
            assert!(matches!(read_code(wrong), Err(MetricError::NotACode(_))), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_always_found(numerator in 0i64..10_000, place in 0usize..17, shift in 1u8..32) {
            let code: Vec<char> = Seal::of(b"k", &inputs(), 0).code(&[], numerator, None)
                .chars().filter(|letter| *letter != '-').collect();
            let mut wrong = code.clone();
            wrong[place] = symbol((digit(code[place]).unwrap() + shift) % 32);
            prop_assert!(read_code(&wrong.iter().collect::<String>()).is_err());
        }
    }
}
