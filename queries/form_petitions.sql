--| name = "form_petitions"
--| version = 2
--| title = { vi = "Đơn phải xử lý trong kỳ, theo biểu thống kê", en = "Petitions to be handled in a period, for the forms" }
--| counts = "petition"
--| parameters = ["as_of", "period_from", "period_to"]
--| tables = ["petitions", "events", "cases", "decisions", "receptions"]
--| [basis]
--| dataset = "petitions"
--| spans_period = true
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị", en = "Unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "matter", label = { vi = "Loại đơn theo biểu", en = "Kind for the form" } },
--|   { name = "field", label = { vi = "Lĩnh vực theo biểu", en = "Field for the form" } },
--|   { name = "route", label = { vi = "Kết quả xử lý", en = "Route" } },
--|   { name = "class", label = { vi = "Tình trạng giải quyết", en = "Outcome" } },
--| ]
--| dates = [
--|   { name = "received_on", label = { vi = "Ngày nhận", en = "Received on" } },
--|   { name = "handled_on", label = { vi = "Ngày xử lý", en = "Handled on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "is_carried", label = { vi = "Kỳ trước chuyển sang", en = "Carried over" } },
--|   { name = "is_handled", label = { vi = "Đã xử lý", en = "Handled" } },
--|   { name = "is_sorted", label = { vi = "Đủ điều kiện xử lý", en = "Eligible" } },
--|   { name = "is_first", label = { vi = "Đơn đầu của vụ việc", en = "First of its case" } },
--|   { name = "is_brought", label = { vi = "Nhận qua tiếp công dân", en = "Brought to a reception" } },
--|   { name = "is_opened", label = { vi = "Đã mở vụ việc", en = "Case opened" } },
--|   { name = "signed_by", label = { vi = "Người đứng tên (many, one, other)", en = "Signed by (many, one, other)" } },
--|   { name = "case_id", label = { vi = "Vụ việc", en = "Case" } },
--| ]
--| classes = [
--|   { name = "resolved_first", label = { vi = "Đã giải quyết lần đầu", en = "Resolved, first" } },
--|   { name = "resolved_again", label = { vi = "Đã giải quyết lần hai, nhiều lần", en = "Resolved again" } },
--|   { name = "judged", label = { vi = "Đã có bản án của tòa", en = "Judged by a court" } },
--|   { name = "open_overdue", label = { vi = "Chưa giải quyết, quá thời hạn", en = "Open, overdue" } },
--|   { name = "open", label = { vi = "Chưa giải quyết xong", en = "Open" } },
--| ]
-- What stood at a period's begin or came in it: received by its end (or the business date, whichever is
-- earlier) and not handled before it began. Eligible and what follows is told of handled letters only. A
-- letter with several contents counts as a denunciation, which it must be kept secret as; one of unknown
-- kind is not yet sorted. The case is counted at its first eligible letter. Directions are told by their
-- words or the codes of known systems; one that is not known leaves the letter without a route, so that the
-- form's identity shows it. Fields follow the subject; a subject of none of the form's fields is
-- "administration". Brought to a reception is a letter that an entry of the book names, or one whose channel says
-- so. Denunciations are told by province and never by a smaller office.
WITH bounds AS (
  SELECT least($as_of, $period_to) AS ends_on
),
first_steps AS (
  SELECT source_system, subject_id, min(happened_on) AS happened_on
  FROM events
  WHERE kind IN ('guided', 'forwarded', 'returned', 'filed', 'refused', 'accepted', 'urged')
  GROUP BY source_system, subject_id
),
judgments AS (
  SELECT DISTINCT source_system, case_id FROM decisions
  WHERE kind = 'judgment' AND case_id IS NOT NULL AND issued_on <= $period_to AND issued_on <= $as_of
),
brought AS (
  SELECT DISTINCT source_system, petition_id FROM receptions WHERE petition_id IS NOT NULL
),
known AS (
  SELECT p.id, p.source_system, p.source_id, p.title, p.unit, p.province, p.subject, p.direction, p.case_id,
    p.is_eligible, p.received_on, p.resolved_on, least(s.happened_on, p.resolved_on) AS handled_on,
    p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown') AS is_guarded,
    CASE WHEN p.kind IN ('denunciation', 'mixed') THEN 'denunciation'
      WHEN p.kind IN ('complaint', 'feedback') THEN p.kind END AS matter,
    c.closed_on, c.stage, c.due_on AS case_due_on, j.case_id IS NOT NULL AS has_judgment, bounds.ends_on,
    CASE WHEN p.signers > 1 THEN 'many' WHEN p.is_anonymous OR p.signers = 0 THEN 'other' ELSE 'one' END AS signed_by,
    coalesce(c.opened_on <= bounds.ends_on, FALSE) AS is_opened,
    b.petition_id IS NOT NULL OR coalesce(p.channel LIKE 'Trực tiếp%' OR p.channel LIKE '%iếp công dân%', FALSE) AS is_brought
  FROM petitions AS p
  CROSS JOIN bounds
  LEFT JOIN first_steps AS s ON s.source_system = p.source_system AND s.subject_id = p.source_id
  LEFT JOIN cases AS c ON c.source_system = p.source_system AND c.source_id = p.case_id
  LEFT JOIN judgments AS j ON j.source_system = p.source_system AND j.case_id = p.case_id
  LEFT JOIN brought AS b ON b.source_system = p.source_system AND b.petition_id = p.source_id
  WHERE p.received_on <= bounds.ends_on
),
standing AS (
  SELECT *, received_on < $period_from AS is_carried, coalesce(handled_on <= ends_on, FALSE) AS is_handled,
    coalesce(handled_on <= ends_on, FALSE) AND coalesce(is_eligible, FALSE) AND matter IS NOT NULL AS is_sorted,
    CASE WHEN direction LIKE 'Hướng dẫn%' OR direction = '30' THEN 'guided'
      WHEN direction LIKE 'Chuyển%' OR direction = '32' THEN 'forwarded'
      WHEN direction LIKE 'Đôn đốc%' OR direction = '34' THEN 'urged'
      WHEN direction LIKE 'Thụ lý%' OR direction LIKE 'Đề xuất thụ lý%' OR direction = '31' THEN 'own' END AS route
  FROM known
  WHERE handled_on IS NULL OR handled_on >= $period_from
)
SELECT id, source_system, source_id, title, province, matter, route, case_id, received_on, handled_on,
  CASE WHEN stage IN ('second', 'continued') THEN 'again' ELSE 'first' END AS stage,
  is_carried, is_handled, is_sorted, is_brought, is_opened, signed_by,
  CASE WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
  is_sorted AND row_number() OVER (
    PARTITION BY is_sorted, matter, coalesce(source_system || '|' || case_id, id) ORDER BY received_on, id
  ) = 1 AS is_first,
  CASE WHEN subject LIKE 'Tham nhũng%' THEN 'corruption'
    WHEN subject LIKE 'Tư pháp%' THEN 'justice'
    WHEN subject LIKE 'Đảng%' THEN 'party'
    WHEN subject LIKE 'Công chức%' THEN 'officials'
    WHEN subject LIKE 'Chế độ%' OR subject LIKE 'Chính sách%' THEN 'policy'
    WHEN subject LIKE 'Đất đai%' OR subject LIKE 'Nhà%' THEN 'land'
    WHEN subject IS NULL OR subject LIKE 'Khác%' THEN 'other'
    ELSE 'administration' END AS field,
  CASE WHEN has_judgment THEN 'judged'
    WHEN coalesce(closed_on <= ends_on, route = 'own' AND resolved_on <= ends_on, FALSE)
      THEN CASE WHEN stage IN ('second', 'continued') THEN 'resolved_again' ELSE 'resolved_first' END
    WHEN case_due_on < ends_on THEN 'open_overdue'
    ELSE 'open' END AS class
FROM standing
