//! Files of a record: their bytes kept by hash, a row for each, and the way back to the bytes.
//!
//! Bytes are durable first, then one commit lists them, so that a listed file is there. The row takes the
//! record's unit and kind: it is in the same scope, and as secret. The bytes of a file whose row is class
//! identity are given to nobody yet, because no scope may see what is secret (decision 0013).

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;
use serde_json::Value as Json;

use crate::definition::dataset::Dataset;
use crate::definition::files::FilesRule;
use crate::domain::civil::CivilDate;
use crate::domain::commit::CommitVersion;
use crate::domain::id::RecordId;
use crate::domain::limits::{ATTACHMENT_BYTES_MAX, ATTACHMENT_NAME_CHARS_MAX, ATTACHMENTS_MAX};
use crate::domain::record::{Operation as RecordOperation, Record, Value};
use crate::domain::scope::Scope;
use crate::domain::secrecy::RowSecrecy;
use crate::engine::intake::Intake;
use crate::engine::progress::Progress;
use crate::engine::snapshot::Snapshot;
use crate::engine::sql::table;
use crate::engine::{Engine, EngineError, records};
use crate::formats::media;
use crate::sql::encode::objects;
use crate::store::attachments::{self, FileHash};
use crate::store::commit::{Counts, Operation};
use crate::store::file;
use crate::store::schema::TableKind;
use crate::store::table::{booleans, strings, text_at};

/// A file to attach.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file as its record lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Attachment {
    /// Hash of its bytes, as listed; empty when the source gave none.
    pub hash: String,
    /// Its name; nothing when it is secret or was not given.
    pub name: Option<String>,
    /// Media type, as listed.
    pub media_type: Option<String>,
    /// Bytes.
    pub size: Option<i64>,
    /// Whether the store keeps its bytes.
    pub is_kept: bool,
    /// Whether it is as secret as who signed a denunciation.
    pub is_secret: bool,
}

/// What `attach` did.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// The commit that lists the files; the newest before when all were listed already.
    pub commit: CommitVersion,
    /// Hash of each file, in the order given.
    pub hashes: Vec<FileHash>,
    /// How many rows are new, changed or were there.
    pub counts: Counts,
}

/// Which record the files belong to, as its row says.
struct Owner {
    id: RecordId,
    system: String,
    key: String,
    unit: Option<String>,
    kind: Option<String>,
}

impl Engine {
    /// Attaches `files` to the record `id`, as one commit.
    ///
    /// # Errors
    /// There is no such record in scope, its dataset takes no files, a file is empty or too large, there
    /// are too many, or the store cannot be written.
    pub fn attach(&self, id: RecordId, files: &[NewFile], scope: &Scope) -> Result<Attached, EngineError> {
        let hash_key = self.writing()?.hash_key;
        let snapshot = self.snapshot()?;
        let (dataset, rule) = files_of(&snapshot, id)?;
        let owner = self.owner(&snapshot, id, scope)?;
        let listed = self.attachments_of(id, scope)?.len();
        check(files, listed)?;
        let mut intake = Intake::new(self, Arc::clone(snapshot.catalog()), hash_key);
        let mut hashes = Vec::new();
        for (line, file) in (1u64..).zip(files) {
            let hash = attachments::keep(&self.home, &file.bytes)?;
            intake.push(&dataset.name, &self.row(dataset, rule, &owner, (file, &hash, line)))?;
            hashes.push(hash);
        }
        let mut counts = Counts::default();
        let committed = self.commit_intake(
            intake,
            &mut |_, _, _| Ok(()),
            &mut |done| {
                counts = done.counts.get(&dataset.name).copied().unwrap_or_default();
                counts.read = counts.inserted + counts.updated + counts.unchanged;
                (Operation::Push { datasets: [(dataset.name.clone(), counts)].into() }, Vec::new())
            },
            &Progress::default(),
        )?;
        Ok(Attached { commit: committed.commit, hashes, counts })
    }

    /// The files that the record `id` lists, in the order of their names.
    ///
    /// # Errors
    /// There is no such record in scope.
    pub fn attachments_of(&self, id: RecordId, scope: &Scope) -> Result<Vec<Attachment>, EngineError> {
        let snapshot = self.snapshot()?;
        let Ok((dataset, rule)) = files_of(&snapshot, id) else { return Ok(Vec::new()) };
        let owner = self.owner(&snapshot, id, scope)?;
        let kinds = (TableKind::Main, TableKind::Text);
        let table = table(&self.home, &snapshot, dataset, kinds, scope);
        let record = &rule.record;
        let statement = format!(
            "SELECT * FROM asked WHERE \"{record}\" = $id OR (\"{record}\" = $key AND source_system = $system)"
        );
        let given = [
            ("id", Value::Text(id.to_string())),
            ("key", Value::Text(owner.key)),
            ("system", Value::Text(owner.system)),
        ];
        let batches = records::ask(dataset, table, &statement, &given)?;
        let rows = objects(&batches).map_err(EngineError::from)?;
        let mut listed: Vec<Attachment> = rows.iter().map(|row| listed(rule, row)).collect();
        listed.sort_by(|a, b| (&a.name, &a.hash).cmp(&(&b.name, &b.hash)));
        Ok(listed)
    }

    /// The file `hash` of the record `id`, with its bytes.
    ///
    /// # Errors
    /// The record does not list it, its bytes are not kept here or damaged, or it is secret.
    pub fn attachment(
        &self,
        id: RecordId,
        hash: &FileHash,
        scope: &Scope,
    ) -> Result<(Attachment, Bytes), EngineError> {
        let text = hash.to_string();
        let found = self.attachments_of(id, scope)?.into_iter().find(|listed| listed.hash == text);
        let found = found.ok_or_else(|| EngineError::NoAttachment(text.clone()))?;
        if found.is_secret {
            return Err(EngineError::AttachmentSecret);
        }
        let bytes = attachments::read(&self.home, hash)?.ok_or(EngineError::AttachmentElsewhere(text))?;
        Ok((found, bytes))
    }

    /// Removes bytes that no version of any row lists. Returns how many files.
    pub(super) fn sweep_attachments(&self) -> Result<usize, EngineError> {
        let snapshot = self.snapshot()?;
        let mut hashes = BTreeSet::new();
        for (dataset, rule) in all_rules(&snapshot) {
            self.each_listed(&snapshot, (dataset, rule, TableKind::HistoryMain), &mut |hash, _| {
                hashes.insert(hash);
            })?;
        }
        Ok(attachments::sweep(&self.home, &hashes)?)
    }

    /// Checks that the bytes of every file that is listed as kept are there and whole; says what is not.
    pub(super) fn check_attachments(
        &self,
        snapshot: &Snapshot,
        dataset: &Dataset,
    ) -> Result<Vec<String>, EngineError> {
        let Some(rule) = &dataset.files else { return Ok(Vec::new()) };
        let mut kept = BTreeSet::new();
        self.each_listed(snapshot, (dataset, rule, TableKind::Main), &mut |hash, is_kept| {
            if is_kept {
                kept.insert(hash);
            }
        })?;
        let mut problems = Vec::new();
        for hash in kept {
            match attachments::read(&self.home, &hash) {
                Ok(Some(_)) => {}
                Ok(None) => problems.push(format!("`{}` is listed and missing", hash.path())),
                Err(error) => problems.push(error.to_string()),
            }
        }
        Ok(problems)
    }

    fn each_listed(
        &self,
        snapshot: &Snapshot,
        (dataset, rule, kind): (&Dataset, &FilesRule, TableKind),
        each: &mut dyn FnMut(FileHash, bool),
    ) -> Result<(), EngineError> {
        let Some(state) = snapshot.table(&dataset.name, kind) else { return Ok(()) };
        let (table, schema) = (kind.path(&dataset.name), kind.schema(dataset));
        for data in &state.files {
            for batch in file::batches(&self.home, &table, data, &schema)? {
                let batch: RecordBatch = batch?;
                let (hashes, kept) = (strings(&batch, &rule.hash)?, booleans(&batch, &rule.kept)?);
                for row in 0..batch.num_rows() {
                    let hash = text_at(hashes, row).and_then(|text| text.parse().ok());
                    let is_kept = arrow::array::Array::is_valid(kept, row) && kept.value(row);
                    hash.into_iter().for_each(|hash| each(hash, is_kept));
                }
            }
        }
        Ok(())
    }

    fn owner(&self, snapshot: &Snapshot, id: RecordId, scope: &Scope) -> Result<Owner, EngineError> {
        let found = self.record(id, scope)?;
        let rows = objects(&found.batches).map_err(EngineError::from)?;
        let row = rows.first().cloned().unwrap_or_default();
        let text = |name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
        let dataset = snapshot.dataset(&found.dataset)?;
        // Where rows are never secret, a file without a kind would be taken for one of a denunciation.
        let kind = text("kind").or_else(|| dataset.identity.is_none().then(|| dataset.name.clone()));
        Ok(Owner {
            id,
            system: text("source_system").unwrap_or_default(),
            key: text("source_id").unwrap_or_default(),
            unit: text("unit"),
            kind,
        })
    }

    /// The row that lists a file. Its key is the record's id and the hash: the same file twice is one row.
    fn row(
        &self,
        dataset: &Dataset,
        rule: &FilesRule,
        owner: &Owner,
        (file, hash, line): (&NewFile, &FileHash, u64),
    ) -> Record {
        let text = |text: &str| Value::Text(text.to_owned());
        let optional = |given: &Option<String>| given.as_deref().map_or(Value::Null, text);
        let given = [
            (rule.record.as_str(), text(&owner.id.to_string())),
            (&rule.name, text(&file.name)),
            (&rule.media_type, text(media::media_type(&file.name, &file.bytes))),
            (&rule.size, Value::Integer(i64::try_from(file.bytes.len()).unwrap_or(i64::MAX))),
            (&rule.hash, text(&hash.to_string())),
            (&rule.added, Value::Date(CivilDate::day(self.clock.today()))),
            (&rule.kept, Value::Boolean(true)),
            ("unit", optional(&owner.unit)),
            ("kind", optional(&owner.kind)),
        ];
        let mut values = vec![Value::Absent; dataset.columns.len()];
        for (name, value) in given {
            if let Some(slot) = dataset.position(name).and_then(|place| values.get_mut(place)) {
                *slot = value;
            }
        }
        Record {
            source_system: owner.system.clone(),
            source_id: format!("{}|{hash}", owner.id),
            operation: RecordOperation::Upsert,
            values,
            extra: String::new(),
            line,
            children: Vec::new(),
        }
    }
}

/// The dataset of files that the record's own dataset names as a child.
fn files_of(snapshot: &Snapshot, id: RecordId) -> Result<(&Dataset, &FilesRule), EngineError> {
    let catalog = snapshot.catalog();
    let owner = catalog.by_letter(id.letter()).ok_or_else(|| EngineError::NoRecord(id.to_string()))?;
    let mut children = owner.children.iter().filter_map(|child| catalog.dataset(&child.dataset).ok());
    let found = children.find_map(|child| Some((child, child.files.as_ref()?)));
    found.ok_or_else(|| EngineError::NoFiles(owner.name.clone()))
}

fn all_rules(snapshot: &Snapshot) -> impl Iterator<Item = (&Dataset, &FilesRule)> {
    snapshot.catalog().datasets().filter_map(|dataset| Some((dataset, dataset.files.as_ref()?)))
}

fn check(files: &[NewFile], listed: usize) -> Result<(), EngineError> {
    if files.len() + listed > ATTACHMENTS_MAX {
        return Err(EngineError::TooManyAttachments { limit: ATTACHMENTS_MAX });
    }
    for (place, file) in (1..).zip(files) {
        // A message must not repeat a name that may be a signer's.
        if file.bytes.is_empty() {
            return Err(EngineError::AttachmentEmpty { place });
        }
        if file.bytes.len() > ATTACHMENT_BYTES_MAX {
            return Err(EngineError::AttachmentTooLarge { place, limit: ATTACHMENT_BYTES_MAX });
        }
        let is_name = !file.name.is_empty()
            && file.name.chars().count() <= ATTACHMENT_NAME_CHARS_MAX
            && !file.name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\'));
        if !is_name {
            return Err(EngineError::AttachmentName { place, limit: ATTACHMENT_NAME_CHARS_MAX });
        }
    }
    Ok(())
}

fn listed(rule: &FilesRule, row: &Json) -> Attachment {
    let text = |name: &str| row.get(name).and_then(Json::as_str).map(str::to_owned);
    Attachment {
        hash: text(&rule.hash).unwrap_or_default(),
        name: text(&rule.name),
        media_type: text(&rule.media_type),
        size: row.get(&rule.size).and_then(Json::as_i64),
        is_kept: row.get(&rule.kept).and_then(Json::as_bool).unwrap_or_default(),
        is_secret: text("secrecy").as_deref() != Some(RowSecrecy::Ordinary.code()),
    }
}
