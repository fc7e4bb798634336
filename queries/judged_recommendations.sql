--| name = "judged_recommendations"
--| version = 1
--| title = { vi = "Kiến nghị sau thanh tra, mỗi kiến nghị xét một lần", en = "Recommendations, each judged once" }
--| counts = "recommendation"
--| parameters = ["as_of"]
--| tables = ["recommendations"]
--| [basis]
--| dataset = "recommendations"
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị thực hiện", en = "Unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "kind", label = { vi = "Loại kiến nghị", en = "Kind" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--|   { name = "issued_month", label = { vi = "Tháng kiến nghị", en = "Month" } },
--| ]
--| dates = [
--|   { name = "issued_on", label = { vi = "Ngày kiến nghị", en = "Issued on" } },
--|   { name = "due_on", label = { vi = "Hạn thực hiện", en = "Due on" } },
--|   { name = "completed_on", label = { vi = "Ngày thực hiện xong", en = "Completed on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Kiến nghị", en = "Recommendation" } },
--|   { name = "inspection_id", label = { vi = "Cuộc thanh tra", en = "Inspection" } },
--|   { name = "amount_due", label = { vi = "Số phải thu hồi (đồng)", en = "To be recovered" } },
--|   { name = "amount_recovered", label = { vi = "Số đã thu hồi (đồng)", en = "Recovered" } },
--|   { name = "recovered_by_then", label = { vi = "Đã thu hồi đến ngày ấy (đồng)", en = "Recovered by then" } },
--|   { name = "recovered_on", label = { vi = "Thu hồi đến ngày", en = "Recovered by" } },
--| ]
--| classes = [
--|   { name = "done_on_time", label = { vi = "Đã thực hiện, đúng hạn", en = "Done on time" } },
--|   { name = "done_late", label = { vi = "Đã thực hiện, quá hạn", en = "Done late" } },
--|   { name = "done_no_due", label = { vi = "Đã thực hiện, không hạn", en = "Done, no due date" } },
--|   { name = "open_in_time", label = { vi = "Chưa thực hiện xong, trong hạn", en = "Open, in time" } },
--|   { name = "open_overdue", label = { vi = "Chưa thực hiện xong, quá hạn", en = "Open, overdue" } },
--|   { name = "open_no_due", label = { vi = "Chưa thực hiện xong, không hạn", en = "Open, no due date" } },
--| ]
-- A recommendation is done when it was completed on or before the business date. Money recovered after that date is not
-- counted: `recovered_by_then` is what was recovered by then, as far as its day is known.
SELECT id, source_system, source_id, title, inspection_id, unit, province, kind, issued_on, due_on, completed_on,
  amount_due, amount_recovered, recovered_on,
  CASE WHEN recovered_on > $as_of THEN 0 ELSE coalesce(amount_recovered, 0) END AS recovered_by_then,
  to_char(issued_on, '%Y-%m') AS issued_month,
  CASE
    WHEN completed_on <= $as_of AND due_on IS NULL THEN 'done_no_due'
    WHEN completed_on <= $as_of AND completed_on <= due_on THEN 'done_on_time'
    WHEN completed_on <= $as_of THEN 'done_late'
    WHEN due_on IS NULL THEN 'open_no_due'
    WHEN due_on >= $as_of THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM recommendations
WHERE issued_on IS NULL OR issued_on <= $as_of
