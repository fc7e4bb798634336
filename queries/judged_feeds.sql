--| name = "judged_feeds"
--| version = 1
--| title = { vi = "Hệ thống nguồn theo bộ dữ liệu, mỗi nguồn xét một lần", en = "Sources by dataset, each judged once" }
--| counts = "source"
--| parameters = ["as_of"]
--| tables = ["petitions", "cases", "tasks", "dossiers"]
--| [basis]
--| dataset = "petitions"
--| recorded = true
--| dimensions = [
--|   { name = "source", label = { vi = "Hệ thống nguồn", en = "Source system" } },
--|   { name = "dataset", label = { vi = "Bộ dữ liệu", en = "Dataset" } },
--|   { name = "class", label = { vi = "Độ mới", en = "Freshness" } },
--| ]
--| dates = [
--|   { name = "last_on", label = { vi = "Ngày nghiệp vụ mới nhất", en = "Newest business date" } },
--|   { name = "entered_on", label = { vi = "Ngày ghi gần nhất", en = "Last change" } },
--| ]
--| classes = [
--|   { name = "fresh", label = { vi = "Mới trong 7 ngày", en = "Newer than 7 days" } },
--|   { name = "stale", label = { vi = "Cũ hơn 7 ngày", en = "Older than 7 days" } },
--| ]
-- A row for each dataset of each source; it opens the newest record of it. Fresh: its newest business date lies
-- within seven days of the date asked, a convention of the program.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--keep
kept_days AS (
  SELECT source_system, dataset, happened_on, min(id) AS id, first_value(source_id ORDER BY id) AS source_id,
    max(valid_from) AS valid_from
  FROM (
    SELECT id, source_system, source_id, 'Đơn' AS dataset, received_on AS happened_on, valid_from FROM petitions
    UNION ALL
    SELECT id, source_system, source_id, 'Vụ việc' AS dataset, opened_on AS happened_on, valid_from FROM cases
    UNION ALL
    SELECT id, source_system, source_id, 'Nhiệm vụ' AS dataset, assigned_on AS happened_on, valid_from FROM tasks
    UNION ALL
    SELECT id, source_system, source_id, 'Hồ sơ' AS dataset, received_on AS happened_on, valid_from FROM dossiers
  ) AS records
  GROUP BY source_system, dataset, happened_on
),
--kept
ranked AS (
  SELECT id, source_system, source_id, dataset, happened_on,
    max(valid_from) OVER (PARTITION BY source_system, dataset) AS number,
    row_number() OVER (PARTITION BY source_system, dataset ORDER BY happened_on DESC NULLS LAST, id) AS place
  FROM kept_days
  WHERE happened_on IS NULL OR happened_on <= $as_of
)
SELECT id, source_system, source_system AS source, source_id, dataset, happened_on AS last_on,
  commit_day(number) AS entered_on,
  CASE WHEN happened_on + INTERVAL '7 days' >= $as_of THEN 'fresh' ELSE 'stale' END AS class
FROM ranked
WHERE place = 1
