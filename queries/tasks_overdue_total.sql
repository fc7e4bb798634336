--| name = "tasks_overdue_total"
--| version = 1
--| title = { vi = "Nhiệm vụ: hoàn thành, đúng hạn, quá hạn", en = "Tasks: done, on time, overdue" }
--| counts = "task"
--| parameters = ["as_of"]
--| tables = ["tasks"]
--| columns = [
--|   { name = "tasks", label = { vi = "Tổng số", en = "All" } },
--|   { name = "done", label = { vi = "Đã hoàn thành", en = "Done" } },
--|   { name = "done_of", label = { vi = "Đã hoàn thành, trong số", en = "Done, of" } },
--|   { name = "done_on_time", label = { vi = "Hoàn thành đúng hạn", en = "Done on time" } },
--|   { name = "done_on_time_of", label = { vi = "Hoàn thành đúng hạn, trong số", en = "Done on time, of" } },
--|   { name = "done_on_time_percent", label = { vi = "Hoàn thành đúng hạn, %", en = "Done on time, %" } },
--|   { name = "done_late", label = { vi = "Hoàn thành quá hạn", en = "Done late" } },
--|   { name = "done_late_of", label = { vi = "Hoàn thành quá hạn, trong số", en = "Done late, of" } },
--|   { name = "done_late_percent", label = { vi = "Hoàn thành quá hạn, %", en = "Done late, %" } },
--|   { name = "done_no_due", label = { vi = "Hoàn thành, không hạn", en = "Done, no due date" } },
--|   { name = "open", label = { vi = "Chưa hoàn thành", en = "Not done" } },
--|   { name = "open_of", label = { vi = "Chưa hoàn thành, trong số", en = "Not done, of" } },
--|   { name = "open_in_time", label = { vi = "Chưa hoàn thành, trong hạn", en = "Not done, in time" } },
--|   { name = "open_in_time_of", label = { vi = "Chưa hoàn thành, trong hạn, trong số", en = "Not done, in time, of" } },
--|   { name = "open_in_time_percent", label = { vi = "Chưa hoàn thành, trong hạn, %", en = "Not done, in time, %" } },
--|   { name = "open_overdue", label = { vi = "Chưa hoàn thành, quá hạn", en = "Not done, overdue" } },
--|   { name = "open_overdue_of", label = { vi = "Chưa hoàn thành, quá hạn, trong số", en = "Not done, overdue, of" } },
--|   { name = "open_overdue_percent", label = { vi = "Chưa hoàn thành, quá hạn, %", en = "Not done, overdue, %" } },
--|   { name = "open_no_due", label = { vi = "Chưa hoàn thành, không hạn", en = "Not done, no due date" } },
--| ]
-- Judged as in tasks_overdue_by_unit. A column x_of is what x is a part of; x_percent is the share of
-- both with two decimals, half up, null when there is nothing to be a part of.
WITH judged AS (
  SELECT
    due_on,
    completed_on,
    CASE
      WHEN completed_on IS NOT NULL THEN completed_on <= $as_of
      ELSE coalesce(status = 'done', FALSE)
    END AS is_done
  FROM tasks
),
counted AS (
  SELECT
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
)
SELECT
  tasks,
  done,
  tasks AS done_of,
  done_on_time,
  done AS done_on_time_of,
  (20000 * done_on_time + done) / nullif(2 * done, 0) / 100.0 AS done_on_time_percent,
  done_late,
  done AS done_late_of,
  (20000 * done_late + done) / nullif(2 * done, 0) / 100.0 AS done_late_percent,
  done_no_due,
  open,
  tasks AS open_of,
  open_in_time,
  open AS open_in_time_of,
  (20000 * open_in_time + open) / nullif(2 * open, 0) / 100.0 AS open_in_time_percent,
  open_overdue,
  open AS open_overdue_of,
  (20000 * open_overdue + open) / nullif(2 * open, 0) / 100.0 AS open_overdue_percent,
  open_no_due
FROM counted
