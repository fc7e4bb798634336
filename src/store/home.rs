//! Where a store lives: a folder today, any object store by URL later.
//!
//! Reads, lists and deletes go through `object_store`. Its local store (0.13) never syncs what it
//! writes, so writes to a folder are made durable here: bytes to a staged name, sync of the file, a link
//! or rename to the final name, sync of the folder. A file that has its final name is whole.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::TryStreamExt;
use futures::executor::block_on;
use object_store::local::LocalFileSystem;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::store::StoreError;

/// Ending of a file that has not been given its name yet.
pub const UNFINISHED: &str = ".staged";

static STAGED: AtomicU64 = AtomicU64::new(0);

/// The home of a store.
#[derive(Debug, Clone)]
pub struct Home {
    objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

/// A file in a home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Path inside the home.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

impl Home {
    /// The home at `place`, a folder or a `file:` URL. The folder must exist.
    ///
    /// # Errors
    /// Another scheme, or no such folder.
    pub fn open(place: &str) -> Result<Self, StoreError> {
        let folder = folder_of(place)?;
        if !folder.is_dir() {
            return Err(StoreError::Missing(place.to_owned()));
        }
        let folder = folder.canonicalize().map_err(StoreError::io("cannot open", &folder))?;
        let local = LocalFileSystem::new_with_prefix(&folder).map_err(Box::new)?;
        Ok(Self { objects: Arc::new(local), folder })
    }

    /// The folder on disk: indexes live in it, and readers of Parquet files open them by path.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Absolute path of a file in the home.
    #[must_use]
    pub fn path_of(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The whole file.
    ///
    /// # Errors
    /// It is not there or cannot be read.
    pub fn read(&self, path: &str) -> Result<Bytes, StoreError> {
        let location = object_store::path::Path::from(path);
        let found = block_on(async { self.objects.get(&location).await?.bytes().await });
        Ok(found.map_err(Box::new)?)
    }

    /// The whole file, or nothing when it is not there.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_if_there(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        match self.read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StoreError::Home(error)) if matches!(*error, object_store::Error::NotFound { .. }) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Some bytes of a file.
    ///
    /// # Errors
    /// They are not there or cannot be read.
    pub fn read_range(&self, path: &str, range: Range<u64>) -> Result<Bytes, StoreError> {
        let location = object_store::path::Path::from(path);
        Ok(block_on(self.objects.get_range(&location, range)).map_err(Box::new)?)
    }

    /// Files directly in `folder`, by name.
    ///
    /// # Errors
    /// The folder cannot be listed.
    pub fn list(&self, folder: &str) -> Result<Vec<Entry>, StoreError> {
        let prefix = object_store::path::Path::from(folder);
        let listed = block_on(self.objects.list_with_delimiter(Some(&prefix))).map_err(Box::new)?;
        let entries = listed.objects.into_iter();
        let mut entries: Vec<Entry> =
            entries.map(|meta| Entry { path: meta.location.to_string(), size: meta.size }).collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// All files below `folder`.
    ///
    /// # Errors
    /// A folder cannot be listed.
    pub fn list_below(&self, folder: &str) -> Result<Vec<Entry>, StoreError> {
        let prefix = object_store::path::Path::from(folder);
        let found: Result<Vec<_>, _> = block_on(self.objects.list(Some(&prefix)).try_collect());
        let entries = found.map_err(Box::new)?.into_iter();
        Ok(entries.map(|meta| Entry { path: meta.location.to_string(), size: meta.size }).collect())
    }

    /// Removes a file; one that is gone already is no error.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn delete(&self, path: &str) -> Result<(), StoreError> {
        match block_on(self.objects.delete(&object_store::path::Path::from(path))) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Box::new(error).into()),
        }
    }

    /// Writes a file that must not exist, durably.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it exists; otherwise what the system says.
    pub fn put_new(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let target = self.folder.join(path);
        let staged = self.write_staged(&target, bytes)?;
        let linked = fs::hard_link(&staged, &target);
        let removed = fs::remove_file(&staged);
        match linked {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Conflict(path.to_owned()));
            }
            Err(error) => return Err(StoreError::io("cannot write", &target)(error)),
        }
        removed.map_err(StoreError::io("cannot clean up", &staged))?;
        sync_folder_of(&target)
    }

    /// Writes a file over whatever stands there, durably.
    ///
    /// # Errors
    /// What the system says.
    pub fn put_over(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let target = self.folder.join(path);
        let staged = self.write_staged(&target, bytes)?;
        fs::rename(&staged, &target).map_err(StoreError::io("cannot write", &target))?;
        sync_folder_of(&target)
    }

    fn write_staged(&self, target: &Path, bytes: &[u8]) -> Result<PathBuf, StoreError> {
        if let Some(parent) = target.parent() {
            make_folders(&self.folder, parent)?;
        }
        let number = STAGED.fetch_add(1, Ordering::Relaxed);
        let staged = target.with_extension(format!("{}-{number}{UNFINISHED}", std::process::id()));
        let written = write_synced(&staged, bytes);
        if written.is_err() {
            // The disk may be full: what was half written must not stay.
            let _ = fs::remove_file(&staged);
        }
        written.map_err(StoreError::io("cannot write", target))?;
        Ok(staged)
    }
}

/// The folder that `place` names.
/// It is absolute, so that a folder named without any other has a parent to be made durable in.
///
/// # Errors
/// A URL of another scheme than `file:`, or no name at all.
pub fn folder_of(place: &str) -> Result<PathBuf, StoreError> {
    let folder = match place.split_once("://") {
        Some(("file", rest)) => rest,
        Some(_) => return Err(StoreError::Scheme(place.to_owned())),
        None => place.strip_prefix("file:").unwrap_or(place),
    };
    std::path::absolute(folder).map_err(StoreError::io("cannot find", folder))
}

/// Makes `folder` and its parents below `root`, each durable in its parent, readable by the owner only.
///
/// # Errors
/// What the system says.
pub fn make_folders(root: &Path, folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent()
        && parent.starts_with(root)
    {
        make_folders(root, parent)?;
    }
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::io("cannot make", folder)(error))
        }
        _ => sync_folder_of(folder),
    }
}

/// Syncs the folder that holds `path`, so that its name survives a power cut.
///
/// # Errors
/// What the system says.
pub fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().unwrap_or(path);
    let folder = File::open(parent).map_err(StoreError::io("cannot open", parent))?;
    folder.sync_all().map_err(StoreError::io("cannot sync", parent))
}

fn write_synced(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().to_str().unwrap()).unwrap();
        home.put_new("commits/1.json", b"one").unwrap();
        assert!(matches!(home.put_new("commits/1.json", b"two"), Err(StoreError::Conflict(_))));
        assert_eq!(home.read("commits/1.json").unwrap().as_ref(), b"one");
        assert_eq!(home.list("commits").unwrap().len(), 1, "no staged file stays behind");
        home.put_over("commits/1.json", b"three").unwrap();
        assert_eq!(home.read_range("commits/1.json", 1..3).unwrap().as_ref(), b"hr");
    }

    #[test]
    fn what_is_not_there_is_nothing_and_deleting_it_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let place = format!("file://{}", folder.path().display());
        let home = Home::open(&place).unwrap();
        assert!(home.read_if_there("a/b").unwrap().is_none());
        home.delete("a/b").unwrap();
        assert!(matches!(Home::open("s3://bucket"), Err(StoreError::Scheme(_))));
    }
}
