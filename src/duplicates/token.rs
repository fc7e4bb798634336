//! Tokens of secret signers: two of them are equal when the values are, and tell nothing else.
//!
//! A denouncer's data never leave the identity table (Law on Denunciations 25/2018, Art. 9 and 56), yet
//! the agency that holds two denunciations of one person must see that they are of one person. So each
//! value goes through HMAC-SHA256 under the store's secret key with its unit and kind; without the key a
//! token can neither be read nor guessed, and tokens of two units never meet.
//!
//! The first byte of a token is the kind of the value, the other fifteen are of the code.

use sha2::{Digest, Sha256};

use crate::duplicates::extract::{person, place};
use crate::duplicates::paper::TOKEN_BYTES;
use crate::duplicates::signal::Signal;

/// Bytes of a block of SHA-256.
const BLOCK: usize = 64;
/// Kinds of values and their bytes; the old and the new ID number are two kinds, because their
/// difference says nothing.
const KINDS: [(u8, Signal); 5] = [
    (NAME, Signal::Name),
    (OLD_ID, Signal::IdNumber),
    (NEW_ID, Signal::IdNumber),
    (PHONE, Signal::Phone),
    (ADDRESS, Signal::Address),
];
const NAME: u8 = 1;
const OLD_ID: u8 = 2;
const NEW_ID: u8 = 3;
const PHONE: u8 = 4;
const ADDRESS: u8 = 5;

/// What is known of a secret signer.
#[derive(Clone, Copy, Default)]
pub struct Secret<'a> {
    /// Full name.
    pub name: Option<&'a str>,
    /// Address as written.
    pub address: Option<&'a str>,
    /// ID number.
    pub id_number: Option<&'a str>,
    /// Phone number.
    pub phone: Option<&'a str>,
}

/// The tokens of `secret` under `key` for petitions that `unit` holds. Values are brought into one form
/// first: a name without marks, case and titles, a phone in its form of today, an address without its
/// district and with the province of today.
#[must_use]
pub fn tokens(key: &[u8], unit: &str, secret: &Secret<'_>) -> Vec<[u8; TOKEN_BYTES]> {
    let id = secret.id_number.and_then(person::id_number);
    let id = id.map(|id| (if id.len() == person::OLD_ID_DIGITS { OLD_ID } else { NEW_ID }, id));
    let values = [
        secret.name.and_then(person::Name::of).map(|name| (NAME, name.key())),
        id,
        secret.phone.and_then(person::phone).map(|phone| (PHONE, phone)),
        secret.address.and_then(place::Address::of).map(|address| (ADDRESS, address.key())),
    ];
    let unit = crate::text::fold::key(unit);
    let mut all: Vec<_> =
        values.into_iter().flatten().map(|(kind, value)| token(key, &unit, kind, &value)).collect();
    all.sort_unstable();
    all
}

/// The kinds of value two rows of tokens can be compared in: the signal, and whether they share one.
pub(in crate::duplicates) fn compared(
    one: &[[u8; TOKEN_BYTES]],
    other: &[[u8; TOKEN_BYTES]],
) -> Vec<(Signal, bool)> {
    let of = |tokens: &[[u8; TOKEN_BYTES]], kind: u8| {
        tokens.iter().filter(|token| token.first() == Some(&kind)).copied().collect::<Vec<_>>()
    };
    let pairs = KINDS.into_iter().map(|(kind, signal)| (signal, of(one, kind), of(other, kind)));
    let known = pairs.filter(|(_, one, other)| !one.is_empty() && !other.is_empty());
    known.map(|(signal, one, other)| (signal, one.iter().any(|token| other.contains(token)))).collect()
}

fn token(key: &[u8], unit: &str, kind: u8, value: &str) -> [u8; TOKEN_BYTES] {
    let mut message = Vec::with_capacity(unit.len() + value.len() + 2);
    message.extend_from_slice(unit.as_bytes());
    message.extend_from_slice(&[0, kind]);
    message.extend_from_slice(value.as_bytes());
    let mut token = [kind; TOKEN_BYTES];
    token.iter_mut().skip(1).zip(hmac(key, &message)).for_each(|(slot, byte)| *slot = byte);
    token
}

/// HMAC-SHA256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block.iter_mut().zip(Sha256::digest(key)).for_each(|(slot, byte)| *slot = byte);
    } else {
        block.iter_mut().zip(key).for_each(|(slot, byte)| *slot = *byte);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_that_of_the_standard() {
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        // RFC 4231, test cases 1, 2 and 6.
        let table: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in table {
            assert_eq!(hex(&hmac(key, message)), expected);
        }
    }

    #[test]
    fn one_person_has_one_row_of_tokens_in_a_unit_and_another_elsewhere() {
        let written = Secret {
            name: Some("Bà NGUYỄN THỊ HOÀ"),
            phone: Some("0168 123 4567"),
            id_number: Some("012345678"),
            address: Some("thôn 3, xã Tân Hoà, huyện Bắc Quang, tỉnh Hà Giang"),
        };
        let typed = Secret {
            name: Some("Nguyễn Thị Hòa"),
            phone: Some("+84 38 123 4567"),
            id_number: Some("012 345 678"),
            address: Some("Thôn 3, xã Tân Hòa, tỉnh Tuyên Quang"),
        };
        let one = tokens(b"key", "UBND xã Tân Hòa", &written);
        assert_eq!(one.len(), 4);
        assert_eq!(one, tokens(b"key", "UBND xã Tân Hòa", &typed));
        for other in [tokens(b"key", "Thanh tra tỉnh", &typed), tokens(b"other", "UBND xã Tân Hòa", &typed)]
        {
            assert!(one.iter().all(|token| !other.contains(token)));
        }
    }

    #[test]
    fn the_old_and_the_new_number_do_not_compare() {
        let old = tokens(b"k", "u", &Secret { id_number: Some("012345678"), ..Secret::default() });
        let new = tokens(b"k", "u", &Secret { id_number: Some("001080012345"), ..Secret::default() });
        assert_eq!(compared(&old, &new), []);
        assert_eq!(compared(&old, &old), [(Signal::IdNumber, true)]);
    }
}
