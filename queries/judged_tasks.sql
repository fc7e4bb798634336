--| name = "judged_tasks"
--| version = 2
--| title = { vi = "Nhiệm vụ, mỗi nhiệm vụ xét một lần", en = "Tasks, each judged once" }
--| counts = "task"
--| parameters = ["as_of", "due", "recorded_by"]
--| tables = ["tasks", "task_due_dates", "task_units", "sources_of_record", "units"]
--| [basis]
--| dataset = "tasks"
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị chủ trì", en = "Owner" } },
--|   { name = "present_unit", label = { vi = "Đơn vị đang chịu trách nhiệm", en = "Unit that answers for it now" } },
--|   { name = "unit_group", label = { vi = "Nhóm cơ quan ngang cấp", en = "Peer group" } },
--|   { name = "assigned_by", label = { vi = "Đơn vị giao", en = "Assigned by" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--|   { name = "assigned_month", label = { vi = "Tháng giao", en = "Month assigned" } },
--|   { name = "due_month", label = { vi = "Tháng đến hạn", en = "Month due" } },
--| ]
--| many = [
--|   { name = "coordinating_unit", label = { vi = "Đơn vị phối hợp", en = "Coordinating unit" }, dataset = "task_units", parent = "task_id", value = "unit", only = "role = 'coordinating'" },
--| ]
--| dates = [
--|   { name = "assigned_on", label = { vi = "Ngày giao", en = "Assigned on" } },
--|   { name = "due_on", label = { vi = "Hạn hoàn thành", en = "Due on" } },
--|   { name = "completed_on", label = { vi = "Ngày hoàn thành", en = "Completed on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Nội dung nhiệm vụ", en = "Task" } },
--|   { name = "first_due_on", label = { vi = "Hạn lần đầu", en = "First due on" } },
--|   { name = "due_dates", label = { vi = "Số lần định hạn", en = "Due dates given" } },
--|   { name = "moved_late", label = { vi = "Gia hạn sau khi đã quá hạn", en = "Moved after it was due" } },
--|   { name = "explanation", label = { vi = "Giải trình", en = "Explanation" } },
--| ]
--| classes = [
--|   { name = "done_on_time", label = { vi = "Hoàn thành đúng hạn", en = "Done on time" } },
--|   { name = "done_late", label = { vi = "Hoàn thành quá hạn", en = "Done late" } },
--|   { name = "done_no_due", label = { vi = "Hoàn thành, không hạn", en = "Done, no due date" } },
--|   { name = "open_in_time", label = { vi = "Chưa hoàn thành, trong hạn", en = "Not done, in time" } },
--|   { name = "open_overdue", label = { vi = "Chưa hoàn thành, quá hạn", en = "Not done, overdue" } },
--|   { name = "open_no_due", label = { vi = "Chưa hoàn thành, không hạn", en = "Not done, no due date" } },
--| ]
-- The one place where a task is judged, as of a business date. A task is done when it was completed on or
-- before that date; a later completion is not yet known then. A task marked done without a date counts as
-- done, without being on time or late. A due date is a calendar date and never rolled: done on it is on
-- time, open on it is in time. The due date is the one in force on the business date ($due = 'in_force'),
-- or the first one ever given ('original'). A version without a date of decision is in force from the day
-- it was recorded. A task assigned after the business date is not there yet.
-- Peer groups are the kinds of the table of units; of an office that is not in it, told by its name, which says
-- its level. Open work of an office that has ended stands under its successor on the business date, over at most
-- two steps; without one, or with several, it is not determined (chưa xác định). A district office that the table
-- does not have counts as ended from 2025-07-01.
-- A step is the number of a version and, in its last seven places, its due date as days from 1970-01-01 and a
-- million, or 0 without one: the last version is found as a greatest number, which is quicker than by an order.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot: of a
-- task whose due date never moved also whether it was done after it.
WITH
--if sources_of_record
--use outranked dataset=tasks begins=assigned_on
--end
standing AS (
--use standing_units
),
--keep
kept_steps AS (
  SELECT concat(d.source_system, '|', d.task_id) AS moved_key, d.version, d.due_on, d.decided_on, d.valid_from,
    d.source_system AS moved_system, d.task_id AS moved_id,
    d.version * 10000000 + coalesce(CAST(d.due_on AS INT) + 1000000, 0) AS step,
    lag(d.due_on) OVER (PARTITION BY d.source_system, d.task_id ORDER BY d.version) AS before_on
  FROM task_due_dates AS d
  JOIN (SELECT DISTINCT source_system, task_id FROM task_due_dates WHERE version > 1) AS moved
    ON moved.source_system = d.source_system AND moved.task_id = d.task_id
),
--kept
--keep
kept_moved AS (
  SELECT d.moved_system, d.moved_id, first_value(d.due_on ORDER BY d.version) AS first_due_on,
    min(d.decided_on) FILTER (WHERE d.decided_on > d.before_on) AS moved_late_on
  FROM kept_steps AS d
  GROUP BY d.moved_system, d.moved_id
),
--kept
--keep
kept_rows AS (
  SELECT 0 AS place, t.id, t.source_system, t.source_id, t.title, t.unit, t.assigned_by, t.assigned_on,
    t.due_on AS last_due_on, t.completed_on, t.status, t.explanation, t.due_on_version AS due_dates,
    t.status = 'done' AS is_marked_done,
    CASE WHEN moved.moved_id IS NOT NULL THEN concat(t.source_system, '|', t.source_id) END AS moved_key,
    CASE WHEN moved.moved_id IS NOT NULL THEN t.completed_on END AS moved_completed_on,
    coalesce(moved.first_due_on, t.due_on) AS first_due_on, moved.moved_late_on,
    t.completed_on > t.due_on AS is_late, t.completed_on = t.assigned_on AS is_same_day,
    to_char(t.due_on, '%Y-%m') AS last_due_month,
    to_char(t.assigned_on, '%Y-%m') AS assigned_month,
--use district_office unit=t.unit
    AS is_district,
--use peer_group unit=t.unit
    AS unit_group
  FROM tasks AS t
  LEFT JOIN kept_moved AS moved ON moved.moved_system = t.source_system AND moved.moved_id = t.source_id
  LEFT JOIN (SELECT name, min(kind) AS kind FROM units WHERE name IS NOT NULL GROUP BY name) AS f ON f.name = t.unit
),
--kept
versions AS (
  SELECT moved_key, step / 10000000 AS version,
    CASE WHEN step % 10000000 > 0 THEN CAST(CAST(step % 10000000 - 1000000 AS INT) AS DATE) END AS due_on
  FROM (
    SELECT d.moved_key, max(d.step) AS step
    FROM kept_steps AS d
    WHERE d.version = 1 OR ($due = 'in_force' AND (d.decided_on <= $as_of
      OR (d.decided_on IS NULL AND d.valid_from <= $recorded_by)))
    GROUP BY d.moved_key
  ) AS last
),
dated AS (
  SELECT t.*, s.heir, coalesce(s.is_living, FALSE) AS is_living, coalesce(t.moved_late_on <= $as_of, FALSE) AS moved_late,
    (t.moved_key IS NULL OR v.version = t.due_dates) AS is_last, v.due_on AS version_due_on,
    CASE
      WHEN t.completed_on IS NOT NULL THEN t.completed_on <= $as_of
      ELSE coalesce(t.is_marked_done, FALSE)
    END AS is_done
  FROM kept_rows AS t
  LEFT JOIN versions AS v ON v.moved_key = t.moved_key
  LEFT JOIN standing AS s ON s.name = t.unit
  WHERE (t.assigned_on IS NULL OR t.assigned_on <= $as_of)
--if sources_of_record
    AND NOT EXISTS (SELECT 1 FROM outranked AS o WHERE o.id = t.id)
--end
),
due AS (
  SELECT *, CASE WHEN is_last THEN last_due_on ELSE version_due_on END AS due_on,
    CASE WHEN moved_key IS NULL THEN is_late ELSE moved_completed_on > CASE WHEN is_last THEN last_due_on ELSE version_due_on END END AS is_after_due
  FROM dated
)
SELECT place, id, source_system, source_id, title, unit, assigned_by, assigned_on, due_on, completed_on, status,
  explanation, first_due_on, due_dates, moved_late, is_same_day, unit_group, assigned_month,
  CASE
    WHEN is_done OR unit IS NULL THEN unit
    WHEN heir IS NOT NULL THEN heir
    WHEN $as_of >= DATE '2025-07-01' AND NOT is_living AND is_district THEN 'chưa xác định'
    ELSE unit
  END AS present_unit,
  CASE WHEN is_last THEN last_due_month ELSE to_char(version_due_on, '%Y-%m') END AS due_month,
  CASE
    WHEN is_done AND (due_on IS NULL OR completed_on IS NULL) THEN 'done_no_due'
    WHEN is_done AND NOT is_after_due THEN 'done_on_time'
    WHEN is_done THEN 'done_late'
    WHEN due_on IS NULL THEN 'open_no_due'
    WHEN due_on >= $as_of THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM due
