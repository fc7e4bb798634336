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
use crate::sketch::layout::{BAND_BYTES, HEADER_BYTES, ID_BYTES, SKETCH_BYTES, TEXT_BYTES};
use crate::sketch::minhash::{BANDS, Sketch};
use crate::sketch::run::{Bits, Header};
use crate::sketch::section::BLOCK;

/// A run being written; its tables must come in the order of the layout.
pub(in crate::sketch) struct RunWriter {
    folder: PathBuf,
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    body: Xxh3,
    fences: Vec<u8>,
}

/// Writes the run `name` in `dir`: the last entry of each id counts, `None` says that it is gone.
///
/// # Errors
/// The folder cannot be written, or `name` is no plain file name.
pub(in crate::sketch) fn write(
    dir: &Path,
    name: &str,
    mut entries: Vec<(RecordId, Option<Sketch>)>,
) -> Result<(), SketchError> {
    entries.sort_by_key(|(id, _)| id.bits());
    let latest = entries.chunk_by(|(one, _), (other, _)| one.bits() == other.bits()).filter_map(<[_]>::last);
    let removed = latest.clone().filter(|(_, sketch)| sketch.is_none()).map(|(id, _)| id.bits());
    let kept: Vec<(Bits, &Sketch)> =
        latest.filter_map(|(id, sketch)| Some((id.bits(), sketch.as_ref()?))).collect();
    let mut writer = RunWriter::create(dir, name)?;
    let records = writer.sorted::<ID_BYTES>(ID_BYTES, kept.iter().map(|(id, _)| Ok(*id)))?;
    let removed = writer.sorted::<ID_BYTES>(ID_BYTES, removed.map(Ok))?;
    for band in 0..BANDS {
        let mut keys = numbered(kept.iter().filter_map(|(_, sketch)| sketch.bands().nth(band)));
        keys.sort_unstable();
        writer
            .sorted::<BAND_BYTES>(4, keys.into_iter().map(|(key, ordinal)| Ok(band_entry(key, ordinal))))?;
    }
    writer.sorted::<SKETCH_BYTES>(0, kept.iter().map(|(_, sketch)| Ok(sketch_entry(sketch))))?;
    let mut texts = numbered(kept.iter().map(|(_, sketch)| sketch.text_hash));
    texts.sort_unstable();
    writer.sorted::<TEXT_BYTES>(8, texts.into_iter().map(|(hash, ordinal)| Ok(text_entry(hash, ordinal))))?;
    writer.finish(records, removed)
}

fn numbered<T>(keys: impl Iterator<Item = T>) -> Vec<(T, u32)> {
    keys.zip(0..).collect()
}

/// An entry of a band's table.
pub(in crate::sketch) fn band_entry(key: u32, ordinal: u32) -> [u8; BAND_BYTES] {
    (u64::from(key) << 32 | u64::from(ordinal)).to_be_bytes()
}

/// An entry of the table of text hashes.
pub(in crate::sketch) fn text_entry(hash: u64, ordinal: u32) -> [u8; TEXT_BYTES] {
    let mut entry = [0; TEXT_BYTES];
    let bytes = hash.to_be_bytes().into_iter().chain(ordinal.to_be_bytes());
    entry.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    entry
}

/// A sketch as it is stored.
pub(in crate::sketch) fn sketch_entry(sketch: &Sketch) -> [u8; SKETCH_BYTES] {
    let mut entry = [0; SKETCH_BYTES];
    let bytes = sketch.signature.into_iter().chain(sketch.text_hash.to_be_bytes());
    entry.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    entry
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

    /// Appends a table whose entries begin with `key` bytes of key (0 = unsorted); returns their number.
    pub(in crate::sketch) fn sorted<const WIDTH: usize>(
        &mut self,
        key: usize,
        entries: impl Iterator<Item = Result<[u8; WIDTH], SketchError>>,
    ) -> Result<u32, SketchError> {
        let mut count = 0u32;
        for entry in entries {
            let entry = entry?;
            if (count as usize).is_multiple_of(BLOCK) {
                self.fences.extend(entry.iter().take(key));
            }
            self.body.update(&entry);
            self.file.write_all(&entry).map_err(|source| SketchError::io(&self.path, source))?;
            count += 1;
        }
        Ok(count)
    }

    /// Writes fences and header, syncs, and gives the run its name.
    pub(in crate::sketch) fn finish(mut self, records: u32, removed: u32) -> Result<(), SketchError> {
        let fence_sum = xxh3_64(&self.fences);
        let header = Header { records, removed, fence_sum, body_sum: self.body.digest() };
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
