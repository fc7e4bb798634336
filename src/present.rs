//! Floor 2, presentation: plain values into what people see.
//!
//! Numbers as Vietnamese and English write them, tables and charts as HTML and SVG that need no script,
//! print on paper and tell a screen reader what they show. Pure: values in, markup out. Every text is
//! escaped on its way, because the markup is built and never pasted together.

pub mod chart;
pub mod columns;
pub mod deadline;
pub mod digest;
pub mod form;
pub mod number;
pub mod page;
pub mod sms;
pub mod table;
pub mod tiles;
pub mod xlsx;
