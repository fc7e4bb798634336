--| name = "form_decisions"
--| version = 2
--| title = { vi = "Quyết định, kết luận phải thực hiện trong kỳ", en = "Decisions and conclusions to be executed in a period" }
--| counts = "decision"
--| parameters = ["as_of", "period_from", "period_to"]
--| tables = ["decisions"]
--| [basis]
--| dataset = "decisions"
--| spans_period = true
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị", en = "Unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "matter", label = { vi = "Loại theo biểu", en = "Kind for the form" } },
--|   { name = "class", label = { vi = "Tình trạng thi hành", en = "Execution" } },
--| ]
--| dates = [{ name = "issued_on", label = { vi = "Ngày ban hành", en = "Issued on" } }]
--| shows = [
--|   { name = "number", label = { vi = "Số, ký hiệu", en = "Number" } },
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "executed_on", label = { vi = "Ngày thi hành xong", en = "Executed on" } },
--|   { name = "people_handled", label = { vi = "Số người bị xử lý", en = "People disciplined" } },
--|   { name = "people_restored", label = { vi = "Số người được khôi phục quyền lợi", en = "People restored" } },
--|   { name = "state_money", label = { vi = "Tiền thu hồi cho Nhà nước (triệu đồng, tròn)", en = "Money due to the state (million đồng, whole)" } },
--|   { name = "state_land", label = { vi = "Đất thu hồi cho Nhà nước (m², tròn)", en = "Land due to the state (m², whole)" } },
--|   { name = "returned_money", label = { vi = "Tiền trả lại (triệu đồng, tròn)", en = "Money to be returned (million đồng, whole)" } },
--|   { name = "returned_land", label = { vi = "Đất trả lại (m², tròn)", en = "Land to be returned (m², whole)" } },
--|   { name = "returned_to", label = { vi = "Trả lại cho", en = "Returned to" } },
--| ]
--| classes = [
--|   { name = "executed", label = { vi = "Đã thi hành xong", en = "Executed" } },
--|   { name = "waiting", label = { vi = "Chưa thi hành xong", en = "Not executed" } },
--| ]
-- Issued by the end of the period (or the business date) and not executed before it began. A conclusion is one on
-- a denunciation, told by province and never by a smaller office. Money is rounded half up to whole million đồng
-- and land to whole square metres on each, before anything is added up.
SELECT id, source_system, source_id, number, title, province, issued_on, executed_on, people_handled, people_restored,
  CASE WHEN kind = 'conclusion' THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
  CASE WHEN kind = 'conclusion' THEN 'denunciation' ELSE 'complaint' END AS matter,
  CAST(round(money_to_state / 1000000.0) AS BIGINT) AS state_money, CAST(round(land_to_state_m2) AS BIGINT) AS state_land,
  CAST(round(money_returned / 1000000.0) AS BIGINT) AS returned_money, CAST(round(land_returned_m2) AS BIGINT) AS returned_land,
  returned_to,
  CASE WHEN executed_on <= $period_to AND executed_on <= $as_of THEN 'executed' ELSE 'waiting' END AS class
FROM decisions
WHERE (kind = 'conclusion'
    OR (kind IN ('decision_first', 'decision_second') AND coalesce(result, '') NOT LIKE 'denunciation%'))
  AND issued_on <= $period_to AND issued_on <= $as_of AND (executed_on IS NULL OR executed_on >= $period_from)
