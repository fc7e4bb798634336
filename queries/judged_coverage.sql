--| name = "judged_coverage"
--| version = 1
--| title = { vi = "Cơ quan phải gửi dữ liệu, mỗi cơ quan xét một lần", en = "Units that must send, each judged once" }
--| counts = "unit"
--| parameters = ["as_of"]
--| tables = ["expected_sources", "petitions", "cases", "tasks", "dossiers"]
--| [basis]
--| dataset = "expected_sources"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan phải gửi", en = "Unit" } },
--|   { name = "dataset", label = { vi = "Bộ dữ liệu", en = "Dataset" } },
--|   { name = "source", label = { vi = "Hệ thống phải gửi từ", en = "System" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "class", label = { vi = "Tình trạng gửi", en = "State" } },
--| ]
--| dates = [
--|   { name = "last_on", label = { vi = "Ngày nghiệp vụ mới nhất", en = "Newest business date" } },
--|   { name = "valid_from_on", label = { vi = "Phải gửi từ ngày", en = "Expected from" } },
--| ]
--| classes = [
--|   { name = "sending", label = { vi = "Có gửi", en = "Sending" } },
--|   { name = "quiet", label = { vi = "Im lặng hơn 92 ngày", en = "Quiet for more than 92 days" } },
--|   { name = "silent", label = { vi = "Chưa gửi gì", en = "Nothing sent" } },
--| ]
-- Each expectation in force on the date asked: a unit that has sent, one that has not for more than 92 days (a
-- quarter, a convention of the program), one that never has. An expectation that names a system is met by that
-- system only. Units are compared by their names.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--keep
kept_days AS (
  SELECT DISTINCT records.dataset, records.unit, records.source_system, records.day
  FROM (
    SELECT 'petitions' AS dataset, unit, source_system, received_on AS day FROM petitions
    UNION ALL
    SELECT 'cases' AS dataset, unit, source_system, opened_on AS day FROM cases
    UNION ALL
    SELECT 'tasks' AS dataset, unit, source_system, assigned_on AS day FROM tasks
    UNION ALL
    SELECT 'dossiers' AS dataset, unit, source_system, received_on AS day FROM dossiers
  ) AS records
  JOIN (SELECT DISTINCT unit FROM expected_sources) AS named ON named.unit = records.unit
),
--kept
sent AS (
  SELECT dataset, unit, source_system, max(day) AS last_on
  FROM kept_days
  WHERE day IS NULL OR day <= $as_of
  GROUP BY dataset, unit, source_system
),
expected AS (
  SELECT id, source_system, source_id, unit, dataset, source, province, valid_from_on
  FROM expected_sources
  WHERE (valid_from_on IS NULL OR valid_from_on <= $as_of) AND (valid_to_on IS NULL OR valid_to_on >= $as_of)
),
last AS (
  SELECT e.id, max(s.last_on) AS last_on, bool_or(s.unit IS NOT NULL) AS is_there
  FROM expected AS e
  LEFT JOIN sent AS s ON s.dataset = e.dataset AND s.unit = e.unit
    AND (e.source IS NULL OR e.source = s.source_system)
  GROUP BY e.id
)
SELECT e.id, e.source_system, e.source_id, e.unit, e.dataset, e.source, e.province, e.valid_from_on, l.last_on,
  CASE
    WHEN NOT l.is_there THEN 'silent'
    WHEN l.last_on + INTERVAL '92 days' < $as_of THEN 'quiet'
    ELSE 'sending'
  END AS class
FROM expected AS e
JOIN last AS l ON l.id = e.id
