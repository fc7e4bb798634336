//! Every bound, by name. A loop, queue, buffer or recursion without one is a defect.

/// Mebibyte.
pub const MIB: usize = 1024 * 1024;

/// Heap of the full-text writer, all threads together.
pub const INDEX_WRITER_HEAP_BYTES: usize = 256 * MIB;
/// Threads of the full-text writer.
pub const INDEX_WRITER_THREADS: usize = 2;
/// Address space of the child that runs foreign SQL.
pub const SQL_CHILD_MEMORY_BYTES: u64 = 2048 * MIB as u64;
/// Memory pool of our own plans.
pub const PLAN_MEMORY_BYTES: usize = 512 * MIB;
/// All caches together.
pub const CACHE_BYTES: usize = 128 * MIB;

/// Wall time of one foreign statement.
pub const SQL_SECONDS_MAX: u64 = 30;
/// Length of one foreign statement.
pub const SQL_BYTES_MAX: usize = 16 * 1024;
/// Binary operators in one foreign statement; chains of 2,000 abort a process (measured).
pub const SQL_OPERATORS_MAX: usize = 200;
/// Brackets inside brackets in one foreign statement.
pub const SQL_DEPTH_MAX: usize = 50;
/// Values of one `IN (...)` list in a foreign statement.
pub const SQL_IN_LIST_MAX: usize = 1_000;
/// Table functions one foreign statement may call.
pub const SQL_CALLS_MAX: usize = 16;
/// Rows one table function may answer.
pub const SQL_CALL_ROWS_MAX: usize = 10_000;
/// Share of the child's address space, in percent, that its plans may hold; hash tables count short.
pub const SQL_POOL_PERCENT: u64 = 60;
/// Partitions, and so threads, of one statement.
pub const SQL_PARTITIONS_MAX: usize = 8;
/// Stack of each thread that parses, plans or runs SQL.
pub const SQL_STACK_BYTES: usize = 32 * MIB;
/// Bytes of one description of a statement and its tables, or of one table function's answer.
pub const SQL_JOB_BYTES_MAX: usize = 64 * MIB;
/// Bytes of Arrow after which a result batch is cut for the pipe.
pub const SQL_FRAME_BYTES: usize = 4 * MIB;
/// Characters of one error message about SQL.
pub const SQL_MESSAGE_CHARS_MAX: usize = 400;
/// Rows one of our own plans may return.
pub const PLAN_ROWS_MAX: usize = 100_000;
/// Rows in one batch of a plan.
pub const SQL_BATCH_ROWS: usize = 8_192;
/// Rows looked at for the widths of a printed table's columns.
pub const TABLE_WIDTH_ROWS: usize = 1_000;
/// Characters of one cell of a printed table.
pub const TABLE_CELL_CHARS_MAX: usize = 60;

/// Rows one foreign statement may return.
pub const SQL_ROWS_MAX: usize = 1_000_000;
/// Bytes of Arrow one foreign statement may return.
pub const SQL_RESULT_BYTES_MAX: usize = 256 * MIB;

/// Rows in one Parquet file of a table.
pub const FILE_ROWS_MAX: usize = 131_072;
/// Raw bytes in one Parquet file that holds long text.
pub const FILE_TEXT_BYTES_MAX: usize = 64 * MIB;
/// Rows below which a file counts as small; small files are folded into the next rewrite.
pub const FILE_ROWS_SMALL: usize = 16_384;
/// Small files a table keeps before a commit folds them.
pub const SMALL_FILES_MAX: usize = 8;
/// Rows in one staged batch.
pub const BATCH_ROWS_MAX: usize = 4_096;
/// Text bytes after which a staged batch is closed early.
pub const BATCH_BYTES_MAX: usize = 16 * MIB;
/// Delta versions between checkpoints.
pub const CHECKPOINT_EVERY: u64 = 20;
/// Commits whose replaced files are kept for readers that pinned them.
pub const COMMITS_KEPT_FOR_READERS: u64 = 16;

/// Documents in one full-text segment; larger ones grow memory without bound on deletes (quickwit#6534).
pub const SEGMENT_DOCS_MAX: usize = 5_000_000;
/// Share of deleted documents after which a segment is merged.
pub const SEGMENT_DELETES_RATIO_MAX: f32 = 0.25;

/// Bytes of one field of a record.
pub const FIELD_BYTES_MAX: usize = 16 * MIB;
/// Columns of one file.
pub const COLUMNS_MAX: usize = 2_048;
/// Characters of one search text.
pub const QUERY_CHARS_MAX: usize = 512;
/// Words of one search text.
pub const QUERY_WORDS_MAX: usize = 64;
/// Hits on one page.
pub const HITS_MAX: usize = 1_000;
/// Values of one facet.
pub const FACET_VALUES_MAX: usize = 1_000;
/// Hits fetched for re-ranking by marks and proximity.
pub const RERANK_DEPTH: usize = 200;
/// Bytes of a text given to `duplicates of-text`.
pub const DUPLICATE_TEXT_BYTES_MAX: usize = MIB;
/// Candidates verified for one petition.
pub const DUPLICATE_CANDIDATES_MAX: usize = 1_000;

/// Bytes of one pushed body.
pub const PUSH_BYTES_MAX: usize = 32 * MIB;
/// Pushes that wait for the writer before the next one is told to come again.
pub const PUSH_QUEUE_MAX: usize = 64;
/// Pushes that share one commit.
pub const PUSHES_PER_COMMIT_MAX: usize = 64;
/// How long an `Idempotency-Key` is remembered.
pub const IDEMPOTENCY_SECONDS: i64 = 7 * 24 * 3600;

/// Unzipped bytes of one XLSX.
pub const XLSX_UNZIPPED_BYTES_MAX: u64 = 1024 * MIB as u64;
/// Unzipped over zipped size of one XLSX.
pub const XLSX_RATIO_MAX: u64 = 200;
/// Cells of one XLSX.
pub const XLSX_CELLS_MAX: u64 = 50_000_000;
/// Bytes of a child's stderr that are kept.
pub const CHILD_STDERR_BYTES_MAX: u64 = 4_096;
/// Files a child may have open.
pub const CHILD_OPEN_FILES_MAX: u64 = 1_024;
/// Address space of the child that reads XLSX.
pub const XLSX_CHILD_MEMORY_BYTES: u64 = 2048 * MIB as u64;
/// Wall time of the child that reads XLSX.
pub const XLSX_SECONDS_MAX: u64 = 600;
/// Unpacked over packed size of a `.gz` or `.zst` file.
pub const UNPACKED_RATIO_MAX: u64 = 1_000;
