//! A stream of bytes as checked UTF-8, with the byte and the line it stands at.
//!
//! Chunks are handed out as `&str`; a character cut by the end of a read waits for its rest. A byte
//! order mark is dropped; UTF-16 is named as such. Holds one chunk at a time.

use std::io::Read;

use crate::domain::limits::READ_BYTES;
use crate::formats::fault::Fault;

/// The stream.
pub(crate) struct Text<'a> {
    bytes: Box<dyn Read + 'a>,
    raw: Vec<u8>,
    chunk: String,
    at: usize,
    /// Byte of the file at which `raw` begins.
    raw_offset: u64,
    line: u64,
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: Box<dyn Read + 'a>) -> Self {
        Self { bytes, raw: Vec::new(), chunk: String::new(), at: 0, raw_offset: 0, line: 1 }
    }

    /// Line of the next character, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// What is at hand and not yet consumed; empty only at the end.
    pub(crate) fn chunk(&mut self) -> Result<&str, Fault> {
        if self.at >= self.chunk.len() {
            self.refill()?;
        }
        Ok(self.chunk.get(self.at..).unwrap_or_default())
    }

    /// Takes `count` bytes of the chunk, which must end between characters.
    pub(crate) fn consume(&mut self, count: usize) {
        let taken = self.chunk.as_bytes().get(self.at..self.at + count).unwrap_or_default();
        self.line += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at += count;
    }

    fn refill(&mut self) -> Result<(), Fault> {
        self.chunk.clear();
        self.at = 0;
        loop {
            let waiting = self.raw.len();
            let mut limited = (&mut self.bytes).take(READ_BYTES as u64);
            let read = limited.read_to_end(&mut self.raw).map_err(Fault::of_io)?;
            if self.raw_offset == 0 {
                self.check_start()?;
            }
            self.check(read == 0 && waiting > 0)?;
            if !self.chunk.is_empty() || read == 0 {
                return Ok(());
            }
        }
    }

    fn check_start(&mut self) -> Result<(), Fault> {
        let hint = match self.raw.as_slice() {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => ", it is UTF-16",
            [_, 0, ..] | [0, _, ..] => ", it seems to be UTF-16 or no text at all",
            _ => {
                if self.raw.starts_with(&[0xEF, 0xBB, 0xBF]) {
                    self.raw.drain(..3);
                    self.raw_offset = 3;
                }
                return Ok(());
            }
        };
        Err(Fault::NotUtf8 { offset: 0, line: 1, hint })
    }

    /// Moves the checked part of `raw` to the chunk.
    fn check(&mut self, ended: bool) -> Result<(), Fault> {
        let valid = match std::str::from_utf8(&self.raw) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() && !ended => error.valid_up_to(),
            Err(error) => {
                let before = self.raw.get(..error.valid_up_to()).unwrap_or_default();
                let lines = before.iter().filter(|byte| **byte == b'\n').count() as u64;
                let offset = self.raw_offset + error.valid_up_to() as u64;
                return Err(Fault::NotUtf8 { offset, line: self.line + lines, hint: "" });
            }
        };
        let text = std::str::from_utf8(self.raw.get(..valid).unwrap_or_default()).unwrap_or_default();
        self.chunk.push_str(text);
        self.raw.drain(..valid);
        self.raw_offset += valid as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let one = to.len().min(1);
            self.0.read(to.get_mut(..one).unwrap())
        }
    }

    fn all(bytes: &[u8]) -> Result<String, Fault> {
        let mut text = Text::new(Box::new(Drip(bytes)));
        let mut out = String::new();
        loop {
            let chunk = text.chunk()?.to_owned();
            if chunk.is_empty() {
                return Ok(out);
            }
            text.consume(chunk.len());
            out.push_str(&chunk);
        }
    }

    #[test]
    fn text_comes_through_and_the_byte_order_mark_does_not() {
        let long = "đơn khiếu nại\n".repeat(10_000);
        assert_eq!(all(long.as_bytes()).unwrap(), long);
        assert_eq!(all("\u{feff}số".as_bytes()).unwrap(), "số");
        assert_eq!(all(b"").unwrap(), "");
    }

    #[test]
    fn a_wrong_byte_is_named_with_its_offset_and_line() {
        let long = "đơn\n".repeat(30_000);
        let mut bytes = long.clone().into_bytes();
        bytes.extend([b'a', 0xC3]);
        let end = (long.len() + 1) as u64;
        assert!(matches!(all(&bytes), Err(Fault::NotUtf8 { offset, line: 30_001, .. }) if offset == end));
        let utf16: Vec<u8> = "mã;số".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(all(&utf16), Err(Fault::NotUtf8 { offset: 0, line: 1, .. })));
    }
}
