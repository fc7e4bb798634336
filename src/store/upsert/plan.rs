//! What becomes of each staged row, and how secret each is, before anything is written.

use arrow::array::RecordBatch;
use rustc_hash::FxHashSet;

use crate::domain::id::RecordId;
use crate::domain::secrecy::RowSecrecy;
use crate::store::commit::Counts;
use crate::store::keys::{Existing, existing, parse_id};
use crate::store::schema::TableKind;
use crate::store::split::{Secrets, secrecy_of};
use crate::store::stage::Staged;
use crate::store::table::{booleans, integers, strings, text_at};
use crate::store::upsert::{Outcome, Work};
use crate::store::{StoreError, history};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Ignored,
    Insert,
    Update { text_changed: bool },
    Retract,
}

impl Fate {
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Ignored => Outcome::Unchanged,
            Self::Insert => Outcome::Inserted,
            Self::Update { .. } | Self::Retract => Outcome::Updated,
        }
    }
}

pub(super) struct Plan {
    pub(super) fates: Vec<Fate>,
    found: Vec<Option<Existing>>,
    pub(super) counts: Counts,
    pub(super) main_gone: FxHashSet<RecordId>,
    pub(super) text_gone: FxHashSet<RecordId>,
    pub(super) withdrawn: Vec<RecordId>,
    /// Records whose earlier versions show what is secret now.
    pub(super) now_secret: Vec<RecordId>,
    /// Records that are new and secret.
    pub(super) begins_secret: Vec<RecordId>,
    still_secret: Vec<RecordId>,
    secrecy: Vec<RowSecrecy>,
}

impl Plan {
    /// Decides what becomes of each staged row.
    pub(super) fn of(work: &Work<'_>, staged: &Staged) -> Result<Self, StoreError> {
        let found = existing(work, staged)?;
        let mut plan = Self {
            fates: vec![Fate::Ignored; found.len()],
            secrecy: vec![RowSecrecy::Identity; found.len()],
            found,
            counts: Counts::default(),
            main_gone: FxHashSet::default(),
            text_gone: FxHashSet::default(),
            withdrawn: Vec::new(),
            now_secret: Vec::new(),
            begins_secret: Vec::new(),
            still_secret: Vec::new(),
        };
        let decides = staged.dataset.identity.as_ref().map(|rule| rule.column.as_str());
        let columns = ["id", "retract", "row_hash", "text_hash"].into_iter().chain(decides);
        for item in staged.columns(&columns.collect::<Vec<_>>())? {
            let (first, batch) = item?;
            plan.take(staged, first, &batch)?;
        }
        plan.take_unstaged(work, staged)?;
        Ok(plan)
    }

    fn take(&mut self, staged: &Staged, first: u32, batch: &RecordBatch) -> Result<(), StoreError> {
        let dataset = &staged.dataset;
        let ids = strings(batch, "id")?;
        let (rows, texts) = (integers(batch, "row_hash")?, integers(batch, "text_hash")?);
        let retract = booleans(batch, "retract")?;
        let secrecy = secrecy_of(dataset, batch)?;
        let kinds = dataset.identity.as_ref().map(|rule| strings(batch, &rule.column)).transpose()?;
        for row in 0..batch.num_rows() {
            let id = parse_id(ids.value(row), "staging")?;
            let ordinal = first + u32::try_from(row).unwrap_or(u32::MAX);
            if staged.keys.get(&id) == Some(&ordinal) {
                let hashes = (rows.value(row), texts.value(row));
                self.decide(id, ordinal as usize, hashes, retract.value(row));
                // A withdrawal often gives the key only: it is as secret as what it withdraws.
                let says_nothing =
                    retract.value(row) && kinds.is_some_and(|kinds| text_at(kinds, row).is_none());
                let given = secrecy.get(row).copied().filter(|_| !says_nothing);
                let given = if staged.secrets.contains_key(&id) { Some(RowSecrecy::Identity) } else { given };
                self.classify(id, ordinal as usize, given, staged.turned.contains(&id));
            }
        }
        Ok(())
    }

    /// Records that stand in the history only, and those that come back after they were withdrawn.
    fn take_unstaged(&mut self, work: &Work<'_>, staged: &Staged) -> Result<(), StoreError> {
        self.now_secret.extend(staged.turned.iter().filter(|id| !staged.keys.contains_key(*id)));
        let new: FxHashSet<RecordId> = self.begins_secret.iter().copied().collect();
        let shown = history::ids_in(work, &staged.dataset, TableKind::HistoryMain, &new)?;
        self.begins_secret.retain(|id| !shown.contains(id));
        self.now_secret.extend(shown);
        Ok(())
    }

    fn decide(&mut self, id: RecordId, ordinal: usize, (row_hash, text_hash): (i64, i64), retract: bool) {
        let fate = match self.found.get(ordinal).and_then(Option::as_ref) {
            None if retract => Fate::Ignored,
            None => Fate::Insert,
            Some(_) if retract => Fate::Retract,
            Some(old) if old.row_hash == row_hash => Fate::Ignored,
            Some(old) => Fate::Update { text_changed: old.text_hash != text_hash },
        };
        match fate {
            Fate::Ignored => self.counts.unchanged += 1,
            Fate::Insert => self.counts.inserted += 1,
            Fate::Update { .. } | Fate::Retract => {
                self.counts.updated += 1;
                self.main_gone.insert(id);
            }
        }
        if matches!(fate, Fate::Retract | Fate::Update { text_changed: true }) {
            self.text_gone.insert(id);
        }
        if fate == Fate::Retract {
            self.withdrawn.push(id);
        }
        if let Some(slot) = self.fates.get_mut(ordinal) {
            *slot = fate;
        }
    }

    /// Decides the row's secrecy. A record that was ordinary and is secret now moves its columns out of
    /// every earlier version too, also when its source says nothing new; so does one that turned with what
    /// it belongs to. A secret one that is withdrawn stays secret.
    fn classify(&mut self, id: RecordId, ordinal: usize, given: Option<RowSecrecy>, is_turned: bool) {
        let fate = self.fates.get(ordinal).copied().unwrap_or(Fate::Ignored);
        let was = self.found.get(ordinal).and_then(Option::as_ref).map(|old| old.secrecy);
        let now = match (fate, was) {
            (Fate::Retract, Some(RowSecrecy::Identity)) => RowSecrecy::Identity,
            (_, was) => given.or(was).unwrap_or(RowSecrecy::Identity),
        };
        if let Some(slot) = self.secrecy.get_mut(ordinal) {
            *slot = now;
        }
        let is_secret = now == RowSecrecy::Identity;
        if is_turned || (is_secret && was == Some(RowSecrecy::Ordinary)) {
            self.now_secret.push(id);
            self.write_anew(id, ordinal);
        } else if is_secret && fate == Fate::Insert {
            self.begins_secret.push(id);
        } else if is_secret && was.is_some() && fate != Fate::Ignored {
            self.still_secret.push(id);
        } else if fate != Fate::Ignored && was.is_some_and(|was| was != now) {
            self.write_anew(id, ordinal);
        }
    }

    /// A record that the tables have is written with its texts, whether or not its source changed it.
    fn write_anew(&mut self, id: RecordId, ordinal: usize) {
        if self.found.get(ordinal).is_none_or(Option::is_none) {
            return;
        }
        self.text_gone.insert(id);
        self.main_gone.insert(id);
        match self.fates.get_mut(ordinal) {
            Some(Fate::Update { text_changed }) => *text_changed = true,
            Some(fate @ Fate::Ignored) => {
                *fate = Fate::Update { text_changed: true };
                self.counts.unchanged -= 1;
                self.counts.updated += 1;
            }
            _ => {}
        }
    }

    /// The strings to take out of the records that are secret, as far as the staged rows and the identity
    /// table give them. A string that is new of a record already secret is taken out of every version.
    pub(super) fn secrets(&mut self, work: &Work<'_>, staged: &Staged) -> Result<Secrets, StoreError> {
        let dataset = &staged.dataset;
        let ids: Vec<RecordId> = self.still_secret.iter().chain(&self.now_secret).copied().collect();
        let mut secrets = history::kept_secrets(work, dataset, &ids)?;
        let given = history::secrets_of(staged, &ids)?;
        for id in std::mem::take(&mut self.still_secret) {
            let is_known = |string: &String| secrets.get(&id).is_some_and(|known| known.contains(string));
            if !given.get(&id).into_iter().flatten().all(is_known) {
                self.now_secret.push(id);
                if let Some(ordinal) = staged.keys.get(&id) {
                    self.write_anew(id, *ordinal as usize);
                }
            }
        }
        for (id, strings) in given.into_iter().chain(staged.secrets.iter().map(|(id, of)| (*id, of.clone())))
        {
            secrets.entry(id).or_default().extend(strings);
        }
        Ok(secrets)
    }

    pub(super) fn secrecy(&self, ordinals: &[u32]) -> Vec<RowSecrecy> {
        let known = |ordinal: &u32| self.secrecy.get(*ordinal as usize).copied();
        ordinals.iter().map(|ordinal| known(ordinal).unwrap_or(RowSecrecy::Identity)).collect()
    }

    pub(super) fn fate(&self, ordinal: u32) -> Fate {
        self.fates.get(ordinal as usize).copied().unwrap_or(Fate::Ignored)
    }

    /// Version of each rule's date for the row at `ordinal` whose dates are `dates`.
    pub(super) fn versions(&self, ordinal: u32, dates: &[Option<i32>]) -> Vec<(i64, bool)> {
        let old = self.found.get(ordinal as usize).and_then(Option::as_ref);
        let is_withdrawn = self.fate(ordinal) == Fate::Retract;
        let number = |(rule, date): (usize, &Option<i32>)| {
            let (old_date, old_version) =
                old.and_then(|old| old.versions.get(rule)).copied().unwrap_or((None, 0));
            match date {
                Some(_) if *date != old_date && !is_withdrawn => (old_version + 1, true),
                _ => (old_version, false),
            }
        };
        dates.iter().enumerate().map(number).collect()
    }
}
