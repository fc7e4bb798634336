--| name = "judged_entries"
--| version = 1
--| title = { vi = "Bản ghi đã nhập, mỗi bản ghi xét một lần", en = "Records entered, each judged once" }
--| counts = "record"
--| parameters = ["as_of"]
--| tables = ["petitions", "cases", "tasks", "dossiers", "petitions_history", "cases_history", "tasks_history", "dossiers_history"]
--| [basis]
--| dataset = "petitions"
--| recorded = true
--| dimensions = [
--|   { name = "source", label = { vi = "Hệ thống nguồn", en = "Source system" } },
--|   { name = "dataset", label = { vi = "Bộ dữ liệu", en = "Dataset" } },
--|   { name = "unit", label = { vi = "Cơ quan", en = "Unit" } },
--|   { name = "missing", label = { vi = "Trường còn thiếu", en = "Fields missing" } },
--|   { name = "delay", label = { vi = "Nhập sau bao lâu", en = "Entered after" } },
--|   { name = "class", label = { vi = "Đủ trường", en = "Completeness" } },
--|   { name = "month", label = { vi = "Tháng", en = "Month" } },
--| ]
--| dates = [
--|   { name = "happened_on", label = { vi = "Ngày nghiệp vụ", en = "Business date" } },
--|   { name = "entered_on", label = { vi = "Ngày vào kho", en = "Entered on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--| ]
--| classes = [
--|   { name = "complete", label = { vi = "Đủ trường bắt buộc", en = "Complete" } },
--|   { name = "incomplete", label = { vi = "Thiếu trường bắt buộc", en = "Incomplete" } },
--| ]
-- Petitions, cases, tasks and dossiers as sources sent them, a row each, whatever the source of record. The day
-- a record came in is that of the first commit that had it, not of its last change: the earliest version in its
-- history where there is one before the last. What must be filled: NĐ
-- 55/2022 Đ6 as far as its text is known, and the days that deadlines run from. Denunciations without an office.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--keep
earlier_petitions AS (
  SELECT h.id, min(h.valid_from) AS first_commit
  FROM petitions_history AS h
  JOIN petitions AS r ON r.id = h.id
  WHERE h.valid_from < r.valid_from
  GROUP BY h.id
),
--kept
--keep
earlier_cases AS (
  SELECT h.id, min(h.valid_from) AS first_commit
  FROM cases_history AS h
  JOIN cases AS r ON r.id = h.id
  WHERE h.valid_from < r.valid_from
  GROUP BY h.id
),
--kept
--keep
earlier_tasks AS (
  SELECT h.id, min(h.valid_from) AS first_commit
  FROM tasks_history AS h
  JOIN tasks AS r ON r.id = h.id
  WHERE h.valid_from < r.valid_from
  GROUP BY h.id
),
--kept
--keep
earlier_dossiers AS (
  SELECT h.id, min(h.valid_from) AS first_commit
  FROM dossiers_history AS h
  JOIN dossiers AS r ON r.id = h.id
  WHERE h.valid_from < r.valid_from
  GROUP BY h.id
),
--kept
--keep
kept_rows AS (
  SELECT 0 AS place, r.id, r.source_system, r.source_id, r.title, r.dataset, r.unit, r.happened_on, r.missing,
    r.entered_on, to_char(r.happened_on, '%Y-%m') AS month,
    CASE
      WHEN r.happened_on IS NULL THEN 'unknown'
      WHEN r.entered_on < r.happened_on THEN 'before'
      WHEN r.entered_on <= r.happened_on + INTERVAL '5 days' THEN 'within_5_days'
      WHEN r.entered_on <= r.happened_on + INTERVAL '30 days' THEN 'within_30_days'
      ELSE 'over_30_days'
    END AS delay,
    CASE WHEN r.missing IS NULL THEN 'complete' ELSE 'incomplete' END AS class
  FROM (
    SELECT records.*, commit_day(records.first_commit) AS entered_on
    FROM (
      SELECT r.id, coalesce(e.first_commit, r.valid_from) AS first_commit, source_system, source_id, title, 'Đơn' AS dataset, received_on AS happened_on,
        CASE WHEN kind IS NULL OR kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
        nullif(concat_ws(', ', CASE WHEN kind IS NULL THEN 'Loại đơn' END, CASE WHEN unit IS NULL THEN 'Cơ quan' END, CASE WHEN received_on IS NULL THEN 'Ngày nhận' END, CASE WHEN title IS NULL THEN 'Trích yếu' END, CASE WHEN is_eligible IS NULL THEN 'Đủ điều kiện xử lý' END), '') AS missing
      FROM petitions AS r
      LEFT JOIN earlier_petitions AS e ON e.id = r.id
      UNION ALL
      SELECT r.id, coalesce(e.first_commit, r.valid_from) AS first_commit, source_system, source_id, title, 'Vụ việc' AS dataset, opened_on AS happened_on,
        CASE WHEN kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
        nullif(concat_ws(', ', CASE WHEN kind IS NULL THEN 'Loại vụ việc' END, CASE WHEN unit IS NULL THEN 'Cơ quan' END, CASE WHEN opened_on IS NULL THEN 'Ngày thụ lý' END, CASE WHEN status IS NULL THEN 'Tình trạng' END), '') AS missing
      FROM cases AS r
      LEFT JOIN earlier_cases AS e ON e.id = r.id
      UNION ALL
      SELECT r.id, coalesce(e.first_commit, r.valid_from) AS first_commit, source_system, source_id, title, 'Nhiệm vụ' AS dataset, assigned_on AS happened_on,
        unit AS unit,
        nullif(concat_ws(', ', CASE WHEN title IS NULL THEN 'Nội dung' END, CASE WHEN unit IS NULL THEN 'Đơn vị' END, CASE WHEN assigned_on IS NULL THEN 'Ngày giao' END, CASE WHEN number IS NULL THEN 'Văn bản giao' END), '') AS missing
      FROM tasks AS r
      LEFT JOIN earlier_tasks AS e ON e.id = r.id
      UNION ALL
      SELECT r.id, coalesce(e.first_commit, r.valid_from) AS first_commit, source_system, source_id, title, 'Hồ sơ' AS dataset, received_on AS happened_on,
        unit AS unit,
        nullif(concat_ws(', ', CASE WHEN procedure IS NULL THEN 'Thủ tục' END, CASE WHEN unit IS NULL THEN 'Cơ quan' END, CASE WHEN received_on IS NULL THEN 'Ngày tiếp nhận' END, CASE WHEN status IS NULL THEN 'Tình trạng' END), '') AS missing
      FROM dossiers AS r
      LEFT JOIN earlier_dossiers AS e ON e.id = r.id
    ) AS records
  ) AS r
),
--kept
dated AS (
  SELECT * FROM kept_rows WHERE happened_on IS NULL OR happened_on <= $as_of
)
SELECT place, id, source_system, source_system AS source, source_id, title, dataset, unit, happened_on, entered_on,
  missing, month, delay, class
FROM dated
