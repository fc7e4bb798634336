//! A file in: read, staged, committed; what cannot be used goes to the rejects, whole.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::definition::catalog::Catalog;
use crate::domain::commit::CommitVersion;
use crate::domain::conversion::Conversion;
use crate::domain::language::Language;
use crate::domain::record::Record;
use crate::engine::intake::Intake;
use crate::engine::progress::{Progress, Step};
use crate::engine::workbook::InChild;
use crate::engine::{Engine, EngineError};
use crate::formats::fault::Fault;
use crate::formats::reject::{Reason, Reject, RejectWriter, given};
use crate::formats::{self, FileReport, FormatError, Import, Input, Parsed};
use crate::store::StoreError;
use crate::store::commit::{Counts, Operation};
use crate::store::stage::row::record_at;
use crate::store::stage::{Staged, Superseded};

/// How a file is taken in.
pub struct IngestOptions {
    /// How it is read.
    pub reading: formats::Options,
    /// Where rejects go; by default a file in `rejects/` of the store.
    pub rejects: Option<PathBuf>,
    /// Language of the rejects' reasons.
    pub language: Language,
    /// Read and check, change nothing.
    pub dry_run: bool,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub struct IngestReport {
    /// Counts; read = inserted + updated + unchanged + rejected.
    pub counts: Counts,
    /// The commit that has the rows; the newest before when nothing changed.
    pub commit: CommitVersion,
    /// Headers that no column takes.
    pub unmapped: Vec<String>,
    /// Cells without a value under `--unpivot`.
    pub empty_cells: u64,
    /// Sheets with cells that were not read.
    pub skipped_sheets: Vec<String>,
    /// What was converted to Unicode.
    pub conversion: Conversion,
    /// The rejects, if there are any.
    pub rejects: Option<PathBuf>,
}

impl Engine {
    /// Takes a file into `dataset` as one commit.
    ///
    /// # Errors
    /// The file is wrong as a whole, or cannot be stored; nothing is changed then.
    pub fn ingest_file(
        &self,
        dataset: &str,
        file: &Path,
        options: &IngestOptions,
        progress: &Progress,
    ) -> Result<IngestReport, EngineError> {
        let catalog = Arc::clone(self.snapshot()?.catalog());
        catalog.dataset(dataset)?;
        let mut rejects = self.rejects(file, options)?;
        let taken = self.take_file((dataset, file), &catalog, options, (&mut rejects, progress));
        match taken {
            Ok((report, counts, commit)) => done(report, counts, commit, rejects),
            Err(error) => {
                rejects.discard();
                Err(error)
            }
        }
    }

    fn take_file(
        &self,
        (dataset, file): (&str, &Path),
        catalog: &Arc<Catalog>,
        options: &IngestOptions,
        (rejects, progress): (&mut Rejects, &Progress),
    ) -> Result<(FileReport, Counts, CommitVersion), EngineError> {
        let hash_key = self.writing()?.hash_key;
        let mut intake = Intake::new(self, Arc::clone(catalog), hash_key);
        progress.begin(Step::Read);
        let total = std::fs::metadata(file).map_or(0, |found| found.len());
        progress.bytes_total.store(total, Ordering::Relaxed);
        let report =
            self.read_file((dataset, file), catalog, options, &mut intake, (&mut *rejects, progress))?;
        if options.dry_run {
            let counts = Counts { read: report.read, rejected: rejects.count, ..Counts::default() };
            let commit = self.snapshot()?.version();
            return Ok((report, counts, commit));
        }
        let name = file.file_name().map_or_else(String::new, |name| name.display().to_string());
        let read = report.read;
        let before = rejects.count;
        let lost = std::cell::Cell::new(0u64);
        let committed = self.commit_intake(
            intake,
            &mut |staged, losers, children| {
                if staged.dataset.name == dataset {
                    lost.set(losers.len() as u64);
                    rejects.add_losers((catalog, progress), staged, losers, children)?;
                }
                Ok(())
            },
            &mut |done| {
                let mut counts = done.counts.get(dataset).copied().unwrap_or_default();
                counts.read = read;
                counts.rejected = before + lost.get();
                let conversion = report.conversion.clone();
                let dataset = dataset.to_owned();
                (Operation::Ingest { dataset, file: name.clone(), counts, conversion }, Vec::new())
            },
            progress,
        )?;
        let mut counts = committed.counts.get(dataset).copied().unwrap_or_default();
        counts.read = report.read;
        counts.rejected = rejects.count;
        Ok((report, counts, committed.commit))
    }

    fn read_file(
        &self,
        (dataset, file): (&str, &Path),
        catalog: &Catalog,
        options: &IngestOptions,
        intake: &mut Intake<'_>,
        (rejects, progress): (&mut Rejects, &Progress),
    ) -> Result<FileReport, EngineError> {
        let files = (!options.dry_run).then(|| self.home.clone());
        let workbook = InChild { program: self.program.clone(), files };
        let import = Import {
            dataset: catalog.dataset(dataset)?,
            catalog,
            options: &options.reading,
            workbook: &workbook,
            done: &progress.bytes,
        };
        let mut failed = None;
        let read = formats::read(Input::Path(file), &import, &mut |parsed| {
            progress.rows.fetch_add(1, Ordering::Relaxed);
            let taken = match parsed {
                Parsed::Record(record) => intake.push(dataset, &record),
                Parsed::Reject(reject) => rejects.add(&reject, progress),
            };
            taken.map_err(|error| {
                let text = error.to_string();
                failed = Some(error);
                text.into()
            })
        });
        match (read, failed) {
            (Err(FormatError { fault: Fault::Sink(_), .. }), Some(error)) => Err(error),
            (read, _) => Ok(read?),
        }
    }

    /// Where rejects go. A dry run writes them only where it was told to.
    fn rejects(&self, file: &Path, options: &IngestOptions) -> Result<Rejects, EngineError> {
        let path = match &options.rejects {
            Some(path) => path.clone(),
            None if options.dry_run => return Ok(Rejects { writer: None, path: PathBuf::new(), count: 0 }),
            None => self.rejects_path(file)?,
        };
        Ok(Rejects { writer: Some(RejectWriter::new(&path, options.language)), path, count: 0 })
    }

    fn rejects_path(&self, file: &Path) -> Result<PathBuf, EngineError> {
        let folder = self.home.path_of("rejects");
        crate::store::home::make_folders(self.home.folder(), &folder)?;
        let stem = file.file_name().map_or_else(String::new, |name| name.display().to_string());
        Ok(folder.join(format!("{stem}.{}.csv", self.clock.now().0)))
    }
}

fn done(
    report: FileReport,
    counts: Counts,
    commit: CommitVersion,
    rejects: Rejects,
) -> Result<IngestReport, EngineError> {
    let FileReport { unmapped, empty_cells, skipped_sheets, conversion, .. } = report;
    let rejects = rejects.finish()?;
    Ok(IngestReport { counts, commit, unmapped, empty_cells, skipped_sheets, conversion, rejects })
}

struct Rejects {
    writer: Option<RejectWriter>,
    path: PathBuf,
    count: u64,
}

impl Rejects {
    fn add(&mut self, reject: &Reject, progress: &Progress) -> Result<(), EngineError> {
        self.count += 1;
        progress.add_reject();
        let path = &self.path;
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write(reject));
        written.map_err(|source| EngineError::Rejects { path: path.display().to_string(), source })
    }

    fn add_losers(
        &mut self,
        (catalog, progress): (&Catalog, &Progress),
        staged: &Staged,
        losers: &[Superseded],
        children: Vec<(String, Record)>,
    ) -> Result<(), EngineError> {
        let mut of_line: HashMap<u64, Vec<(String, Record)>> = HashMap::new();
        for (name, child) in children {
            of_line.entry(child.line).or_default().push((name, child));
        }
        let by_line: HashMap<u32, u32> = losers.iter().map(|loser| (loser.ordinal, loser.by_line)).collect();
        let mut failed = None;
        let selected = staged.select(&|ordinal| by_line.contains_key(&ordinal), &mut |ordinals, batch| {
            for (row, ordinal) in ordinals.iter().enumerate() {
                let mut record = record_at(&staged.dataset, &batch, row)?;
                record.children = of_line.remove(&record.line).unwrap_or_default();
                let line = by_line.get(ordinal).copied().unwrap_or_default();
                let reject = Reject {
                    line: record.line,
                    reason: Reason::key_again(u64::from(line)),
                    cells: given(&staged.dataset, catalog, &record),
                };
                if let Err(error) = self.add(&reject, progress) {
                    failed = Some(error);
                    return Err(StoreError::Stopped);
                }
            }
            Ok(())
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(selected?),
        }
    }

    /// The file as a whole was refused: half a list of rejects would mislead.
    fn discard(self) {
        let Some(writer) = self.writer else { return };
        if let Ok(true) = writer.finish() {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    fn finish(self) -> Result<Option<PathBuf>, EngineError> {
        let path = self.path;
        let written = self.writer.map_or(Ok(false), RejectWriter::finish);
        let written =
            written.map_err(|source| EngineError::Rejects { path: path.display().to_string(), source })?;
        Ok(written.then_some(path))
    }
}
