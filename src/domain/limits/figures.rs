//! Bounds of counting from judged rows.

/// Rows of one basis that are kept judged; more are counted by statements.
pub const JUDGED_ROWS_MAX: usize = 8_000_000;
/// Groups of rows of a basis that are alike in what judging reads; with more, each row is judged.
pub const ALIKE_GROUPS_MAX: usize = 1 << 20;
/// Groups, each divided by how its days stand to the business date, that are told apart in one table.
pub const ALIKE_CELLS_MAX: usize = 1 << 23;
/// Rows that are judged for others whether or not they are much fewer.
pub const ALIKE_LEAST: usize = 4_096;
/// Conditions of the metrics of one basis that judged rows carry.
pub const JUDGED_CONDITIONS_MAX: usize = 128;
/// Cells of one table of counts that is held whole; a larger one is counted by statements.
pub const TALLY_CELLS_MAX: usize = 1 << 22;
/// Texts of columns of table files whose places are remembered, 16 bytes each; then all are forgotten.
pub const PLACES_REMEMBERED: usize = 1 << 23;
