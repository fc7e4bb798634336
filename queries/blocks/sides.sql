--| name = "sides"
--| takes = ["dataset", "begins"]
-- Each record of two systems beside every other system, with the record there that is the same matter, if any;
-- `spans` and `offices` tell what the other system has at all.
--keep
of_two AS (
--use two_systems dataset={dataset}
),
--kept
--keep
matched AS (
--use matched_{dataset}
),
--kept
records AS (
  SELECT r.* FROM of_two JOIN {dataset} AS r ON r.source_system = of_two.source_system
  WHERE r.{begins} IS NULL OR r.{begins} <= $as_of
),
spans AS (
  SELECT source_system, min({begins}) AS first_on, max({begins}) AS last_on FROM records GROUP BY source_system
),
offices AS (
  SELECT DISTINCT source_system, unit FROM records
),
sides AS (
  SELECT r.id, s.source_system AS other_system, s.first_on, s.last_on, m.other_id, m.rule
  FROM records AS r
  JOIN spans AS s ON s.source_system <> r.source_system
  LEFT JOIN matched AS m ON m.id = r.id AND m.other_system = s.source_system
),
