--| name = "judged_decisions"
--| version = 2
--| title = { vi = "Quyết định, kết luận, mỗi văn bản xét một lần", en = "Decisions, each judged once" }
--| counts = "decision"
--| parameters = ["as_of"]
--| tables = ["decisions", "cases", "events"]
--| [basis]
--| dataset = "decisions"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan ban hành", en = "Issuing unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "kind", label = { vi = "Loại văn bản", en = "Kind" } },
--|   { name = "result", label = { vi = "Kết quả", en = "Result" } },
--|   { name = "subject", label = { vi = "Lĩnh vực", en = "Subject" } },
--|   { name = "stage", label = { vi = "Lần giải quyết của vụ việc", en = "Stage of the case" } },
--|   { name = "class", label = { vi = "Chấp hành thời hạn", en = "Timeliness" } },
--|   { name = "issued_month", label = { vi = "Tháng ban hành", en = "Month issued" } },
--| ]
--| dates = [
--|   { name = "issued_on", label = { vi = "Ngày ban hành", en = "Issued on" } },
--|   { name = "executed_on", label = { vi = "Ngày thi hành xong", en = "Executed on" } },
--| ]
--| shows = [
--|   { name = "number", label = { vi = "Số, ký hiệu", en = "Number" } },
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "money_recovered", label = { vi = "Tiền thu hồi, trả lại (đồng)", en = "Money recovered (đồng)" } },
--|   { name = "land_recovered", label = { vi = "Đất thu hồi, trả lại (m², tròn)", en = "Land recovered (m², whole)" } },
--|   { name = "people_handled", label = { vi = "Số người bị xử lý", en = "People disciplined" } },
--|   { name = "people_referred", label = { vi = "Số người chuyển cơ quan điều tra", en = "People referred" } },
--|   { name = "people_restored", label = { vi = "Số người được khôi phục quyền lợi", en = "People restored" } },
--|   { name = "state_money", label = { vi = "Tiền thu hồi cho Nhà nước (triệu đồng, tròn)", en = "Money due to the state (million đồng, whole)" } },
--|   { name = "state_land", label = { vi = "Đất thu hồi cho Nhà nước (m², tròn)", en = "Land due to the state (m², whole)" } },
--|   { name = "returned_money", label = { vi = "Tiền trả lại (triệu đồng, tròn)", en = "Money to be returned (million đồng, whole)" } },
--|   { name = "returned_land", label = { vi = "Đất trả lại (m², tròn)", en = "Land to be returned (m², whole)" } },
--|   { name = "ended", label = { vi = "Vụ việc kết thúc do", en = "How the case ended" } },
--|   { name = "returned_to", label = { vi = "Trả lại cho", en = "Returned to" } },
--|   { name = "is_executed", label = { vi = "Đã thi hành xong", en = "Executed" } },
--| ]
--| classes = [
--|   { name = "on_time", label = { vi = "Đúng hạn", en = "On time" } },
--|   { name = "late", label = { vi = "Quá hạn", en = "Late" } },
--|   { name = "unsaid", label = { vi = "Không ghi", en = "Not said" } },
--| ]
-- The one place where a decision is judged, as of a business date. On time is what the source says, for the
-- source knows suspensions that a decision does not carry. Land is rounded half up to whole square metres on
-- each decision, before anything is added up; so is the forms' money to whole million đồng. Conclusions on denunciations are told by province and never by
-- a smaller office, for a cell of one names a person.
WITH terminated AS (
  SELECT DISTINCT source_system, subject_id FROM events
  WHERE kind = 'terminated' AND happened_on <= $as_of AND coalesce(subject_dataset, 'cases') = 'cases'
),
known AS (
  SELECT d.*, coalesce(d.kind, '') NOT IN ('decision_first', 'decision_second', 'answer')
    OR coalesce(d.result, '') LIKE 'denunciation%' AS is_guarded, c.stage,
    CASE WHEN c.status = 'withdrawn' THEN 'withdrawn' WHEN t.subject_id IS NOT NULL THEN 'terminated' ELSE 'concluded' END AS ended
  FROM decisions AS d
  LEFT JOIN cases AS c ON c.source_system = d.source_system AND c.source_id = d.case_id
  LEFT JOIN terminated AS t ON t.source_system = d.source_system AND t.subject_id = d.case_id
  WHERE d.issued_on IS NULL OR d.issued_on <= $as_of
)
SELECT id, source_system, source_id, number, title, province, kind, result, subject, issued_on, executed_on,
  CASE WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
  to_char(issued_on, '%Y-%m') AS issued_month,
  money_recovered, CAST(round(land_recovered_m2) AS BIGINT) AS land_recovered,
  CAST(round(money_to_state / 1000000.0) AS BIGINT) AS state_money, CAST(round(land_to_state_m2) AS BIGINT) AS state_land,
  CAST(round(money_returned / 1000000.0) AS BIGINT) AS returned_money, CAST(round(land_returned_m2) AS BIGINT) AS returned_land,
  returned_to,
  people_handled, people_referred, people_restored,
  CASE WHEN stage IN ('second', 'continued') THEN 'again' ELSE 'first' END AS stage, ended,
  coalesce(executed_on <= $as_of, FALSE) AS is_executed,
  CASE WHEN was_on_time IS NULL THEN 'unsaid' WHEN was_on_time THEN 'on_time' ELSE 'late' END AS class
FROM known
