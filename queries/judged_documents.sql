--| name = "judged_documents"
--| version = 1
--| title = { vi = "Văn bản có trao đổi, mỗi văn bản xét một lần", en = "Documents exchanged, each judged once" }
--| counts = "document"
--| parameters = ["as_of"]
--| tables = ["documents", "events", "tasks"]
--| [basis]
--| dataset = "documents"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan ban hành", en = "Issuing unit" } },
--|   { name = "kind", label = { vi = "Loại văn bản", en = "Kind" } },
--|   { name = "priority", label = { vi = "Độ khẩn", en = "Priority" } },
--|   { name = "last_step", label = { vi = "Trạng thái mới nhất", en = "Newest status" } },
--|   { name = "has_task", label = { vi = "Có nhiệm vụ giao theo văn bản", en = "Names a task" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--|   { name = "issued_month", label = { vi = "Tháng ban hành", en = "Month issued" } },
--| ]
--| dates = [
--|   { name = "issued_on", label = { vi = "Ngày ban hành", en = "Issued on" } },
--|   { name = "due_on", label = { vi = "Hạn trả lời", en = "Due on" } },
--|   { name = "finished_on", label = { vi = "Ngày xử lý xong", en = "Finished on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "number", label = { vi = "Số, ký hiệu", en = "Number" } },
--|   { name = "task_id", label = { vi = "Nhiệm vụ", en = "Task" } },
--| ]
--| classes = [
--|   { name = "done_on_time", label = { vi = "Xử lý xong, đúng hạn", en = "Finished on time" } },
--|   { name = "done_late", label = { vi = "Xử lý xong, quá hạn", en = "Finished late" } },
--|   { name = "done_no_due", label = { vi = "Xử lý xong, không hạn", en = "Finished, no due date" } },
--|   { name = "open_in_time", label = { vi = "Chưa xong, trong hạn", en = "Open, in time" } },
--|   { name = "open_overdue", label = { vi = "Chưa xong, quá hạn", en = "Open, overdue" } },
--|   { name = "open_no_due", label = { vi = "Chưa xong, không hạn", en = "Open, no due date" } },
--|   { name = "ended", label = { vi = "Bị từ chối hoặc lấy lại", en = "Declined or recalled" } },
--| ]
-- The one place where an exchanged document is judged: those with a due date or a status message. It is finished
-- on the day of the last message of completion (StatusCode 06) known then; declined or recalled ends it. A
-- task belongs to a document by the number of the assigning document; the one with the least id is shown.
WITH steps AS (
  SELECT source_system, subject_id,
    max(happened_on) FILTER (WHERE kind = 'finished') AS finished_on,
    bool_or(kind IN ('declined', 'recalled')) AS is_ended,
    last_value(kind ORDER BY happened_on, id) AS last_step
  FROM events
  WHERE happened_on <= $as_of
    AND kind IN ('sent', 'delivered', 'declined', 'received', 'assigned', 'in_progress', 'finished', 'recalled')
  GROUP BY source_system, subject_id
),
named AS (
  SELECT number, min(id) AS task_id FROM tasks WHERE number IS NOT NULL GROUP BY number
)
SELECT d.id, d.source_system, d.source_id, d.title, d.number, d.unit, d.kind, d.priority, d.issued_on, d.due_on,
  s.finished_on, s.last_step, n.task_id, to_char(d.issued_on, '%Y-%m') AS issued_month,
  CASE WHEN n.task_id IS NULL THEN 'no' ELSE 'yes' END AS has_task,
  CASE
    WHEN s.finished_on IS NOT NULL AND d.due_on IS NULL THEN 'done_no_due'
    WHEN s.finished_on <= d.due_on THEN 'done_on_time'
    WHEN s.finished_on IS NOT NULL THEN 'done_late'
    WHEN coalesce(s.is_ended, FALSE) THEN 'ended'
    WHEN d.due_on IS NULL THEN 'open_no_due'
    WHEN d.due_on >= $as_of THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM documents AS d
LEFT JOIN steps AS s ON s.source_system = d.source_system AND s.subject_id = d.source_id
LEFT JOIN named AS n ON n.number = d.number
WHERE (d.due_on IS NOT NULL OR s.subject_id IS NOT NULL) AND (d.issued_on IS NULL OR d.issued_on <= $as_of)
