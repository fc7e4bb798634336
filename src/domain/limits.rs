//! Every bound, by name. A loop, queue, buffer or recursion without one is a defect.

pub mod figures;
pub mod language;

/// Mebibyte.
pub const MIB: usize = 1024 * 1024;

/// Heap of the full-text writer, all threads together.
pub const INDEX_WRITER_HEAP_BYTES: usize = 256 * MIB;
/// Threads of the full-text writer.
pub const INDEX_WRITER_THREADS: usize = 2;
/// Threads that merge full-text segments.
pub const INDEX_MERGE_THREADS: usize = 1;
/// Address space of the child that runs foreign SQL.
pub const SQL_CHILD_MEMORY_BYTES: u64 = 2048 * MIB as u64;
/// Memory pool of our own plans.
pub const PLAN_MEMORY_BYTES: usize = 512 * MIB;

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
/// Hits that `search()` in SQL gives when no limit is said.
pub const SQL_SEARCH_HITS: usize = 100;
/// Rows one foreign statement may return.
pub const SQL_ROWS_MAX: usize = 1_000_000;
/// Bytes of Arrow one foreign statement may return.
pub const SQL_RESULT_BYTES_MAX: usize = 256 * MIB;
/// Rows in one Parquet file of a table. A change of one record rewrites one file of short columns.
pub const FILE_ROWS_MAX: usize = 32_768;
/// Threads that rewrite the files of one table.
pub const REWRITE_THREADS: usize = 2;
/// Raw bytes in one Parquet file that holds long text.
pub const FILE_TEXT_BYTES_MAX: usize = 64 * MIB;
/// Rows below which a file counts as small; small files are folded into the next rewrite.
pub const FILE_ROWS_SMALL: usize = 8_192;
/// Small files a table keeps before a commit folds them.
pub const SMALL_FILES_MAX: usize = 8;
/// Rows in one staged batch.
pub const BATCH_ROWS_MAX: usize = 4_096;
/// Text bytes after which a staged batch is closed early.
pub const BATCH_BYTES_MAX: usize = 16 * MIB;
/// Rows whose short columns are held in memory at a time while an index is rebuilt.
pub const REBUILD_ROWS_PER_PASS: usize = 1_000_000;
/// Records held in memory at a time while rows that leave columns out are completed.
pub const COMPLETED_ROWS_PER_PASS: usize = 100_000;
/// Ids up to which a commit asks the files' filters instead of reading their keys.
pub const FILTERED_IDS_MAX: usize = 4_096;
/// Bytes of filters kept by a writer.
pub const FILTER_BYTES_MAX: usize = 64 * MIB;
/// Delta versions between checkpoints.
pub const CHECKPOINT_EVERY: u64 = 20;
/// Commits whose replaced files are kept for readers that pinned them.
pub const COMMITS_KEPT_FOR_READERS: u64 = 16;
/// Documents in one full-text segment; larger ones grow memory without bound on deletes (quickwit#6534).
pub const SEGMENT_DOCS_MAX: usize = 5_000_000;
/// Bytes from which a file of an index is synced as soon as it ends; smaller ones are synced together.
pub const SYNC_AT_ONCE_BYTES: u64 = 4 * MIB as u64;
/// Files that are synced side by side.
pub const SYNC_THREADS: usize = 16;
/// Share of deleted documents after which a segment is merged.
pub const SEGMENT_DELETES_RATIO_MAX: f32 = 0.25;
/// Bytes of one field of a record.
pub const FIELD_BYTES_MAX: usize = 16 * MIB;
/// Columns of one file.
pub const COLUMNS_MAX: usize = 2_048;
/// Telling pairs of words of a row that related rows are sought by.
pub const SIMILAR_PAIRS: usize = 32;
/// Bytes of one text of it that are looked at.
pub const SIMILAR_TEXT_BYTES: usize = 65_536;
/// Time one search may take before it answers with what it has.
pub const SEARCH_MILLISECONDS: u64 = 5_000;
/// Rows between two looks at the clock.
pub const SEARCH_ROWS_PER_LOOK: u32 = 1_024;
/// Blocks of the document store kept unpacked while texts are read again.
pub const RECHECK_BLOCKS_CACHED: usize = 4;
/// Hits below which another spelling is offered.
pub const CORRECTION_HITS_FEW: u64 = 3;
/// How many times the hits another spelling must have, to be offered for one that has some.
pub const CORRECTION_GAIN_MIN: u64 = 10;
/// Other spellings that are offered.
pub const CORRECTIONS_MAX: usize = 3;
/// Words of one search text that other spellings are looked for.
pub const CORRECTED_WORDS_MAX: usize = 8;
/// Spellings kept for one word.
pub const CORRECTION_SPELLINGS_MAX: usize = 6;
/// Searches made to see which spellings have hits.
pub const CORRECTION_SEARCHES_MAX: usize = 16;
/// Terms of the index looked at for other spellings.
pub const CORRECTION_TERMS_SCANNED_MAX: usize = 500_000;
/// Letters by which another spelling may differ; one less for words of up to five letters.
pub const CORRECTION_DISTANCE_MAX: usize = 2;
/// Letters of a word within which it may be two run together.
pub const CORRECTION_SPLIT_LETTERS_MAX: usize = 32;
/// Time that looking for other spellings may take.
pub const CORRECTION_MILLISECONDS: u64 = 2_000;
/// Hits on one page.
pub const HITS_MAX: usize = 1_000;
/// Columns of one hit in a table on a terminal, beside its id and key.
pub const SEARCH_TABLE_COLUMNS: usize = 5;
/// Columns that are counted within each other in one facet.
pub const FACET_LEVELS_MAX: usize = 3;
/// Values of a facet within a value of another.
pub const FACET_WITHIN_VALUES_MAX: usize = 100;
/// Histograms of one search.
pub const HISTOGRAMS_MAX: usize = 4;
/// Bars of one histogram; the latest are listed.
pub const HISTOGRAM_BARS_MAX: usize = 1_000;
/// Days in which the lift of a row for being new falls to half.
pub const RECENCY_HALF_DAYS: f32 = 365.0;
/// Share of its score by which a row of today is lifted.
pub const RECENCY_LIFT: f32 = 0.3;
/// Suggestions of one answer.
pub const SUGGESTIONS_MAX: usize = 50;
/// Values of columns looked through for suggestions; those of fuller columns are left out.
pub const SUGGEST_VALUES_MAX: usize = 200_000;
/// Terms looked through for one suggested phrase.
pub const SUGGEST_TERMS_SCANNED_MAX: usize = 20_000;
/// Values and phrases whose rows are counted for one answer.
pub const SUGGEST_COUNTED_MAX: usize = 200;
/// Rows that must hold a phrase before it is suggested, so that it is no single record's content.
pub const SUGGEST_PHRASE_ROWS_MIN: u64 = 3;
/// Time that one answer of suggestions may take.
pub const SUGGEST_MILLISECONDS: u64 = 500;
/// Lines of one batch of searches.
pub const SEARCH_BATCH_LINES_MAX: usize = 10_000;
/// Hits of each line of a batch.
pub const SEARCH_BATCH_HITS_MAX: usize = 20;
/// Time that a batch of searches over HTTP may take; lines after it are told so.
pub const SEARCH_BATCH_MILLISECONDS: u64 = 30_000;
/// Bytes of a batch of searches over HTTP.
pub const SEARCH_BATCH_BYTES_MAX: usize = 2 * MIB;
/// Values of one facet.
pub const FACET_VALUES_MAX: usize = 1_000;
/// Hits fetched for re-ranking by marks and proximity.
pub const RERANK_DEPTH: usize = 200;
/// Places of one word in one text that are looked at for nearness.
pub const POSITIONS_MAX: usize = 512;
/// Hits that can be paged through in order of relevance; a sorted search pages on without end.
pub const RANKED_HITS_MAX: usize = 10_000;
/// Columns of one sort.
pub const SORT_COLUMNS_MAX: usize = 3;
/// Facets of one search.
pub const FACETS_MAX: usize = 32;
/// Filters of one search.
pub const FILTERS_MAX: usize = 64;
/// Values of one filter.
pub const FILTER_VALUES_MAX: usize = 1_000;
/// Bytes of a keyword that are matched whole; the rest of a longer one is stored and not compared.
pub const KEYWORD_BYTES_MAX: usize = 8 * 1024;
/// Bytes of one text that are looked through for highlights.
pub const HIGHLIGHT_BYTES_MAX: usize = 256 * 1024;
/// Highlighted ranges of one text.
pub const HIGHLIGHT_RANGES_MAX: usize = 64;
/// Bytes of a snippet, about.
pub const SNIPPET_BYTES: usize = 240;
/// Terms whose places in the index a reader remembers; then it forgets them all.
pub const TERMS_REMEMBERED: usize = 4_096;
/// Characters of a cursor.
pub const CURSOR_CHARS_MAX: usize = 64 * 1024;
/// Blocks of stored rows a reader keeps unpacked, 16 kB each, shared by its segments.
pub const DOCUMENT_BLOCKS_CACHED: usize = 8_192;
/// Bytes of a text given to `duplicates of-text`.
pub const DUPLICATE_TEXT_BYTES_MAX: usize = MIB;
/// Records named of those that have one text.
pub const DUPLICATE_MEMBERS_SHOWN: usize = 100;
/// Candidates verified for one petition.
pub const DUPLICATE_CANDIDATES_MAX: usize = 1_000;
/// Bytes of one attached file.
pub const ATTACHMENT_BYTES_MAX: usize = 32 * MIB;
/// Files that one record lists.
pub const ATTACHMENTS_MAX: usize = 200;
/// Characters of the name of an attached file.
pub const ATTACHMENT_NAME_CHARS_MAX: usize = 255;

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
/// Bytes of a Word document that is uploaded.
pub const DOCX_BYTES_MAX: u64 = 32 * MIB as u64;
/// Entries of the archive that a Word document is.
pub const DOCX_ENTRIES_MAX: usize = 10_000;
/// Bytes of its text part once unpacked.
pub const DOCX_XML_BYTES_MAX: u64 = 16 * MIB as u64;
/// Bytes of the text taken out of it.
pub const DOCX_TEXT_BYTES_MAX: usize = MIB;
/// Address space of the child that reads it.
pub const DOCX_CHILD_MEMORY_BYTES: u64 = 512 * MIB as u64;
/// Wall time of that child.
pub const DOCX_SECONDS_MAX: u64 = 10;
/// Address space of the child that reads XLSX.
pub const XLSX_CHILD_MEMORY_BYTES: u64 = 2048 * MIB as u64;
/// Wall time of the child that reads XLSX.
pub const XLSX_SECONDS_MAX: u64 = 600;
/// Snapshots of a trend.
pub const TREND_COMMITS_MAX: usize = 30;
/// Bytes of one edXML file, its attachments in base64 included, and of all in one archive.
pub const EDXML_BYTES_MAX: u64 = 128 * MIB as u64;
/// Elements inside each other in an edXML message; the standard has seven levels.
pub const EDXML_DEPTH_MAX: usize = 64;
/// Elements of one edXML message.
pub const EDXML_ELEMENTS_MAX: usize = 100_000;
/// Messages of one archive.
pub const EDXML_MESSAGES_MAX: usize = 10_000;
/// Characters of base64 in one line from the child, a multiple of four.
pub const EDXML_PART_CHARS: usize = 512 * 1024;
/// Address space of the child that reads edXML: the file, its tree, and room for the program.
pub const EDXML_CHILD_MEMORY_BYTES: u64 = 1024 * MIB as u64;
/// Wall time of the child that reads edXML.
pub const EDXML_SECONDS_MAX: u64 = 120;
/// Unpacked over packed size of a `.gz` or `.zst` file.
pub const UNPACKED_RATIO_MAX: u64 = 1_000;

/// Draws for one empty bin of a sketch; with one bin full in 128, one in ten million needs more.
pub const DENSIFY_ATTEMPTS_MAX: u64 = 2_048;
/// Entries after which a writer closes a run and begins the next (about 160 bytes each while in memory).
pub const SKETCH_RUN_ENTRIES: usize = 200_000;
/// Bytes of an index that are held in memory while every petition is judged, those of a million.
pub const SKETCH_HELD_BYTES_MAX: u64 = 512 << 20;
/// Runs an index keeps before some are merged.
pub const SKETCH_RUNS_MAX: usize = 8;
/// Entries of one band of one run looked at for one query; fuller bands are boilerplate.
pub const SKETCH_BUCKET_ENTRIES_MAX: usize = 16_384;
/// Threads that sketch the texts of a commit.
pub const SKETCH_THREADS: usize = 2;
/// Samples kept of one text: of a text of a megabyte, all.
pub const SKETCH_SAMPLES_MAX: usize = 4_096;
/// Records from whose texts the frequent shingles of a dataset are counted.
pub const FREQUENT_SAMPLE_RECORDS: usize = 16_384;
/// Shingles of one of these texts that are counted, from its beginning.
pub const FREQUENT_SAMPLE_SHINGLES: usize = 1_024;
/// A shingle in fewer of these texts is never frequent.
pub const FREQUENT_TEXTS_LEAST: usize = 8;
/// A shingle in fewer texts of a whole dataset, as far as the sample tells, is never frequent.
pub const FREQUENT_TEXTS_OF_ALL: u64 = 48;
/// A dataset of fewer records is sketched without regard to what is frequent.
pub const FREQUENT_RECORDS_MIN: u64 = 1_000;
/// What is frequent is counted again when a dataset has grown to so many times what it was.
pub const FREQUENT_GROWTH: u64 = 4;
/// Candidates of one run whose signatures are compared for one query, those with most bands first.
pub const SKETCH_COMPARED_MAX: usize = 20_000;
/// Neighbours, in id order, a member of one band is paired with; larger groups stay chained.
pub const SKETCH_GROUP_WINDOW: usize = 1_000;
/// Texts kept ready while pairs are verified.
pub const DUPLICATE_TEXTS_KEPT: usize = 4_096;
/// Candidates whose texts are fetched together.
pub const DUPLICATE_BATCH: usize = 64;
/// Syllables of each text that are aligned; what follows is not compared.
pub const ALIGN_SYLLABLES_MAX: usize = 100_000;
/// Places of one shingle tried as the begin of a shared passage.
pub const ALIGN_PLACES_MAX: usize = 16;
/// Entries of the archive that an XLSX is.
pub const XLSX_ENTRIES_MAX: usize = 10_000;
/// Bytes a packed file may unpack to before its ratio counts; small files pack very well honestly.
pub const UNPACKED_FREE_BYTES: u64 = 16 * MIB as u64;
/// Bytes of a packed XLSX or Parquet file once unpacked, which happens on disk.
pub const UNPACKED_FILE_BYTES_MAX: u64 = 4096 * MIB as u64;
/// Bytes of one row or line of an ingested file.
pub const RECORD_BYTES_MAX: usize = 64 * MIB;
/// Bytes of an ingested file read at a time.
pub const READ_BYTES: usize = 64 * 1024;
/// Rows of a Parquet file decoded at a time.
pub const PARQUET_BATCH_ROWS: usize = 1_024;
/// Rows of child datasets inside one record.
pub const CHILDREN_MAX: usize = 10_000;
/// Spellings of codes remembered for one column.
pub const CODES_CACHED_MAX: usize = 4_096;

/// Connections the server holds at once; the next one waits in the system's queue.
pub const HTTP_CONNECTIONS_MAX: usize = 256;
/// Threads that move bytes of connections.
pub const HTTP_THREADS: usize = 2;
/// Threads that wait for the engine.
pub const HTTP_BLOCKING_THREADS_MAX: usize = 256;
/// Requests that ask the engine at once; others wait for their turn.
pub const HTTP_READS_MAX: usize = 8;
/// Foreign statements run at once, each in a child of [`SQL_CHILD_MEMORY_BYTES`].
pub const HTTP_STATEMENTS_MAX: usize = 2;
/// Bytes of all pushed bodies held at once.
pub const HTTP_PUSHED_BYTES_MAX: usize = 256 * MIB;
/// Wall time of one request, from its head to its answer.
pub const HTTP_REQUEST_SECONDS: u64 = 60;
/// Time a connection may spend without sending us a whole request or taking any of our answer.
pub const HTTP_STALL_SECONDS: u64 = 75;
/// Bytes per second a sender must reach beyond that.
pub const HTTP_BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// How long requests under way may take to end once the server is told to stop.
pub const HTTP_SHUTDOWN_SECONDS: u64 = 10;
/// Bytes of one answer.
pub const HTTP_ANSWER_BYTES_MAX: usize = 64 * MIB;
/// Parameters of one request.
pub const HTTP_PARAMETERS_MAX: usize = 128;
/// Hits of a search that names no limit.
pub const HTTP_HITS: usize = 20;
/// Bars of the histogram on a page, the latest.
pub const PAGE_HISTOGRAM_BARS: usize = 48;
/// Values of one facet that a page lists.
pub const PAGE_FACET_VALUES: usize = 12;
/// Commits that one answer lists.
pub const COMMITS_LISTED_MAX: usize = 100;
/// Bars of one chart; the table below it has every row.
pub const CHART_BARS_MAX: usize = 40;
/// Kinds and stages whose legal due dates statements keep by day.
pub const DEADLINE_KINDS_KEPT: usize = 64;
/// Days from 1970-01-01 on for which they are kept; up to 2079.
pub const DEADLINE_DAYS_KEPT: usize = 40_000;
/// Bytes of judged rows that a server keeps to count from, of all bases together.
pub const JUDGED_BYTES_MAX: usize = 384 * MIB;
/// Bytes of what no business date changes of the rows of bases, of all bases together.
pub const KEPT_BYTES_MAX: usize = 1_024 * MIB;
/// Bases, each for a snapshot and scope, of which that is kept.
pub const KEPT_BASES_MAX: usize = 32;
/// Bases, each for a snapshot, date and scope, of which is known whether they were asked before.
pub const JUDGED_KEYS_MAX: usize = 64;
/// What is judged or counted side by side for one page; each statement has a plan of its own.
pub const JUDGED_AT_ONCE: usize = 2;
/// Seconds after which a server looks whether its dashboards are still warm.
pub const WARM_EVERY_SECONDS: u64 = 2;
/// A server rests so many times as long as it took to warm its dashboards.
pub const WARM_RESTS: u32 = 9;
/// Entries of the ledger written at once, so that the disk's syncs fall together.
pub const LEDGER_WRITERS: usize = 16;
/// Bodies of dashboards kept for repeats.
pub const PAGES_KEPT: usize = 256;
/// Answers of the metric layer kept for repeats.
pub const MEASURES_KEPT: usize = 512;
/// Messages of one digest.
pub const DIGEST_MESSAGES_MAX: usize = 1_000;
/// Records that one mail names.
pub const DIGEST_RECORDS_MAX: usize = 20;
/// Columns of one statutory form.
pub const FORM_COLUMNS_MAX: usize = 64;
/// Headings above one column of a form.
pub const FORM_HEADS_MAX: usize = 6;
/// Lines of one scorecard.
pub const SCORE_LINES_MAX: usize = 24;
/// Points of one scorecard.
pub const SCORE_POINTS_MAX: i64 = 1_000;
/// Units with a total that a peer group needs for its units to be ranked.
pub const SCORE_PEERS_MIN: usize = 2;
/// Explanations of one line that are listed.
pub const SCORE_EXPLANATIONS_MAX: usize = 50;
/// Broken identities of a form that are told one by one.
pub const FORM_BROKEN_SHOWN: usize = 40;
/// Dimensions a figure is broken down by at once.
pub const METRIC_DIMENSIONS_MAX: usize = 2;
/// Rows behind a figure that are told from what is kept, those before them counted; further ones by a statement.
pub const FIRST_ROWS_MAX: usize = 2_000;
/// Rows behind a figure shown at a time.
pub const FIGURE_ROWS_PER_PAGE: usize = 200;
/// Names tried for one entry of the ledger; two entries of other inputs share a name once in 2^50.
pub const LEDGER_TRIES_MAX: u32 = 8;
/// Rows of one table on a dashboard; the file it offers has every row.
pub const PAGE_TABLE_ROWS_MAX: usize = 80;
/// Rows that a panel of rows shows.
pub const PAGE_PANEL_ROWS_MAX: usize = 20;
/// Things below the line a unit needs to be ranked.
pub const RANKED_MIN: i64 = 10;
/// Records that one list of restatements tells.
pub const RESTATEMENTS_MAX: usize = 1_000;
/// Petitions that one ruling moves.
pub const RULED_PETITIONS_MAX: usize = 1_000;
/// Characters of the reason of a ruling.
pub const RULING_REASON_CHARS_MAX: usize = 2_000;
/// Bytes of a ruling sent to the API.
pub const RULING_BYTES_MAX: usize = 64 * 1024;
/// Rulings listed at a time.
pub const RULINGS_LISTED_MAX: usize = 1_000;
/// Pairs of the review queue in one answer.
pub const REVIEW_LISTED_MAX: usize = 1_000;
/// Petitions that one case file lists; more are counted.
pub const CASE_PETITIONS_MAX: usize = 500;
/// Bytes of a form that a page sends, its file included.
pub const FORM_FILE_BYTES_MAX: usize = 3 * MIB / 2;
/// Fields of a form.
pub const FORM_FIELDS_MAX: usize = 64;
/// Petitions compared with one, found by their words; as many again by a key they share.
pub const JUDGED_MAX: usize = 200;
/// Petitions with one and the same text that are judged one by one; a mass letter has more.
pub const SAME_TEXT_JUDGED_MAX: usize = 16;
/// Times that a held lock of the store is asked for again before it counts as another writer's.
pub const LOCK_TRIES: usize = 20;
/// Pause between two of them.
pub const LOCK_PAUSE_MILLISECONDS: u64 = 10;
/// Petitions kept ready while others are compared with them, some twelve kilobytes each.
pub const READY_KEPT_MAX: usize = 16_384;
/// Petitions that may share a key for it to tell anything.
pub const KEY_SHARED_MAX: usize = 64;
/// Petitions judged between two files of a run.
pub const PROPOSED_PART: usize = 512;
/// Pairs that the review queue keeps, the most urgent ones.
pub const QUEUE_KEPT_MAX: usize = 50_000;
/// Petitions newer than the last run whose keys are known all the same.
pub const FRESH_PETITIONS_MAX: usize = 2_000;
/// Petitions newer than the last run that are judged when the queue is asked for.
pub const REVIEWED_FRESH_MAX: usize = 100;
/// Found petitions shown in full on the page that checks a letter.
pub const CHECKED_SHOWN: usize = 10;
/// Characters of each of two texts shown side by side.
pub const TEXT_SHOWN_CHARS: usize = 20_000;
/// Findings of one kind that the list of letters in circles holds.
pub const CIRCLES_MAX: usize = 1_000;
/// Letters of one case and direction that such a finding names.
pub const CIRCLE_CASE_LETTERS_MAX: usize = 20;
/// True pairs that one evaluation of proposals counts.
pub const TRUE_PAIRS_MAX: usize = 20_000_000;
/// Days that one file of a calendar may span.
pub const CALENDAR_DAYS_MAX: i64 = 60 * 366;
/// Bytes of a file of rules that is laid over others.
pub const RULES_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Records of one dataset told one by one when a change of rules moves their deadlines; all are counted.
pub const MOVED_DEADLINES_MAX: usize = 100_000;
/// Records of one taken change whose moves stand in its log line.
pub const MOVED_DEADLINES_LOGGED: usize = 1_000;
/// Sets of rules of different days held at once.
pub const LAWS_KEPT: usize = 8;
/// Cells of one edition of a readiness index that its table takes.
pub const READINESS_CELLS_MAX: usize = 50_000;
/// Editions of readiness indexes, of all families, that a store tells.
pub const READINESS_EDITIONS_MAX: usize = 2_000;
/// Rows of rollouts that the page shows.
pub const ROLLOUT_ROWS_MAX: usize = 5_000;
