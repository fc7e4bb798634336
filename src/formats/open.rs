//! From a name and bytes to the reader of a format: unpacked, counted, and what its name says it is.
//!
//! The ending decides the format and the first bytes must agree. Packed data is unpacked as a stream
//! under a bound on the ratio; the formats that need to seek are unpacked to an unnamed file on disk.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::limits::{UNPACKED_FILE_BYTES_MAX, UNPACKED_FREE_BYTES, UNPACKED_RATIO_MAX};
use crate::formats::Input;
use crate::formats::fault::Fault;

/// A file whose format is known.
pub(crate) enum Opened<'a> {
    /// Comma, semicolon or tab separated text.
    Csv(Box<dyn Read + 'a>),
    /// One JSON object a line.
    Ndjson(Box<dyn Read + 'a>),
    /// A workbook.
    Xlsx(OnDisk),
    /// An edXML message, or an archive of such.
    Edxml(OnDisk),
    /// A Parquet file.
    Parquet(OnDisk),
}

/// Bytes that tell a format.
const HEAD_BYTES: u64 = 16;
const UTF16: &str = "UTF-16 text";
const XML: &str = "XML";
const ZIP: &str = "a zip archive";

/// A file that can be sought in.
pub(crate) struct OnDisk {
    /// Open at its beginning.
    pub(crate) file: File,
    /// Bytes of it that are not yet added to those done.
    pub(crate) uncounted: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Zstd,
    Gzip,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Ndjson,
    Xlsx,
    Edxml,
    Parquet,
}

/// Opens `input`, adding the bytes read to `done`.
pub(crate) fn open<'a>(input: Input<'a>, done: &'a AtomicU64) -> Result<Opened<'a>, Fault> {
    let (mut packing, mut format) = by_name(&input.name());
    let packed = Rc::new(Cell::new(0));
    let metered = Metered { bytes: raw(input)?, here: packed.clone(), done };
    let (head, bytes) = peek(Box::new(metered))?;
    if head.is_empty() {
        return Err(Fault::Empty);
    }
    match packing_of(&head) {
        found if found == packing => {}
        found if packing == Packing::None && format.is_none() => packing = found,
        Packing::None => return Err(Fault::WrongType { expected: packing.name(), found: sort_of(&head) }),
        found => return Err(Fault::WrongType { expected: packing.name(), found: found.name() }),
    }
    let (head, bytes) =
        if packing == Packing::None { (head, bytes) } else { peek(unpacked(packing, bytes, packed)?)? };
    if format.is_none() {
        format = by_content(&head);
    }
    let format = format.ok_or(if head.is_empty() { Fault::Empty } else { Fault::UnknownType })?;
    check(format, &head)?;
    match format {
        Format::Csv => Ok(Opened::Csv(bytes)),
        Format::Ndjson => Ok(Opened::Ndjson(bytes)),
        Format::Xlsx => Ok(Opened::Xlsx(on_disk(input, packing, bytes)?)),
        Format::Edxml => Ok(Opened::Edxml(on_disk(input, packing, bytes)?)),
        Format::Parquet => Ok(Opened::Parquet(on_disk(input, packing, bytes)?)),
    }
}

impl Packing {
    fn name(self) -> &'static str {
        match self {
            Self::None => "not packed",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

fn raw<'a>(input: Input<'a>) -> Result<Box<dyn Read + 'a>, Fault> {
    Ok(match input {
        Input::Path(path) => Box::new(File::open(path).map_err(Fault::Io)?),
        Input::Bytes { bytes, .. } => Box::new(bytes),
    })
}

fn by_name(name: &str) -> (Packing, Option<Format>) {
    let name = name.to_ascii_lowercase();
    let (packing, stem) = match name.rsplit_once('.') {
        Some((stem, "zst")) => (Packing::Zstd, stem),
        Some((stem, "gz")) => (Packing::Gzip, stem),
        _ => (Packing::None, name.as_str()),
    };
    let format = match stem.rsplit_once('.').map(|(_, ending)| ending) {
        Some("csv" | "tsv") => Some(Format::Csv),
        Some("ndjson" | "jsonl") => Some(Format::Ndjson),
        Some("xlsx" | "xlsm") => Some(Format::Xlsx),
        Some("edxml" | "xml" | "zip") => Some(Format::Edxml),
        Some("parquet") => Some(Format::Parquet),
        _ => None,
    };
    (packing, format)
}

fn packing_of(head: &[u8]) -> Packing {
    match head {
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Packing::Zstd,
        [0x1F, 0x8B, ..] => Packing::Gzip,
        _ => Packing::None,
    }
}

fn by_content(head: &[u8]) -> Option<Format> {
    match sort_of(head) {
        ZIP => Some(Format::Xlsx),
        "Parquet" => Some(Format::Parquet),
        "JSON" => Some(Format::Ndjson),
        XML => Some(Format::Edxml),
        _ => None,
    }
}

fn sort_of(head: &[u8]) -> &'static str {
    let text = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head).trim_ascii_start();
    match head {
        [] => "empty",
        [b'P', b'K', 3 | 5, 4 | 6, ..] => ZIP,
        [b'P', b'A', b'R', b'1', ..] => "Parquet",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "an old Office file (.xls, .doc) or a locked one",
        [b'%', b'P', b'D', b'F', ..] => "PDF",
        _ if packing_of(head) != Packing::None => packing_of(head).name(),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => UTF16,
        _ if matches!(text.first(), Some(b'{' | b'[')) => "JSON",
        _ if text.first() == Some(&b'<') => XML,
        _ => "text",
    }
}

fn check(format: Format, head: &[u8]) -> Result<(), Fault> {
    let found = sort_of(head);
    let (expected, fits) = match format {
        Format::Csv => ("CSV", found == "text" || found == XML),
        Format::Ndjson => ("NDJSON", found == "JSON"),
        Format::Xlsx => ("XLSX", found == ZIP),
        Format::Edxml => ("edXML", found == XML || found == ZIP),
        Format::Parquet => ("Parquet", found == "Parquet"),
    };
    match found {
        "empty" => Err(Fault::Empty),
        UTF16 if matches!(format, Format::Csv | Format::Ndjson) => Ok(()),
        _ if fits => Ok(()),
        _ => Err(Fault::WrongType { expected, found }),
    }
}

type Bytes<'a> = Box<dyn Read + 'a>;

/// The first bytes, and a reader that still begins with them.
fn peek<'a>(mut bytes: Bytes<'a>) -> Result<(Vec<u8>, Bytes<'a>), Fault> {
    let mut head = Vec::new();
    (&mut bytes).take(HEAD_BYTES).read_to_end(&mut head).map_err(Fault::of_io)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(bytes))))
}

fn unpacked<'a>(packing: Packing, bytes: Bytes<'a>, packed: Rc<Cell<u64>>) -> Result<Bytes<'a>, Fault> {
    let bytes: Bytes<'a> = match packing {
        Packing::Zstd => Box::new(zstd::Decoder::new(bytes).map_err(Fault::Io)?),
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
        Packing::None => return Ok(bytes),
    };
    Ok(Box::new(Unpacked { bytes, packed, unpacked: 0 }))
}

fn on_disk(input: Input<'_>, packing: Packing, mut bytes: Bytes<'_>) -> Result<OnDisk, Fault> {
    if let (Input::Path(path), Packing::None) = (input, packing) {
        let file = File::open(path).map_err(Fault::Io)?;
        let uncounted = file.metadata().map_err(Fault::Io)?.len().saturating_sub(HEAD_BYTES);
        return Ok(OnDisk { file, uncounted });
    }
    let mut file = tempfile::tempfile().map_err(Fault::Io)?;
    let copied =
        io::copy(&mut (&mut bytes).take(UNPACKED_FILE_BYTES_MAX + 1), &mut file).map_err(Fault::of_io)?;
    if copied > UNPACKED_FILE_BYTES_MAX {
        return Err(Fault::Bomb { limit: UNPACKED_FILE_BYTES_MAX, what: "bytes" });
    }
    file.seek(SeekFrom::Start(0)).map_err(Fault::Io)?;
    Ok(OnDisk { file, uncounted: 0 })
}

/// Counts what is read from the file as it lies there.
struct Metered<'a> {
    bytes: Bytes<'a>,
    here: Rc<Cell<u64>>,
    done: &'a AtomicU64,
}

impl Read for Metered<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(to)?;
        self.here.set(self.here.get() + read as u64);
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Holds an unpacked stream to the ratio an honest file keeps.
struct Unpacked<'a> {
    bytes: Bytes<'a>,
    packed: Rc<Cell<u64>>,
    unpacked: u64,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(to).map_err(|error| match error.get_ref() {
            Some(inner) if inner.is::<Fault>() => error,
            _ => io::Error::other(Fault::Packed(error.to_string())),
        })?;
        self.unpacked += read as u64;
        if self.unpacked > UNPACKED_FREE_BYTES + self.packed.get().saturating_mul(UNPACKED_RATIO_MAX) {
            return Err(io::Error::other(Fault::Bomb { limit: UNPACKED_RATIO_MAX, what: "times its size" }));
        }
        Ok(read)
    }
}
