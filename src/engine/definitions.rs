//! The definitions in force: embedded, overlaid by the store's own, and every text kept by hash. The dated
//! rules under `rules/` travel with them.

use std::fs;

use crate::definition::catalog::{Catalog, Texts};
use crate::engine::EngineError;
use crate::rules::laws::Laws;
use crate::store::StoreError;
use crate::store::home::Home;

/// The catalogue in force for a writer: the embedded texts overlaid by `definitions/` of the store.
///
/// # Errors
/// A definition of the store is wrong, or cannot be read.
pub fn in_force(home: &Home) -> Result<Catalog, EngineError> {
    let catalog = Catalog::overlaid(overlay(home)?)?;
    Laws::parse(catalog.texts())?;
    Ok(catalog)
}

/// Keeps the texts of `catalog` under their hash, for readers of any snapshot made under them.
///
/// # Errors
/// They cannot be written.
pub fn keep(home: &Home, catalog: &Catalog) -> Result<(), EngineError> {
    let path = kept_path(&catalog.hash());
    if home.read_if_there(&path)?.is_none() {
        let texts = serde_json::to_vec(catalog.texts()).map_err(StoreError::columns(&path))?;
        home.put_over(&path, &texts)?;
    }
    Ok(())
}

/// The catalogue whose texts have this hash.
///
/// # Errors
/// The texts are gone or damaged.
pub fn kept(home: &Home, hash: &str) -> Result<Catalog, EngineError> {
    let path = kept_path(hash);
    let bytes = home.read(&path)?;
    let texts: Texts =
        serde_json::from_slice(&bytes).map_err(|error| StoreError::damaged(&path, error.to_string()))?;
    let catalog = Catalog::parse(texts)?;
    if catalog.hash() == hash {
        Ok(catalog)
    } else {
        Err(StoreError::damaged(&path, "its hash does not fit").into())
    }
}

fn kept_path(hash: &str) -> String {
    format!("definitions-kept/{hash}.json")
}

fn overlay(home: &Home) -> Result<Texts, StoreError> {
    let mut texts = Texts::new();
    let folders = [
        ("indexes", "toml"),
        ("queries", "sql"),
        ("blocks", "sql"),
        ("dashboards", "toml"),
        ("rules", "toml"),
        ("reports", "toml"),
        ("digests", "toml"),
        ("scorecards", "toml"),
    ];
    for (folder, ending) in folders {
        let path = home.path_of("definitions").join(folder);
        let Ok(entries) = fs::read_dir(&path) else { continue };
        for entry in entries.flatten() {
            let file = entry.path();
            if file.extension().is_some_and(|found| found == ending) {
                let text = fs::read_to_string(&file).map_err(StoreError::io("cannot read", &file))?;
                texts.insert(format!("{folder}/{}", entry.file_name().display()), text);
            }
        }
    }
    Ok(texts)
}
