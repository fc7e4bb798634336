--| name = "closed_tasks"
--| version = 1
--| title = { vi = "Nhiệm vụ đã kết thúc, so với cuối kỳ báo cáo", en = "Closed tasks against the end of the reporting period" }
--| counts = "task"
--| parameters = ["as_of"]
--| tables = ["tasks"]
--| [basis]
--| dataset = "tasks"
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị", en = "Unit" } },
--|   { name = "class", label = { vi = "Cách kết thúc", en = "Way of closing" } },
--|   { name = "period_ends_on", label = { vi = "Ngày chốt kỳ báo cáo", en = "Cut-off of the period" } },
--| ]
--| dates = [
--|   { name = "closed_on", label = { vi = "Ngày kết thúc", en = "Closed on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Nội dung", en = "Title" } },
--|   { name = "due_on", label = { vi = "Hạn", en = "Due on" } },
--|   { name = "in_last_days", label = { vi = "Kết thúc trong các ngày cuối kỳ", en = "Closed in the last days" } },
--|   { name = "in_other_days", label = { vi = "Kết thúc trong các ngày khác của kỳ", en = "Closed on the other days" } },
--| ]
--| classes = [
--|   { name = "bulk", label = { vi = "Dồn vào cuối kỳ báo cáo", en = "In bulk before the cut-off" } },
--|   { name = "usual", label = { vi = "Bình thường", en = "As usual" } },
--| ]
-- Closed in bulk: in the last days of a reporting period, by a unit that closed at least so many in them and
-- so many times more a day than on the other days of the period. The limits are dated data (rules/flags.toml).
-- A sign to look again, no verdict.
-- What was closed without a unit is weighed with nothing. A period that has ended is weighed once for all dates
-- after it; the one the date lies in, up to that date (the limit
-- is more than there are units, and tells the planner so). What stands between --keep and --kept is the same for
-- every business date and is made once for a snapshot.
WITH
--keep
kept_days AS (
  SELECT weighed_unit, closed_on, last_day, is_last, count(*) AS closed
  FROM (
    SELECT unit AS weighed_unit, completed_on AS closed_on, CAST(reporting_period_end(completed_on) AS INTEGER) AS last_day,
      CAST(reporting_period_end(completed_on) AS INTEGER) - CAST(completed_on AS INTEGER) < flag_limit('bulk_days', completed_on) AS is_last
    FROM tasks
    WHERE completed_on IS NOT NULL AND unit IS NOT NULL
  ) AS days
  GROUP BY weighed_unit, closed_on, last_day, is_last
),
--kept
--keep
kept_rows AS (
  SELECT 0 AS place, id, source_system, source_id, title, unit AS weighed_unit, unit, due_on,
    completed_on AS closed_on, CAST(reporting_period_end(completed_on) AS INTEGER) AS last_day,
    CAST(reporting_period_end(completed_on) AS INTEGER) - CAST(completed_on AS INTEGER) < flag_limit('bulk_days', completed_on) AS is_last,
    flag_limit('bulk_least', completed_on) AS least, flag_limit('bulk_days', completed_on) AS days,
    flag_limit('bulk_times', completed_on) AS times,
    CAST(reporting_period_end(completed_on) AS VARCHAR) AS period_ends_on,
    p.whole_last, p.whole_other
  FROM tasks AS r
  LEFT JOIN (
    SELECT weighed_unit AS of_unit, last_day AS of_last_day, coalesce(sum(closed) FILTER (WHERE is_last), 0) AS whole_last,
      coalesce(sum(closed) FILTER (WHERE NOT is_last), 0) AS whole_other
    FROM kept_days
    GROUP BY weighed_unit, last_day
  ) AS p ON p.of_unit = r.unit AND p.of_last_day = CAST(reporting_period_end(completed_on) AS INTEGER)
  WHERE completed_on IS NOT NULL
),
--kept
weighed AS (
  SELECT weighed_unit, last_day, coalesce(sum(closed) FILTER (WHERE is_last), 0) AS in_last_days,
    coalesce(sum(closed) FILTER (WHERE NOT is_last), 0) AS in_other_days
  FROM kept_days
  WHERE closed_on <= $as_of AND last_day > CAST($as_of AS INTEGER)
  GROUP BY weighed_unit, last_day
  LIMIT 100000
),
dated AS (
  SELECT r.*,
    CASE WHEN r.last_day <= CAST($as_of AS INTEGER) THEN r.whole_last ELSE w.in_last_days END AS in_last_days,
    CASE WHEN r.last_day <= CAST($as_of AS INTEGER) THEN r.whole_other ELSE w.in_other_days END AS in_other_days
  FROM kept_rows AS r
  LEFT JOIN weighed AS w
    ON w.weighed_unit = CASE WHEN r.last_day > CAST($as_of AS INTEGER) THEN r.weighed_unit END AND w.last_day = r.last_day
  WHERE r.closed_on <= $as_of
)
SELECT place, id, source_system, source_id, title, unit, due_on, closed_on, in_last_days, in_other_days, period_ends_on,
  CASE
    WHEN is_last AND in_last_days >= least AND in_last_days * (90 - days) > times * days * in_other_days THEN 'bulk'
    ELSE 'usual'
  END AS class
FROM dated
