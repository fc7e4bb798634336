//! Limits a child puts on itself, in its first lines, before it reads a byte of foreign input.
//!
//! They hold for good: hard limits are lowered too, so nothing later in the process can lift them.
//! A limit that is already lower stays. The address space counts everything mapped, also files, and
//! an allocation beyond it aborts the process with a message [`crate::sandbox::child`] knows.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::sandbox::SandboxError;

/// What a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of address space.
    pub address_space_bytes: u64,
    /// Seconds of processor time, all threads together; one second later the kernel kills.
    pub cpu_seconds: u64,
    /// Bytes of any file it writes; 0 forbids writing files (pipes are not files).
    pub file_size_bytes: u64,
    /// Open files.
    pub open_files: u64,
}

/// Lowers the limits of this process; core dumps, which could hold data, are switched off.
///
/// # Errors
/// The kernel refuses one.
pub fn apply(limits: &Limits) -> Result<(), SandboxError> {
    lower("core dumps", Resource::Core, 0, 0)?;
    lower("address space", Resource::As, limits.address_space_bytes, 0)?;
    lower("processor time", Resource::Cpu, limits.cpu_seconds, 1)?;
    lower("file size", Resource::Fsize, limits.file_size_bytes, 0)?;
    lower("open files", Resource::Nofile, limits.open_files, 0)
}

fn lower(what: &'static str, resource: Resource, value: u64, grace: u64) -> Result<(), SandboxError> {
    let now = getrlimit(resource);
    let least = |wanted: u64, held: Option<u64>| Some(held.map_or(wanted, |held| held.min(wanted)));
    let maximum = least(value.saturating_add(grace), now.maximum);
    let current = least(value, now.current.or(now.maximum));
    setrlimit(resource, Rlimit { current, maximum })
        .map_err(|source| SandboxError::Limit { what, source: source.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_lowered_and_never_lifted() {
        let before = getrlimit(Resource::Sigpending);
        lower("signals", Resource::Sigpending, 900, 0).unwrap();
        let lowered = getrlimit(Resource::Sigpending);
        assert!(lowered.current <= Some(900) && lowered.maximum <= Some(900), "{before:?} {lowered:?}");
        lower("signals", Resource::Sigpending, 100_000, 5).unwrap();
        assert_eq!(getrlimit(Resource::Sigpending), lowered);
    }
}
