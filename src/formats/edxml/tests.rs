//! Messages of the standard and hostile ones.
