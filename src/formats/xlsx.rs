//! stand
pub(crate) mod rows;
pub trait Unpack {}
