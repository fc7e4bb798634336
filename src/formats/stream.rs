//! A stream of bytes as text, with the byte and the line it stands at.
//!
//! Bytes are UTF-8 until one is none; then the file is in the encoding that was asked for or that its
//! words speak for, decided once. UTF-16 tells itself at the start. Text in TCVN3, VNI and VIQR comes out
//! as the Latin letters it looks like. Chunks are handed out as `&str`; a character cut by the end of a
//! read waits for its rest. Holds one chunk at a time.

use std::io::Read;

use crate::domain::limits::READ_BYTES;
use crate::formats::fault::Fault;
use crate::text::legacy::Encoding;
use crate::text::legacy::file::{decode_bytes, guess, utf_16};

/// Bytes at the start that tell UTF-16.
const START_BYTES: usize = 1024;
/// The byte order mark of UTF-8.
const MARK_UTF_8: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The stream.
pub(crate) struct Text<'a> {
    bytes: Box<dyn Read + 'a>,
    raw: Vec<u8>,
    chunk: String,
    at: usize,
    /// Byte of the file at which `raw` begins.
    raw_offset: u64,
    line: u64,
    asked: Option<Encoding>,
    found: Option<Encoding>,
    /// Whether UTF-8 beyond ASCII has come, so that a wrong byte is damage.
    is_utf_8: bool,
}

impl<'a> Text<'a> {
    pub(crate) fn new(bytes: Box<dyn Read + 'a>, asked: Option<Encoding>) -> Self {
        let found = asked.filter(|encoding| !encoding.poses_as_latin());
        Self {
            bytes,
            raw: Vec::new(),
            chunk: String::new(),
            at: 0,
            raw_offset: 0,
            line: 1,
            asked,
            found,
            is_utf_8: false,
        }
    }

    /// The encoding of the bytes so far, if it is not UTF-8.
    pub(crate) fn encoding(&self) -> Option<Encoding> {
        self.found.filter(|encoding| *encoding != Encoding::Utf8)
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
            let mut limited = (&mut self.bytes).take(READ_BYTES as u64);
            let read = limited.read_to_end(&mut self.raw).map_err(Fault::of_io)?;
            if self.raw_offset == 0 {
                self.check_start()?;
            }
            self.decode(read == 0)?;
            if !self.chunk.is_empty() || read == 0 {
                return Ok(());
            }
        }
    }

    fn check_start(&mut self) -> Result<(), Fault> {
        if self.found.is_none() {
            self.found = utf_16(self.raw.get(..START_BYTES).unwrap_or(&self.raw));
        }
        let is_utf_16 = matches!(self.found, Some(Encoding::Utf16Le | Encoding::Utf16Be));
        let mark = match self.raw.as_slice() {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] if is_utf_16 => 2,
            raw if raw.starts_with(&MARK_UTF_8) && !is_utf_16 => MARK_UTF_8.len(),
            [_, 0, ..] | [0, _, ..] if !is_utf_16 => {
                let encoding = Encoding::Utf8.name();
                return Err(Fault::NotText {
                    encoding,
                    offset: 0,
                    line: 1,
                    hint: ", it seems to be no text at all",
                });
            }
            _ => return Ok(()),
        };
        self.raw.drain(..mark);
        self.raw_offset = mark as u64;
        Ok(())
    }

    /// Moves the whole characters of `raw` to the chunk.
    fn decode(&mut self, is_end: bool) -> Result<(), Fault> {
        let encoding = self.found.unwrap_or(Encoding::Utf8);
        match decode_bytes(&self.raw, encoding, is_end, &mut self.chunk) {
            Ok(taken) => {
                self.raw.drain(..taken);
                self.raw_offset += taken as u64;
                self.is_utf_8 = self.is_utf_8 || (self.found.is_none() && !self.chunk.is_ascii());
                Ok(())
            }
            Err(place) if self.found.is_none() && !self.is_utf_8 => {
                self.found = Some(self.decided(place)?);
                self.decode(is_end)
            }
            Err(place) => Err(self.wrong(place, encoding)),
        }
    }

    /// The encoding of a file that is no UTF-8 at `place` of the bytes at hand.
    fn decided(&self, place: usize) -> Result<Encoding, Fault> {
        if let Some(asked) = self.asked {
            return Ok(asked);
        }
        let guess = guess(&self.raw);
        let Some(encoding) = guess.encoding else {
            if guess.tried.is_empty() {
                return Err(self.wrong(place, Encoding::Utf8));
            }
            let tried = guess.tried.iter().map(|(encoding, share)| format!("{} {share} %", encoding.name()));
            let tried = tried.collect::<Vec<_>>().join(", ");
            let (offset, line) = self.place_of(place);
            return Err(Fault::UnknownEncoding { offset, line, tried });
        };
        Ok(encoding)
    }

    fn wrong(&self, place: usize, encoding: Encoding) -> Fault {
        let (offset, line) = self.place_of(place);
        Fault::NotText { encoding: encoding.name(), offset, line, hint: "" }
    }

    /// Byte of the file and line of a byte of `raw`; everything before it has been consumed.
    fn place_of(&self, place: usize) -> (u64, u64) {
        let before = self.raw.get(..place).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count() as u64;
        (self.raw_offset + place as u64, self.line + lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::legacy::encode;

    /// Hands out one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
            let one = to.len().min(1);
            self.0.read(to.get_mut(..one).unwrap())
        }
    }

    fn all(bytes: &[u8]) -> Result<String, Fault> {
        let mut text = Text::new(Box::new(Drip(bytes)), None);
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
        assert!(matches!(all(&bytes), Err(Fault::NotText { offset, line: 30_001, .. }) if offset == end));
        let unclear = all(b"h1,h2\ncaf\xE9,na\xEFf\n");
        assert!(matches!(unclear, Err(Fault::UnknownEncoding { offset: 9, line: 2, .. })));
    }

    #[test]
    fn a_file_in_an_old_encoding_is_read_and_says_so() {
        let text = "mã;tên\n1;Nguyễn Thị Hoà\n2;đơn khiếu nại \u{1F600}\n";
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            let bytes = encode::bytes(text, encoding).unwrap();
            assert_eq!(all(&bytes).unwrap(), text);
            assert_eq!(all(&bytes[2..]).unwrap(), text);
        }
        let text = text.replace('\u{1F600}', "");
        let padded = format!("{}{text}", "id;name\n".repeat(20_000));
        let bytes = encode::bytes(&padded, Encoding::Windows1258).unwrap();
        assert_eq!(all(&bytes).unwrap(), padded);
        let bytes = encode::bytes(&padded, Encoding::Tcvn3).unwrap();
        let latin = encode::posing(&padded, Encoding::Tcvn3).unwrap();
        let mut stream = Text::new(Box::new(bytes.as_slice()), None);
        let mut read = String::new();
        while let Ok(chunk) = stream.chunk().map(str::to_owned)
            && !chunk.is_empty()
        {
            stream.consume(chunk.len());
            read.push_str(&chunk);
        }
        assert_eq!((read, stream.encoding()), (latin, Some(Encoding::Tcvn3)));
    }
}
