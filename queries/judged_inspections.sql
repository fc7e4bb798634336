--| name = "judged_inspections"
--| version = 1
--| title = { vi = "Cuộc thanh tra, mỗi cuộc xét một lần", en = "Inspections, each judged once" }
--| counts = "inspection"
--| parameters = ["as_of"]
--| tables = ["inspections"]
--| [basis]
--| dataset = "inspections"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan thanh tra", en = "Inspecting unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "kind", label = { vi = "Loại cuộc", en = "Kind" } },
--|   { name = "field", label = { vi = "Lĩnh vực", en = "Field" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--|   { name = "started_month", label = { vi = "Tháng triển khai", en = "Month begun" } },
--| ]
--| dates = [
--|   { name = "started_on", label = { vi = "Ngày công bố quyết định", en = "Begun on" } },
--|   { name = "ended_on", label = { vi = "Ngày kết thúc", en = "Ended on" } },
--|   { name = "concluded_on", label = { vi = "Ngày kết luận", en = "Concluded on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Cuộc thanh tra", en = "Inspection" } },
--|   { name = "object", label = { vi = "Đối tượng thanh tra", en = "Inspected" } },
--|   { name = "due_on", label = { vi = "Hạn kết thúc", en = "Due on" } },
--| ]
--| classes = [
--|   { name = "concluded", label = { vi = "Đã có kết luận", en = "Concluded" } },
--|   { name = "ended", label = { vi = "Đã kết thúc, chưa có kết luận", en = "Ended, no conclusion" } },
--|   { name = "running", label = { vi = "Đang tiến hành", en = "Running" } },
--|   { name = "overdue", label = { vi = "Đang tiến hành, quá hạn", en = "Running, overdue" } },
--|   { name = "cancelled", label = { vi = "Hủy bỏ", en = "Cancelled" } },
--| ]
-- Judged on the business date: a conclusion of a later day is not known yet.
SELECT id, source_system, source_id, title, unit, province, kind, field, object, started_on, due_on, ended_on, concluded_on,
  to_char(started_on, '%Y-%m') AS started_month,
  CASE
    WHEN status = 'cancelled' THEN 'cancelled'
    WHEN concluded_on <= $as_of THEN 'concluded'
    WHEN ended_on <= $as_of THEN 'ended'
    WHEN due_on < $as_of THEN 'overdue'
    ELSE 'running'
  END AS class
FROM inspections
WHERE started_on IS NULL OR started_on <= $as_of
