//! A sorted table of fixed-width entries inside a run file.
//!
//! Entries begin with their key, big-endian, so that comparing bytes compares keys. The first key of
//! every block of 128 entries, the fence, is in memory (1.3 bytes per record over all sections
//! of a run); a look-up reads one block, or as many as hold equal keys, by position. Nothing is mapped,
//! and nothing is loaded whole but for who asks for every record.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::sketch::SketchError;

/// Entries between two fences.
pub(in crate::sketch) const BLOCK: usize = 128;
/// Blocks a scan reads at once.
const SCAN_BLOCKS: usize = 64;

/// A file that is read by position, or held in memory by who asks it millions of times.
#[derive(Debug)]
pub(in crate::sketch) struct Source {
    pub(in crate::sketch) path: PathBuf,
    pub(in crate::sketch) file: File,
    held: Option<Vec<u8>>,
}

impl Source {
    /// The file at `path`.
    pub(in crate::sketch) fn open(path: &Path) -> Result<Self, SketchError> {
        let file = File::open(path).map_err(|source| SketchError::io(path, source))?;
        Ok(Self { path: path.to_owned(), file, held: None })
    }

    /// Bytes of the file.
    pub(in crate::sketch) fn length(&self) -> Result<u64, SketchError> {
        Ok(self.file.metadata().map_err(|source| SketchError::io(&self.path, source))?.len())
    }

    /// Takes the whole file into memory.
    pub(in crate::sketch) fn hold(&mut self) -> Result<(), SketchError> {
        let mut bytes = vec![0; usize::try_from(self.length()?).unwrap_or(usize::MAX)];
        self.read(&mut bytes, 0)?;
        self.held = Some(bytes);
        Ok(())
    }

    /// Fills `bytes` from `offset` on.
    pub(in crate::sketch) fn read(&self, bytes: &mut [u8], offset: u64) -> Result<(), SketchError> {
        let Some(held) = &self.held else {
            return self
                .file
                .read_exact_at(bytes, offset)
                .map_err(|source| SketchError::io(&self.path, source));
        };
        let place = usize::try_from(offset).unwrap_or(usize::MAX);
        match held.get(place..place.saturating_add(bytes.len())) {
            Some(found) => bytes.copy_from_slice(found),
            None => return Err(SketchError::damaged(&self.path, "an entry points outside")),
        }
        Ok(())
    }
}

/// Where a table stands and how it is read.
#[derive(Debug, Clone)]
pub(in crate::sketch) struct Section {
    /// Byte of the first entry.
    pub(in crate::sketch) offset: u64,
    /// Entries.
    pub(in crate::sketch) count: usize,
    /// Bytes of an entry.
    pub(in crate::sketch) width: usize,
    /// Bytes of the key an entry begins with; 0 = not sorted.
    pub(in crate::sketch) key: usize,
    /// First key of each block.
    pub(in crate::sketch) fences: Vec<u8>,
}

impl Section {
    /// Bytes of all entries.
    pub(in crate::sketch) fn bytes(&self) -> u64 {
        self.count as u64 * self.width as u64
    }

    /// Bytes of all fences.
    pub(in crate::sketch) fn fence_bytes(&self) -> usize {
        self.count.div_ceil(BLOCK) * self.key
    }

    /// Gives at most `most` entries with exactly this `key` to `sink`, in order.
    pub(in crate::sketch) fn equal(
        &self,
        source: &Source,
        key: &[u8],
        most: usize,
        sink: &mut impl FnMut(&[u8]),
    ) -> Result<(), SketchError> {
        let mut left = most;
        let mut scan = Scan::new(source, self, self.block_of(key), 1);
        scan.fill()?;
        scan.seek(key);
        while let Some(entry) = scan.head() {
            let found = entry.get(..self.key).unwrap_or_default();
            if found > key || left == 0 {
                break;
            }
            if found == key {
                sink(entry);
                left -= 1;
            }
            scan.step()?;
        }
        Ok(())
    }

    /// The place of the first entry with this `key`.
    pub(in crate::sketch) fn place_of(
        &self,
        source: &Source,
        key: &[u8],
    ) -> Result<Option<u32>, SketchError> {
        let mut scan = Scan::new(source, self, self.block_of(key), 1);
        scan.fill()?;
        loop {
            scan.seek(key);
            let Some(found) = scan.head().and_then(|entry| entry.get(..self.key)) else { return Ok(None) };
            if found >= key {
                return Ok((found == key).then(|| scan.at()));
            }
            // The buffer's last entry, still below the key.
            scan.step()?;
        }
    }

    /// Fills `entry` with the entry at `place`.
    pub(in crate::sketch) fn get(
        &self,
        source: &Source,
        place: u32,
        entry: &mut [u8],
    ) -> Result<(), SketchError> {
        if place as usize >= self.count || entry.len() != self.width {
            return Err(SketchError::damaged(&source.path, "an entry points outside"));
        }
        source.read(entry, self.offset + u64::from(place) * self.width as u64)
    }

    /// All entries in order.
    pub(in crate::sketch) fn scan<'r>(&'r self, source: &'r Source) -> Result<Scan<'r>, SketchError> {
        let mut scan = Scan::new(source, self, 0, SCAN_BLOCKS);
        scan.fill()?;
        Ok(scan)
    }

    /// The first block that can hold `key`: the one before the first fence that is not below it.
    fn block_of(&self, key: &[u8]) -> usize {
        let fence = |block: usize| self.fences.get(block * self.key..(block + 1) * self.key);
        let (mut low, mut high) = (0, self.count.div_ceil(BLOCK));
        while low < high {
            let middle = low.midpoint(high);
            if fence(middle).is_some_and(|fence| fence < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.saturating_sub(1)
    }
}

/// Reads entries one after another, some blocks at a time.
pub(in crate::sketch) struct Scan<'r> {
    source: &'r Source,
    section: &'r Section,
    /// The next entry that is not in the buffer.
    next: usize,
    buffer: Vec<u8>,
    place: usize,
    blocks: usize,
}

impl<'r> Scan<'r> {
    fn new(source: &'r Source, section: &'r Section, block: usize, blocks: usize) -> Self {
        Self { source, section, next: block * BLOCK, buffer: Vec::new(), place: 0, blocks }
    }

    /// The entry the scan stands at; nothing at the end.
    pub(in crate::sketch) fn head(&self) -> Option<&[u8]> {
        self.buffer.get(self.place..self.place + self.section.width)
    }

    /// Goes to the first entry in the buffer that is not below `key`, or to the buffer's last.
    fn seek(&mut self, key: &[u8]) {
        let width = self.section.width;
        let (mut low, mut high) = (0, (self.buffer.len() / width).saturating_sub(1));
        while low < high {
            let middle = low.midpoint(high);
            let found = self.buffer.get(middle * width..middle * width + self.section.key);
            if found.is_some_and(|found| found < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        self.place = low * width;
    }

    /// The place of the entry the scan stands at.
    fn at(&self) -> u32 {
        let left = self.buffer.len().saturating_sub(self.place) / self.section.width;
        (self.next - left) as u32
    }

    /// Goes one entry on.
    pub(in crate::sketch) fn step(&mut self) -> Result<(), SketchError> {
        self.place += self.section.width;
        if self.place >= self.buffer.len() { self.fill() } else { Ok(()) }
    }

    fn fill(&mut self) -> Result<(), SketchError> {
        let entries = (self.section.count.saturating_sub(self.next)).min(self.blocks * BLOCK);
        self.buffer.resize(entries * self.section.width, 0);
        self.place = 0;
        let offset = self.section.offset + self.next as u64 * self.section.width as u64;
        self.next += entries;
        self.source.read(&mut self.buffer, offset)
    }
}
