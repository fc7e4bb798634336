--| name = "tasks_overdue_by_unit"
--| version = 1
--| title = { vi = "Nhiệm vụ theo đơn vị: hoàn thành, đúng hạn, quá hạn", en = "Tasks by unit: done, on time, overdue" }
--| counts = "task"
--| parameters = ["as_of"]
--| tables = ["tasks"]
--| columns = [
--|   { name = "unit", label = { vi = "Đơn vị", en = "Unit" } },
--|   { name = "tasks", label = { vi = "Tổng số", en = "All" } },
--|   { name = "done", label = { vi = "Đã hoàn thành", en = "Done" } },
--|   { name = "done_on_time", label = { vi = "Hoàn thành đúng hạn", en = "Done on time" } },
--|   { name = "done_late", label = { vi = "Hoàn thành quá hạn", en = "Done late" } },
--|   { name = "done_no_due", label = { vi = "Hoàn thành, không hạn", en = "Done, no due date" } },
--|   { name = "open", label = { vi = "Chưa hoàn thành", en = "Not done" } },
--|   { name = "open_in_time", label = { vi = "Chưa hoàn thành, trong hạn", en = "Not done, in time" } },
--|   { name = "open_overdue", label = { vi = "Chưa hoàn thành, quá hạn", en = "Not done, overdue" } },
--|   { name = "open_no_due", label = { vi = "Chưa hoàn thành, không hạn", en = "Not done, no due date" } },
--| ]
-- A task is done when it was completed on or before the business date; a completion after that date
-- is not yet known then. A task marked done without a date counts as done, without being on time or late.
WITH judged AS (
  SELECT
    coalesce(unit, '') AS unit,
    due_on,
    completed_on,
    CASE
      WHEN completed_on IS NOT NULL THEN completed_on <= $as_of
      ELSE coalesce(status = 'done', FALSE)
    END AS is_done
  FROM tasks
)
SELECT
  unit,
  count(*) AS tasks,
  count(*) FILTER (WHERE is_done) AS done,
  count(*) FILTER (WHERE is_done AND due_on IS NOT NULL AND completed_on <= due_on) AS done_on_time,
  count(*) FILTER (WHERE is_done AND due_on IS NOT NULL AND completed_on > due_on) AS done_late,
  count(*) FILTER (WHERE is_done AND (due_on IS NULL OR completed_on IS NULL)) AS done_no_due,
  count(*) FILTER (WHERE NOT is_done) AS open,
  count(*) FILTER (WHERE NOT is_done AND due_on >= $as_of) AS open_in_time,
  count(*) FILTER (WHERE NOT is_done AND due_on < $as_of) AS open_overdue,
  count(*) FILTER (WHERE NOT is_done AND due_on IS NULL) AS open_no_due
FROM judged
GROUP BY unit
ORDER BY open_overdue DESC, tasks DESC, unit
