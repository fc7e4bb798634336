//! One snapshot of an index, and what it answers.
//!
//! A reader never changes: it shows the commit it was opened at while writers go on, and needs no lock
//! of theirs. Every answer is limited by the scope inside the query itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tantivy::columnar::Column;
use tantivy::directory::MmapDirectory;
use tantivy::schema::{Field, TantivyDocument, Value};
use tantivy::{DocAddress, Index, ReloadPolicy, Searcher, TantivyError, Term};
use xxhash_rust::xxh3::xxh3_64;

use crate::definition::dataset::Dataset;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::DOCUMENT_BLOCKS_CACHED;
use crate::domain::scope::Scope;
use crate::search::SearchError;
use crate::search::analyzer::tokenizers;
use crate::search::answer::Answering;
use crate::search::directory::Pinned;
use crate::search::document::id_of_parts;
use crate::search::filter;
use crate::search::folder::{Folder, copy_name};
use crate::search::language::names::Names;
use crate::search::order::{Ids, Order, SegmentOrder};
use crate::search::request::{Answer, Request};
use crate::search::schema::{AUTHORITY, Fields, VALID_FROM};
use crate::search::statistics::Statistics;
use crate::search::stored::{Firsts, add_values};
use crate::search::suggest::KnownValue;
use crate::search::writer::of_folder;

/// An index at one commit. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Folder,
    fields: Fields,
    commit: CommitVersion,
    searcher: Searcher,
    statistics: Statistics,
    /// By segment.
    ids: Vec<Ids>,
    /// By segment; where the dataset has no authority, or no row of a segment, none.
    authorities: Vec<Option<Column<f64>>>,
    /// Names the segments and their deletes.
    view: u64,
    /// Names of columns for who may not see personal ones, and for who may.
    names: [Names; 2],
    /// Values that are suggested, read when first asked for.
    suggested: OnceLock<Vec<KnownValue>>,
}

/// Values of a row by column.
pub type Values = serde_json::Map<String, serde_json::Value>;

/// What an index holds, to be compared with the table it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contents {
    /// Rows that can be found.
    pub rows: u64,
    /// Sum over the rows of [`row_checksum`], whatever their order.
    pub checksum: u64,
}

/// A row's part in [`Contents::checksum`]: its id and the commit that wrote its version.
#[must_use]
pub fn row_checksum(id: RecordId, valid_from: i64) -> u64 {
    let mut bytes = [0u8; 18];
    let parts = id.bits().into_iter().chain(valid_from.to_le_bytes());
    bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    xxh3_64(&bytes)
}

impl Reader {
    /// Opens the index in `dir` as it was at commit `at`, the last one that changed it.
    ///
    /// # Errors
    /// The commit is no longer kept, or the index needs a rebuild ([`SearchError::needs_rebuild`]).
    pub fn open(dir: &Path, dataset: &Dataset, at: CommitVersion) -> Result<Self, SearchError> {
        let folder = Folder::at(dir);
        let fields = Fields::of(dataset);
        folder.check_stamp(&fields)?;
        check_kept(&folder, at)?;
        let opened = || -> tantivy::Result<Searcher> {
            let mut index = Index::open(Pinned::open(MmapDirectory::open(dir)?, at))?;
            index.set_tokenizers(tokenizers());
            let segments = index.searchable_segment_ids()?.len().max(1);
            let reader = index
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .doc_store_cache_num_blocks((DOCUMENT_BLOCKS_CACHED / segments).max(1))
                .try_into()?;
            Ok(reader.searcher())
        };
        let searcher = opened().map_err(|error| of_folder(dir, error))?;
        let statistics = Statistics::of(&searcher, &fields).map_err(|error| of_folder(dir, error))?;
        let columns = searcher
            .segment_readers()
            .iter()
            .map(|segment| Ok((Ids::open(segment)?, segment.fast_fields().column_opt::<f64>(AUTHORITY)?)));
        let columns = columns.collect::<tantivy::Result<(Vec<_>, Vec<_>)>>();
        let (ids, authorities) = columns.map_err(|error| of_folder(dir, error))?;
        let segments: Vec<String> = searcher
            .segment_readers()
            .iter()
            .map(|segment| format!("{}.{:?}", segment.segment_id().uuid_string(), segment.delete_opstamp()))
            .collect();
        let view = xxh3_64(segments.join(" ").as_bytes());
        let names = [false, true].map(|sees_personal| Names::of(dataset, sees_personal));
        let inner = Inner {
            folder,
            fields,
            commit: at,
            searcher,
            statistics,
            ids,
            authorities,
            view,
            names,
            suggested: OnceLock::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The commit it shows.
    #[must_use]
    pub fn commit(&self) -> CommitVersion {
        self.inner.commit
    }

    /// Number of rows.
    #[must_use]
    pub fn doc_count(&self) -> u64 {
        self.inner.searcher.num_docs()
    }

    /// Answers a request within a scope.
    ///
    /// # Errors
    /// The request is over a bound or names a column it cannot use so, the cursor is foreign or gone,
    /// or a file is damaged.
    pub fn search(&self, request: &Request, scope: &Scope) -> Result<Answer, SearchError> {
        Answering::prepare(self, request, scope)?.run()
    }

    /// Counts the rows and sums their checksums.
    ///
    /// # Errors
    /// A file is damaged.
    pub fn contents(&self) -> Result<Contents, SearchError> {
        let mut contents = Contents::default();
        for segment in self.inner.searcher.segment_readers() {
            let order = SegmentOrder::open(&Order::Columns(Vec::new()), segment, None)
                .map_err(|error| self.error(error))?;
            let valid_from =
                segment.fast_fields().column_opt::<i64>(VALID_FROM).map_err(|error| self.error(error))?;
            for row in segment.doc_ids_alive() {
                let (high, low) = order.id(row);
                let id = id_of_parts(self.inner.fields.letter, high, low);
                let written = valid_from.as_ref().and_then(|column| column.first(row)).unwrap_or_default();
                contents.rows += 1;
                contents.checksum = contents.checksum.wrapping_add(row_checksum(id, written));
            }
        }
        Ok(contents)
    }

    /// The stored text of `column` for each id; none where the row or its text is absent.
    ///
    /// # Errors
    /// There is no such column, or a file is damaged.
    pub fn texts(&self, ids: &[RecordId], column: &str) -> Result<Vec<Option<String>>, SearchError> {
        let known = filter::visible(&self.inner.fields, column, &Scope::everything())?;
        let mut texts = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(address) = self.find(*id)? else {
                texts.push(None);
                continue;
            };
            let document = self.document(address)?;
            texts.push(match known.stored {
                Some(field) => stored_text(&document, field).map(str::to_owned),
                None => {
                    self.row(&document, true).get(column).and_then(|value| value.as_str().map(str::to_owned))
                }
            });
        }
        Ok(texts)
    }

    /// The values of each row with the stored text of `column` among them; none where the row is absent.
    ///
    /// # Errors
    /// There is no such column, or a file is damaged.
    pub fn rows(&self, ids: &[RecordId], column: &str) -> Result<Vec<Option<Values>>, SearchError> {
        let known = filter::visible(&self.inner.fields, column, &Scope::everything())?;
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(address) = self.find(*id)? else {
                rows.push(None);
                continue;
            };
            let document = self.document(address)?;
            let mut row = self.row(&document, true);
            if let Some(text) = known.stored.and_then(|field| stored_text(&document, field)) {
                row.insert(column.to_owned(), text.into());
            }
            rows.push(Some(row));
        }
        Ok(rows)
    }

    /// Files that are absent or whose checksum does not fit, by reading every byte.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, SearchError> {
        damaged_files(self.inner.folder.path(), self.inner.commit)
    }

    pub(in crate::search) fn fields(&self) -> &Fields {
        &self.inner.fields
    }

    /// Names of columns that an asker may use.
    pub(in crate::search) fn names(&self, sees_personal: bool) -> &Names {
        let [public, all] = &self.inner.names;
        if sees_personal { all } else { public }
    }

    pub(in crate::search) fn searcher(&self) -> &Searcher {
        &self.inner.searcher
    }

    pub(in crate::search) fn statistics(&self) -> &Statistics {
        &self.inner.statistics
    }

    /// Ids by segment.
    pub(in crate::search) fn ids(&self) -> &[Ids] {
        &self.inner.ids
    }

    /// Authorities of rows by segment.
    pub(in crate::search) fn authorities(&self) -> &[Option<Column<f64>>] {
        &self.inner.authorities
    }

    /// Values that are suggested, once they were read.
    pub(in crate::search) fn suggested(&self) -> &OnceLock<Vec<KnownValue>> {
        &self.inner.suggested
    }

    /// A number for the segments and their deletes: the same number gives the same scores.
    pub(in crate::search) fn view(&self) -> u64 {
        self.inner.view
    }

    pub(in crate::search) fn find(&self, id: RecordId) -> Result<Option<DocAddress>, SearchError> {
        let term = Term::from_field_text(self.inner.fields.id, &id.to_string());
        let found = || -> tantivy::Result<Option<DocAddress>> {
            for (ordinal, segment) in (0u32..).zip(self.inner.searcher.segment_readers()) {
                let index = segment.inverted_index(self.inner.fields.id)?;
                let Some(mut postings) =
                    index.read_postings(&term, tantivy::schema::IndexRecordOption::Basic)?
                else {
                    continue;
                };
                while tantivy::DocSet::doc(&postings) != tantivy::TERMINATED {
                    let row = tantivy::DocSet::doc(&postings);
                    if !segment.is_deleted(row) {
                        return Ok(Some(DocAddress::new(ordinal, row)));
                    }
                    tantivy::DocSet::advance(&mut postings);
                }
            }
            Ok(None)
        };
        found().map_err(|error| self.error(error))
    }

    pub(in crate::search) fn document(&self, address: DocAddress) -> Result<TantivyDocument, SearchError> {
        self.inner.searcher.doc(address).map_err(|error| self.error(error))
    }

    /// The short values of a row.
    pub(in crate::search) fn row(
        &self,
        document: &TantivyDocument,
        sees_personal: bool,
    ) -> serde_json::Map<String, serde_json::Value> {
        let parse = |field| stored_text(document, field).and_then(|text| serde_json::from_str(text).ok());
        let mut row: serde_json::Map<String, serde_json::Value> =
            parse(self.inner.fields.row).unwrap_or_default();
        if sees_personal {
            row.extend(parse(self.inner.fields.personal_row).unwrap_or_default());
        }
        row
    }

    /// The short values of the row at `address`, read without its long texts where they are stored behind.
    pub(in crate::search) fn short_values(
        &self,
        address: DocAddress,
        sees_personal: bool,
    ) -> Result<Values, SearchError> {
        let Fields { row, personal_row, columns, .. } = &self.inner.fields;
        let searcher = &self.inner.searcher;
        let texts = match sees_personal && columns.iter().any(|column| column.personal) {
            true => searcher.doc::<Firsts<2>>(address).map(|firsts| firsts.texts),
            false => searcher.doc::<Firsts<1>>(address).map(|firsts| firsts.texts),
        };
        let texts = texts.map_err(|error| self.error(error))?;
        // An index of an earlier version of the program may have them in another order.
        if texts.first().is_none_or(|(field, _)| field != row) {
            return Ok(self.row(&self.document(address)?, sees_personal));
        }
        let mut values = Values::with_capacity(columns.len());
        for (_, text) in texts.iter().filter(|(field, _)| field == row || field == personal_row) {
            add_values(text, &mut values);
        }
        Ok(values)
    }

    pub(in crate::search) fn error(&self, error: TantivyError) -> SearchError {
        of_folder(self.inner.folder.path(), error)
    }
}

/// Files of the index in `dir` at commit `at` that are absent or whose checksum does not fit.
///
/// # Errors
/// The commit is not kept, or the folder cannot be read.
pub fn damaged_files(dir: &Path, at: CommitVersion) -> Result<Vec<PathBuf>, SearchError> {
    let folder = Folder::at(dir);
    let files = MmapDirectory::open(dir).map_err(|error| of_folder(dir, error.into()))?;
    let files = tantivy::directory::ManagedDirectory::wrap(Box::new(Pinned::open(files, at)))
        .map_err(|error| of_folder(dir, error))?;
    let is_damaged = |file: &&PathBuf| !matches!(files.validate_checksum(file), Ok(true));
    let mut named = named_files(&folder, at)?;
    loop {
        let damaged: Vec<PathBuf> = named.iter().filter(is_damaged).map(|file| dir.join(file)).collect();
        // A merge that ended meanwhile has taken files of its list along; the list it left counts.
        let now = named_files(&folder, at)?;
        if damaged.is_empty() || now == named {
            return Ok(damaged);
        }
        named = now;
    }
}

/// The files that the segment list of commit `at` names; its own name when there is no such list.
fn named_files(folder: &Folder, at: CommitVersion) -> Result<BTreeSet<PathBuf>, SearchError> {
    check_kept(folder, at)?;
    let newest = folder.newest().filter(|meta| meta.commit() == Some(at));
    let meta = newest.or_else(|| folder.copies().ok()?.remove(&at));
    Ok(meta.map_or_else(|| BTreeSet::from([copy_name(at).into()]), |meta| meta.required_files()))
}

fn check_kept(folder: &Folder, at: CommitVersion) -> Result<(), SearchError> {
    let newest = folder.newest().and_then(|meta| meta.commit());
    if newest == Some(at) || folder.path().join(copy_name(at)).is_file() {
        return Ok(());
    }
    let folder = folder.path().to_owned();
    match newest {
        Some(newest) if newest > at => Err(SearchError::SnapshotGone { folder, commit: at }),
        newest => {
            let found = newest.map_or_else(|| "none".to_owned(), |commit| commit.to_string());
            Err(SearchError::Behind { folder, found, expected: at })
        }
    }
}

pub(in crate::search) fn stored_text(document: &TantivyDocument, field: Field) -> Option<&str> {
    document.get_first(field).and_then(|value| value.as_str())
}

#[cfg(test)]
mod tests;
