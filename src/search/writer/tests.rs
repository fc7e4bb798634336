//! Commits, snapshots, crash points and damage, against real folders.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::domain::error::{Classified, ErrorKind};
use crate::domain::limits::COMMITS_KEPT_FOR_READERS;
use crate::domain::scope::Scope;
use crate::search::reader::{Contents, Reader, damaged_files, row_checksum};
use crate::search::request::Request;
use crate::search::sample::{Row, batches, letters};

fn feed(writer: &mut Writer, commit: u64, rows: &[Row]) -> State {
    let dataset = letters();
    let ids: Vec<String> = rows.iter().map(|row| dataset.id("local", &row.source_id).to_string()).collect();
    writer.delete(&ids).unwrap();
    let (main, text) = batches(&dataset, rows, commit);
    writer.add_batch(&main, Some(&text)).unwrap();
    writer.commit(CommitVersion(commit)).unwrap()
}

fn row(source_id: &str, text: &str) -> Row {
    Row { source_id: source_id.to_owned(), text: Some(text.to_owned()), ..Row::default() }
}

fn found(dir: &Path, at: u64, text: &str) -> Vec<String> {
    let reader = Reader::open(dir, &letters(), CommitVersion(at)).unwrap();
    found_by(&reader, text)
}

fn found_by(reader: &Reader, text: &str) -> Vec<String> {
    let request = Request { text: text.to_owned(), limit: 100, ..Request::default() };
    let answer = reader.search(&request, &Scope::everything()).unwrap();
    let mut ids: Vec<String> = answer.hits.into_iter().map(|hit| hit.source_id).collect();
    ids.sort();
    ids
}

#[test]
fn a_reader_stays_at_its_commit_while_the_writer_goes_on_and_merges() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    assert_eq!(feed(&mut writer, 1, &[row("a", "đất đai"), row("b", "nhà ở")]).rows, 2);
    let pinned = Reader::open(dir.path(), &letters(), CommitVersion(1)).unwrap();
    feed(&mut writer, 2, &[row("a", "nhà ở")]);
    assert_eq!(feed(&mut writer, 4, &[row("c", "đất đai")]).rows, 3);
    writer.optimize().unwrap();
    writer.close().unwrap();
    assert_eq!(found_by(&pinned, "đất đai"), ["a"]);
    for (at, land, house) in
        [(1, vec!["a"], vec!["b"]), (2, vec![], vec!["a", "b"]), (4, vec!["c"], vec!["a", "b"])]
    {
        assert_eq!(found(dir.path(), at, "đất đai"), land, "commit {at}");
        assert_eq!(found(dir.path(), at, "nhà ở"), house, "commit {at}");
        assert_eq!(damaged_files(dir.path(), CommitVersion(at)).unwrap(), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn a_merge_that_ends_during_a_check_damages_nothing() {
    for _ in 0..40 {
        let dir = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
        let files = || Folder::at(dir.path()).newest().unwrap().required_files();
        let has_deletes = || files().iter().any(|file| file.extension().is_some_and(|of| of == "del"));
        let names = ["a", "b", "c"];
        feed(&mut writer, 1, &names.map(|name| row(name, "đất đai")));
        // More than the share of deleted rows that begins a merge.
        feed(&mut writer, 2, &[row("a", "nhà ở")]);
        let merging = Instant::now();
        while has_deletes() && merging.elapsed() < Duration::from_secs(1) {
            let damaged = damaged_files(dir.path(), CommitVersion(2)).unwrap();
            assert_eq!(damaged, Vec::<std::path::PathBuf>::new());
        }
        writer.close().unwrap();
    }
}

#[test]
fn earlier_commits_are_kept_by_a_later_process_too() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai")]);
    feed(&mut writer, 2, &[row("a", "nhà ở")]);
    drop(writer);
    let mut writer = Writer::open(dir.path(), &letters(), Some(CommitVersion(2))).unwrap();
    writer.optimize().unwrap();
    feed(&mut writer, 3, &[row("b", "nhà ở")]);
    writer.close().unwrap();
    assert_eq!(found(dir.path(), 1, "đất đai"), ["a"]);
    assert_eq!(found(dir.path(), 3, "nhà ở"), ["a", "b"]);
}

#[test]
fn old_commits_go_and_take_their_files_along() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    let last = COMMITS_KEPT_FOR_READERS + 6;
    for commit in 1..=last {
        feed(&mut writer, commit, &[row("a", "đất đai")]);
    }
    writer.optimize().unwrap();
    writer.close().unwrap();
    let gone = Reader::open(dir.path(), &letters(), CommitVersion(2)).err().unwrap();
    assert_eq!((gone.kind(), gone.code()), (ErrorKind::Gone, "search.snapshot_gone"));
    assert_eq!(found(dir.path(), last - COMMITS_KEPT_FOR_READERS + 1, "đất đai"), ["a"]);
    let stores = fs::read_dir(dir.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|ending| ending == "store"));
    assert!(stores.count() as u64 <= COMMITS_KEPT_FOR_READERS + 2);
}

#[test]
fn a_commit_the_store_never_recorded_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai"), row("b", "đất đai")]);
    feed(&mut writer, 2, &[row("a", "nhà ở")]);
    drop(writer);
    let mut writer = Writer::open(dir.path(), &letters(), Some(CommitVersion(1))).unwrap();
    assert_eq!(found(dir.path(), 1, "đất đai"), ["a", "b"]);
    let ahead = Reader::open(dir.path(), &letters(), CommitVersion(2)).err().unwrap();
    assert_eq!((ahead.code(), ahead.needs_rebuild()), ("search.index_behind", true));
    let segments =
        |writer: &Writer| writer.writer.as_ref().unwrap().index().searchable_segment_ids().unwrap().len();
    let named = segments(&writer);
    let stores = || {
        let entries = fs::read_dir(dir.path()).unwrap();
        entries
            .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|of| of == "store"))
            .count()
    };
    // A merge of the writer that was let go may still write its file; it goes with the next collection.
    for _ in 0..1_000 {
        if stores() == named {
            break;
        }
        writer.writer.as_ref().unwrap().garbage_collect_files().wait().unwrap();
    }
    assert_eq!(stores(), named, "a file of the undone commit is still there");
    feed(&mut writer, 2, &[row("a", "thuế")]);
    assert_eq!(found(dir.path(), 2, "thuế"), ["a"]);
    assert_eq!(found(dir.path(), 2, "nhà ở"), Vec::<String>::new());
}

#[test]
fn what_was_never_committed_is_never_seen() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = letters();
    let mut writer = Writer::open(dir.path(), &dataset, None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai")]);
    let (main, text) = batches(&dataset, &[row("b", "đất đai")], 2);
    writer.add_batch(&main, Some(&text)).unwrap();
    writer.delete(&[dataset.id("local", "a").to_string()]).unwrap();
    drop(writer);
    let mut writer = Writer::open(dir.path(), &dataset, Some(CommitVersion(1))).unwrap();
    assert_eq!(found(dir.path(), 1, "đất đai"), ["a"]);
    writer.add_batch(&main, Some(&text)).unwrap();
    writer.rollback().unwrap();
    assert_eq!(writer.commit(CommitVersion(2)).unwrap().rows, 1);
}

#[test]
fn an_interrupted_first_build_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 7, &[row("a", "đất đai")]);
    drop(writer);
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    assert_eq!(feed(&mut writer, 8, &[row("b", "đất đai")]).rows, 1);
    assert_eq!(found(dir.path(), 8, "đất đai"), ["b"]);
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("letter.txt"), "mine").unwrap();
    let error = Writer::open(dir.path(), &letters(), None).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(fs::read_to_string(dir.path().join("letter.txt")).unwrap(), "mine");
}

#[test]
fn a_second_writer_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai")]);
    for expected in [None, Some(CommitVersion(1))] {
        let error = Writer::open(dir.path(), &letters(), expected).err().unwrap();
        assert_eq!(error.code(), "search.index_locked");
    }
    assert_eq!(found(dir.path(), 1, "đất đai"), ["a"]);
}

#[test]
fn another_definition_or_normaliser_asks_for_a_rebuild() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai")]);
    drop(writer);
    let mut other = letters();
    other.hash = "0".repeat(64);
    let error = Reader::open(dir.path(), &other, CommitVersion(1)).err().unwrap();
    assert!(error.needs_rebuild() && error.to_string().contains("definition"), "{error}");
    let stamp = dir.path().join("index.json");
    let text = fs::read_to_string(&stamp).unwrap();
    fs::write(&stamp, text.replace("\"normaliser\":\"", "\"normaliser\":\"9")).unwrap();
    let error = Writer::open(dir.path(), &letters(), Some(CommitVersion(1))).err().unwrap();
    assert!(error.needs_rebuild() && error.to_string().contains("normaliser"), "{error}");
    fs::remove_file(&stamp).unwrap();
    let error = Reader::open(dir.path(), &letters(), CommitVersion(1)).err().unwrap();
    assert_eq!(error.code(), "search.index_missing");
}

#[test]
fn damage_is_found_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai")]);
    drop(writer);
    let ending = |wanted: &str| {
        let mut files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|ending| ending == wanted)).unwrap()
    };
    let store = ending("store");
    let mut bytes = fs::read(&store).unwrap();
    bytes[3] ^= 0xff;
    fs::write(&store, &bytes).unwrap();
    assert_eq!(damaged_files(dir.path(), CommitVersion(1)).unwrap(), [store]);
    let terms = ending("term");
    let bytes = fs::read(&terms).unwrap();
    fs::write(&terms, &bytes[..bytes.len() / 2]).unwrap();
    let error = Reader::open(dir.path(), &letters(), CommitVersion(1)).err().unwrap();
    assert!(error.kind() == ErrorKind::Corrupt && error.needs_rebuild(), "{error:?}");
    assert!(damaged_files(dir.path(), CommitVersion(1)).unwrap().contains(&terms));
    fs::remove_file(&terms).unwrap();
    assert!(damaged_files(dir.path(), CommitVersion(1)).unwrap().contains(&terms));
    assert!(Reader::open(dir.path(), &letters(), CommitVersion(1)).err().unwrap().needs_rebuild());
}

#[test]
fn a_damaged_segment_list_is_mended_from_its_copy() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), &letters(), None).unwrap();
    feed(&mut writer, 1, &[row("a", "đất đai")]);
    drop(writer);
    fs::write(dir.path().join("meta.json"), "{").unwrap();
    assert_eq!(found(dir.path(), 1, "đất đai"), ["a"]);
    drop(Writer::open(dir.path(), &letters(), Some(CommitVersion(1))).unwrap());
    fs::remove_file(dir.path().join("meta.1.json")).unwrap();
    assert_eq!(found(dir.path(), 1, "đất đai"), ["a"]);
}

#[test]
fn a_batch_of_another_form_is_refused_and_the_writer_lives() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = letters();
    let mut writer = Writer::open(dir.path(), &dataset, None).unwrap();
    let (main, text) = batches(&dataset, &[row("a", "đất đai")], 1);
    let (other, _) = batches(&dataset, &[row("b", "đất đai")], 1);
    let fewer = main.project(&[1, 2]).unwrap();
    assert_eq!(writer.add_batch(&fewer, None).unwrap_err().code(), "search.batch");
    assert_eq!(writer.add_batch(&other, Some(&text)).unwrap_err().code(), "search.batch");
    assert_eq!(feed(&mut writer, 1, &[row("a", "đất đai")]).rows, 1);
}

#[test]
fn index_and_table_are_compared_by_count_and_checksum() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = letters();
    let mut writer = Writer::open(dir.path(), &dataset, None).unwrap();
    feed(&mut writer, 1, &[row("a", "x"), row("b", "x")]);
    feed(&mut writer, 2, &[row("b", "y")]);
    let reader = Reader::open(dir.path(), &dataset, CommitVersion(2)).unwrap();
    let sum =
        row_checksum(dataset.id("local", "b"), 2).wrapping_add(row_checksum(dataset.id("local", "a"), 1));
    assert_eq!(reader.contents().unwrap(), Contents { rows: 2, checksum: sum });
    let ids = [dataset.id("local", "b"), dataset.id("local", "z"), dataset.id("local", "a")];
    assert_eq!(reader.texts(&ids, "text").unwrap(), [Some("y".to_owned()), None, Some("x".to_owned())]);
    assert_eq!(reader.doc_count(), 2);
}
