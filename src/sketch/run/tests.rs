//! Damaged files are errors.

use proptest::prelude::*;

use super::*;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::id::RecordId;
use crate::sketch::minhash::Sketch;
use crate::sketch::writer;

/// A written run of `records` records and one removal.
fn written(dir: &Path, records: u8) -> Vec<u8> {
    let sketch = |number: u8| Sketch::of_text(&format!("đơn số {number} về đất"));
    let id = |number| RecordId::from_parts(b'P', [number; 10]);
    let mut entries: Vec<_> = (0..records).map(|number| (id(number), sketch(number))).collect();
    entries.push((id(255), None));
    writer::write(dir, ("run", 0), entries).unwrap();
    std::fs::read(dir.join("run")).unwrap()
}

fn opened(dir: &Path, bytes: &[u8]) -> Result<(), SketchError> {
    std::fs::write(dir.join("run"), bytes).unwrap();
    Run::open(&dir.join("run"))?.verify()
}

#[test]
fn every_kind_of_damage_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let good = written(dir.path(), 3);
    opened(dir.path(), &good).unwrap();
    let other_version = Header {
        counts: Counts { records: 3, removed: 1, ..Counts::default() },
        frequent: 0,
        fence_sum: 0,
        body_sum: 0,
    }
    .encode();
    let mut other_version: Vec<u8> = other_version.into_iter().take(60).collect();
    other_version[11] += 1;
    other_version.extend(xxh3_64(&other_version).to_be_bytes());
    let table = [
        (Vec::new(), "sketch.run_damaged"),
        (good[..20].to_vec(), "sketch.run_damaged"),
        (good[..good.len() - 1].to_vec(), "sketch.run_damaged"),
        ([good.as_slice(), b"x"].concat(), "sketch.run_damaged"),
        (vec![0; good.len()], "sketch.run_damaged"),
        (other_version, "sketch.run_outdated"),
    ];
    for (bytes, code) in table {
        let error = opened(dir.path(), &bytes).unwrap_err();
        assert_eq!((error.code(), error.kind()), (code, ErrorKind::Corrupt), "{error}");
    }
    let error = Run::open(&dir.path().join("nowhere")).unwrap_err();
    assert_eq!(error.code(), "sketch.run_missing");
}

#[test]
fn a_name_cannot_leave_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["", "../run", "a/b", ".hidden", "a b"] {
        let error = writer::write(dir.path(), (name, 0), Vec::new()).unwrap_err();
        assert_eq!((error.code(), error.kind()), ("sketch.run_name", ErrorKind::InvalidInput));
    }
}

#[test]
fn an_unwritable_folder_is_an_error_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "").unwrap();
    let error = writer::write(&dir.path().join("file/below"), ("run", 0), Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_writer_that_does_not_finish_leaves_the_old_run() {
    let dir = tempfile::tempdir().unwrap();
    let good = written(dir.path(), 3);
    let mut writer = writer::RunWriter::create(dir.path(), "run").unwrap();
    writer.table(10, std::iter::once(Ok([1u8; 10]))).unwrap();
    drop(writer);
    assert_eq!(std::fs::read(dir.path().join("run")).unwrap(), good);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

proptest! {
    #[test]
    fn a_changed_byte_never_goes_unnoticed(place in 0usize..4096, change in 1u8.., records in 0u8..5) {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = written(dir.path(), records);
        let place = place % bytes.len();
        bytes[place] ^= change;
        let error = opened(dir.path(), &bytes).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
}
