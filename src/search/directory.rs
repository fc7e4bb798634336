//! Two views of an index folder: the writer's, which keeps old commits, and a reader's, which is one.
//!
//! `Keeping` writes `meta.N.json` with every change of tantivy's `meta.json` (a commit, or a merge that
//! ended) and refuses to delete a file that a kept copy names, so that garbage collection, whenever it
//! runs, never pulls a snapshot from under a reader, also not one of an earlier process. `Pinned` is
//! read-only and shows the copy of its commit as `meta.json`.
//!
//! tantivy keeps a list of its files in `.managed.json` and syncs it for every file it makes, seven
//! times a commit; the folder itself says the same, so that list is answered from it and not written.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

use crate::domain::commit::CommitVersion;
use crate::domain::limits::COMMITS_KEPT_FOR_READERS;
use crate::search::SearchError;
use crate::search::deferred::Deferred;
use crate::search::folder::{Folder, META, Meta, copy_name, is_segment_file};

const MANAGED: &str = ".managed.json";

/// The writer's view.
#[derive(Debug, Clone)]
pub(in crate::search) struct Keeping {
    files: MmapDirectory,
    folder: Folder,
    kept: Arc<RwLock<BTreeMap<CommitVersion, Meta>>>,
    deferred: Deferred,
}

impl Keeping {
    pub(in crate::search) fn open(files: MmapDirectory, folder: &Folder) -> Result<Self, SearchError> {
        let kept = Arc::new(RwLock::new(folder.copies()?));
        Ok(Self { files, folder: folder.clone(), kept, deferred: Deferred::default() })
    }

    fn is_kept(&self, path: &Path) -> bool {
        let Some(name) = path.to_str() else { return false };
        self.kept.read().is_ok_and(|kept| kept.values().any(|meta| meta.names(name)))
    }

    /// The copy first: whoever finds the new `meta.json` finds its copy as well.
    fn write_meta(&self, bytes: &[u8]) -> io::Result<()> {
        let meta =
            Meta::parse(bytes).ok_or_else(|| io::Error::other("tantivy wrote an unknown segment list"))?;
        self.deferred.sync()?;
        let commit = meta.commit();
        if let Some(commit) = commit {
            self.files.atomic_write(Path::new(&copy_name(commit)), bytes)?;
        }
        self.files.atomic_write(Path::new(META), bytes)?;
        self.files.sync_directory()?;
        if let Some(commit) = commit {
            self.keep(commit, meta)?;
        }
        Ok(())
    }

    fn keep(&self, commit: CommitVersion, meta: Meta) -> io::Result<()> {
        let mut kept =
            self.kept.write().map_err(|_| io::Error::other("the list of kept commits is poisoned"))?;
        kept.insert(commit, meta);
        while kept.len() as u64 > COMMITS_KEPT_FOR_READERS {
            if let Some((old, _)) = kept.pop_first() {
                std::fs::remove_file(self.folder.path().join(copy_name(old)))?;
            }
        }
        Ok(())
    }

    /// Stops keeping commits before `commit`; their files go with the next garbage collection.
    pub(in crate::search) fn forget_before(&self, commit: CommitVersion) -> io::Result<()> {
        let mut kept =
            self.kept.write().map_err(|_| io::Error::other("the list of kept commits is poisoned"))?;
        let later = kept.split_off(&commit);
        for old in std::mem::replace(&mut *kept, later).into_keys() {
            std::fs::remove_file(self.folder.path().join(copy_name(old)))?;
        }
        self.files.sync_directory()
    }

    fn managed(&self) -> Result<Vec<u8>, OpenReadError> {
        let names = self.folder.file_names().map_err(|error| {
            OpenReadError::wrap_io_error(io::Error::other(error.to_string()), PathBuf::from(MANAGED))
        })?;
        let managed: Vec<String> = names.into_iter().filter(|name| is_segment_file(name)).collect();
        Ok(serde_json::to_vec(&managed).unwrap_or_default())
    }
}

impl Directory for Keeping {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        if self.is_kept(path) {
            let io_error = Arc::new(io::Error::other("kept for readers of an earlier commit"));
            return Err(DeleteError::IoError { io_error, filepath: path.to_owned() });
        }
        self.files.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.deferred.open_write(&self.folder.path().join(path), path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(MANAGED) { self.managed() } else { self.files.atomic_read(path) }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) {
            return Ok(());
        }
        if path == Path::new(META) { self.write_meta(data) } else { self.files.atomic_write(path, data) }
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.deferred.sync()?;
        self.files.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.files.acquire_lock(lock)
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A reader's view: the index as it was at one commit.
#[derive(Debug, Clone)]
pub(in crate::search) struct Pinned {
    files: MmapDirectory,
    at: CommitVersion,
}

impl Pinned {
    pub(in crate::search) fn open(files: MmapDirectory, at: CommitVersion) -> Self {
        Self { files, at }
    }

    /// Read under tantivy's lock, each time: a merge may have rewritten the list of this commit.
    fn meta(&self) -> Result<Vec<u8>, OpenReadError> {
        let newest = self.files.atomic_read(Path::new(META));
        if let Ok(bytes) = &newest
            && Meta::parse(bytes).and_then(|meta| meta.commit()) == Some(self.at)
        {
            return newest;
        }
        self.files.atomic_read(Path::new(&copy_name(self.at)))
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "a reader's view of an index is read-only")
}

impl Directory for Pinned {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.to_owned()))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(META) { self.meta() } else { self.files.atomic_read(path) }
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// A folder that cannot be written has no writer either; reading it needs no lock.
    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.files.acquire_lock(lock) {
            Err(LockError::IoError(error))
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                Ok(DirectoryLock::from(Box::new(())))
            }
            answer => answer,
        }
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
