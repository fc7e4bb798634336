--| name = "form_decisions"
--| version = 1
--| title = { vi = "Quyết định giải quyết khiếu nại phải thực hiện trong kỳ", en = "Decisions on complaints to be executed in a period" }
--| counts = "decision"
--| parameters = ["as_of", "period_from", "period_to"]
--| tables = ["decisions"]
--| [basis]
--| dataset = "decisions"
--| spans_period = true
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị", en = "Unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "class", label = { vi = "Tình trạng thi hành", en = "Execution" } },
--| ]
--| dates = [{ name = "issued_on", label = { vi = "Ngày ban hành", en = "Issued on" } }]
--| shows = [
--|   { name = "number", label = { vi = "Số, ký hiệu", en = "Number" } },
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "executed_on", label = { vi = "Ngày thi hành xong", en = "Executed on" } },
--|   { name = "people_handled", label = { vi = "Số người bị xử lý", en = "People disciplined" } },
--| ]
--| classes = [
--|   { name = "executed", label = { vi = "Đã thi hành xong", en = "Executed" } },
--|   { name = "waiting", label = { vi = "Chưa thi hành xong", en = "Not executed" } },
--| ]
-- Issued by the end of the period (or the business date) and not executed before it began.
SELECT id, source_system, source_id, number, title, province, unit, issued_on, executed_on, people_handled,
  CASE WHEN executed_on <= $period_to AND executed_on <= $as_of THEN 'executed' ELSE 'waiting' END AS class
FROM decisions
WHERE kind IN ('decision_first', 'decision_second') AND coalesce(result, '') NOT LIKE 'denunciation%'
  AND issued_on <= $period_to AND issued_on <= $as_of AND (executed_on IS NULL OR executed_on >= $period_from)
