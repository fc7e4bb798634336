//! Writes a run: aside, in one pass, synced, then renamed.
//!
//! Whoever sees the final name sees a whole file: the bytes are synced before the rename and the folder
//! after it. A writer that is dropped earlier leaves nothing.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::domain::id::RecordId;
use crate::sketch::SketchError;
use crate::sketch::layout::{BAND_KEY_BYTES, Counts, HEADER_BYTES, ID_BYTES, SAMPLE_KEY_BYTES, TEXT_BYTES};
use crate::sketch::minhash::{BANDS, Sketch};
use crate::sketch::run::{Bits, Header, encode_signature};
use crate::sketch::section::BLOCK;

/// The longest key and the longest ordinal.
const ENTRY_BYTES: usize = 12;

/// A run being written; its tables must come in the order of the layout.
pub(in crate::sketch) struct RunWriter {
    folder: PathBuf,
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    body: Xxh3,
    fences: Vec<u8>,
}

/// An entry of a sorted table: a key and an ordinal.
#[derive(Debug, Clone, Copy)]
pub(in crate::sketch) struct Entry {
    bytes: [u8; ENTRY_BYTES],
    len: usize,
}

/// Writes the run `name` in `dir`, made without the shingles of the set `frequent`: the last entry of each id counts, `None` says that it is gone.
///
/// # Errors
/// The folder cannot be written, or `name` is no plain file name.
pub(in crate::sketch) fn write(
    dir: &Path,
    (name, frequent): (&str, u64),
    mut entries: Vec<(RecordId, Option<Sketch>)>,
) -> Result<(), SketchError> {
    entries.sort_by_key(|(id, _)| id.bits());
    let latest = entries.chunk_by(|(one, _), (other, _)| one.bits() == other.bits()).filter_map(<[_]>::last);
    let removed = latest.clone().filter(|(_, sketch)| sketch.is_none()).map(|(id, _)| id.bits());
    let kept: Vec<(Bits, &Sketch)> =
        latest.filter_map(|(id, sketch)| Some((id.bits(), sketch.as_ref()?))).collect();
    let mut writer = RunWriter::create(dir, name)?;
    let records = writer.table(ID_BYTES, kept.iter().map(|(id, _)| Ok(*id)))? as u32;
    let removed = writer.table(ID_BYTES, removed.map(Ok))? as u32;
    let sketches: Vec<&Sketch> = kept.iter().map(|(_, sketch)| *sketch).collect();
    let width = Counts::ordinal_bytes(records);
    let texts = writer.texts(&sketches, width)?;
    for band in 0..BANDS {
        let keys = texts.iter().filter_map(|sketch| sketch.signature.bands().nth(band));
        writer.keyed(BAND_KEY_BYTES, keys.zip(0..).collect(), width)?;
    }
    writer.table(0, texts.iter().map(|sketch| Ok(encode_signature(&sketch.signature))))?;
    let samples =
        texts.iter().zip(0..).flat_map(|(sketch, text)| sketch.samples.iter().map(move |key| (*key, text)));
    let samples = writer.keyed(SAMPLE_KEY_BYTES, samples.collect(), width)?;
    let counts = Counts { records, removed, texts: texts.len() as u32, samples };
    writer.finish(counts, frequent)
}

impl Entry {
    /// An entry of a key and an ordinal, each in so many bytes.
    pub(in crate::sketch) fn of((key, key_bytes): (u64, usize), (ordinal, width): (u32, usize)) -> Self {
        let key = key.to_be_bytes().into_iter().skip(8usize.saturating_sub(key_bytes));
        let ordinal = ordinal.to_be_bytes().into_iter().skip(4usize.saturating_sub(width));
        let mut bytes = [0; ENTRY_BYTES];
        bytes.iter_mut().zip(key.chain(ordinal)).for_each(|(to, from)| *to = from);
        Self { bytes, len: key_bytes + width }
    }
}

impl AsRef<[u8]> for Entry {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }
}

impl RunWriter {
    /// Begins the run `name` in `dir`, which is made if it is not there.
    pub(in crate::sketch) fn create(dir: &Path, name: &str) -> Result<Self, SketchError> {
        let path = run_path(dir, name)?;
        std::fs::create_dir_all(dir).map_err(|source| SketchError::io(dir, source))?;
        let file = NamedTempFile::new_in(dir).map_err(|source| SketchError::io(dir, source))?;
        let mut file = BufWriter::with_capacity(1 << 16, file);
        file.write_all(&[0; HEADER_BYTES]).map_err(|source| SketchError::io(&path, source))?;
        Ok(Self { folder: dir.to_owned(), path, file, body: Xxh3::new(), fences: Vec::new() })
    }

    /// Writes the hashes of the texts of `sketches` and who has them; returns a sketch of each text.
    fn texts<'s>(&mut self, sketches: &[&'s Sketch], width: usize) -> Result<Vec<&'s Sketch>, SketchError> {
        let mut by_text: Vec<(u64, u32)> = sketches.iter().map(|sketch| sketch.text_hash).zip(0..).collect();
        by_text.sort_unstable();
        let groups = by_text.chunk_by(|(one, _), (other, _)| one == other);
        let firsts: Vec<(u64, u32)> = groups.clone().filter_map(|group| group.first().copied()).collect();
        self.table(TEXT_BYTES, firsts.iter().map(|(hash, _)| Ok(hash.to_be_bytes())))?;
        let members = groups.zip(0u32..).flat_map(|(group, text)| {
            group.iter().map(move |(_, record)| Ok(Entry::of((u64::from(text), width), (*record, width))))
        });
        self.table(width, members)?;
        Ok(firsts.iter().filter_map(|(_, record)| sketches.get(*record as usize).copied()).collect())
    }

    /// Appends a table of keys and the ordinals they stand for.
    fn keyed(&mut self, key: usize, mut entries: Vec<(u32, u32)>, width: usize) -> Result<u64, SketchError> {
        entries.sort_unstable();
        let entry = |(found, ordinal)| Ok(Entry::of((u64::from(found), key), (ordinal, width)));
        self.table(key, entries.into_iter().map(entry))
    }

    /// Appends a table whose entries begin with `key` bytes of key (0 = unsorted); returns their number.
    pub(in crate::sketch) fn table<E: AsRef<[u8]>>(
        &mut self,
        key: usize,
        entries: impl Iterator<Item = Result<E, SketchError>>,
    ) -> Result<u64, SketchError> {
        let mut count = 0u64;
        for entry in entries {
            let entry = entry?;
            let entry = entry.as_ref();
            if count.is_multiple_of(BLOCK as u64) {
                self.fences.extend(entry.iter().take(key));
            }
            self.body.update(entry);
            self.file.write_all(entry).map_err(|source| SketchError::io(&self.path, source))?;
            count += 1;
        }
        Ok(count)
    }

    /// Writes fences and header, syncs, and gives the run its name.
    pub(in crate::sketch) fn finish(mut self, counts: Counts, frequent: u64) -> Result<(), SketchError> {
        let fence_sum = xxh3_64(&self.fences);
        let header = Header { counts, frequent, fence_sum, body_sum: self.body.digest() };
        let written = (|| {
            self.file.write_all(&self.fences)?;
            self.file.seek(SeekFrom::Start(0))?;
            self.file.write_all(&header.encode())?;
            let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            file.persist(&self.path).map_err(|failed| failed.error)?;
            File::open(&self.folder)?.sync_all()
        })();
        written.map_err(|source| SketchError::io(&self.path, source))
    }
}

/// The path of the run `name` in `dir`.
pub(in crate::sketch) fn run_path(dir: &Path, name: &str) -> Result<PathBuf, SketchError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(SketchError::Name { name: name.to_owned() });
    }
    Ok(dir.join(name))
}
