//! Bounds on the archive that a workbook is, before anything in it is parsed.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::domain::limits::{
    READ_BYTES, UNPACKED_FREE_BYTES, XLSX_ENTRIES_MAX, XLSX_RATIO_MAX, XLSX_UNZIPPED_BYTES_MAX,
};
use crate::formats::fault::Fault;

/// Holds the archive to bounds on entries, bytes and ratio: first what its directory declares, then,
/// since that may lie, what really comes out. Leaves the file at its beginning.
///
/// # Errors
/// It is no zip archive, is damaged, or passes a bound.
pub(crate) fn check(file: &mut File) -> Result<(), Fault> {
    let zipped = file.metadata().map_err(Fault::Io)?.len();
    let most = XLSX_UNZIPPED_BYTES_MAX.min(UNPACKED_FREE_BYTES + zipped.saturating_mul(XLSX_RATIO_MAX));
    let mut archive = ZipArchive::new(BufReader::new(&mut *file)).map_err(|error| broken(&error))?;
    if archive.len() > XLSX_ENTRIES_MAX {
        return Err(Fault::Bomb { limit: XLSX_ENTRIES_MAX as u64, what: "entries" });
    }
    let mut declared = 0u64;
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|error| broken(&error))?;
        declared = declared.saturating_add(entry.size());
    }
    within(declared, most)?;
    let mut unzipped = 0;
    let mut buffer = vec![0; READ_BYTES];
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| broken(&error))?;
        loop {
            let read = entry.read(&mut buffer).map_err(|error| Fault::Workbook(error.to_string()))?;
            if read == 0 {
                break;
            }
            unzipped += read as u64;
            within(unzipped, most)?;
        }
    }
    drop(archive);
    file.seek(SeekFrom::Start(0)).map_err(Fault::Io).map(|_| ())
}

fn within(bytes: u64, most: u64) -> Result<(), Fault> {
    if bytes <= most { Ok(()) } else { Err(Fault::Bomb { limit: most, what: "bytes" }) }
}

fn broken(error: &ZipError) -> Fault {
    Fault::Workbook(error.to_string())
}
