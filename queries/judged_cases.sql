--| name = "judged_cases"
--| version = 2
--| title = { vi = "Vụ việc, mỗi vụ việc xét một lần", en = "Cases, each judged once" }
--| counts = "case"
--| parameters = ["as_of"]
--| tables = ["cases", "events", "sources_of_record", "units"]
--| [basis]
--| dataset = "cases"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan giải quyết", en = "Unit" } },
--|   { name = "unit_group", label = { vi = "Nhóm cơ quan ngang cấp", en = "Peer group" } },
--|   { name = "present_unit", label = { vi = "Cơ quan đang chịu trách nhiệm", en = "Unit that answers for it now" } },
--|   { name = "present_province", label = { vi = "Tỉnh, thành phố hiện nay", en = "Province of today" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "commune", label = { vi = "Xã, phường", en = "Commune" } },
--|   { name = "kind", label = { vi = "Loại vụ việc", en = "Kind" } },
--|   { name = "stage", label = { vi = "Lần giải quyết", en = "Stage" } },
--|   { name = "subject", label = { vi = "Lĩnh vực", en = "Subject" } },
--|   { name = "complexity", label = { vi = "Mức độ phức tạp", en = "Complexity" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--|   { name = "due_from", label = { vi = "Nguồn của hạn", en = "Where the due date is from" } },
--|   { name = "opened_month", label = { vi = "Tháng thụ lý", en = "Month accepted" } },
--| ]
--| additive = ["present_province"]
--| dates = [
--|   { name = "opened_on", label = { vi = "Ngày thụ lý", en = "Accepted on" } },
--|   { name = "due_on", label = { vi = "Hạn giải quyết", en = "Due on" } },
--|   { name = "closed_on", label = { vi = "Ngày kết thúc", en = "Closed on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Vụ việc", en = "Case" } },
--|   { name = "declared_due_on", label = { vi = "Hạn do nguồn khai", en = "Due date of the source" } },
--|   { name = "computed_due_on", label = { vi = "Hạn tính theo luật", en = "Due date by law" } },
--|   { name = "is_mass", label = { vi = "Đông người", en = "Mass case" } },
--|   { name = "explanation", label = { vi = "Giải trình", en = "Explanation" } },
--| ]
--| classes = [
--|   { name = "done_on_time", label = { vi = "Đã giải quyết, đúng hạn", en = "Resolved on time" } },
--|   { name = "done_late", label = { vi = "Đã giải quyết, quá hạn", en = "Resolved late" } },
--|   { name = "done_no_due", label = { vi = "Đã giải quyết, không hạn", en = "Resolved, no due date" } },
--|   { name = "open_in_time", label = { vi = "Đang giải quyết, trong hạn", en = "Pending, in time" } },
--|   { name = "open_overdue", label = { vi = "Đang giải quyết, quá hạn", en = "Pending, overdue" } },
--|   { name = "open_no_due", label = { vi = "Đang giải quyết, không hạn", en = "Pending, no due date" } },
--|   { name = "open_suspended", label = { vi = "Tạm đình chỉ", en = "Suspended" } },
--|   { name = "withdrawn", label = { vi = "Rút đơn, đình chỉ", en = "Withdrawn" } },
--| ]
-- The one place where a case is judged, as of a business date. Rows of several sources with one national id
-- are one case; the one that says it is closed speaks for it. The due date is the one the source declares;
-- where it declares none, the one that the law in force on the day of acceptance gives, extensions with their
-- paper and suspensions counted in (legal_due). Requests and feedback have no statutory limit. Denunciations
-- are told by province and never by a smaller place or office, for a cell of one names a person. Open cases of an
-- office that has ended stand under its successor (as tasks do). Only counts are told by the provinces of today.
WITH
--if sources_of_record
-- A matter that stands in two systems counts in the one that is the source of record of its unit on the date
-- asked. The unit's own source goes before the one set for all; where the two rows name units with different
-- sources, the row with the lesser id stays, so that a matter is never lost and never counted twice.
matched AS (
--use matched_cases
),
chosen AS (
  SELECT unit, source
  FROM (
    SELECT unit, source, row_number() OVER (PARTITION BY unit ORDER BY valid_from_on DESC NULLS LAST, id) AS place
    FROM sources_of_record
    WHERE dataset = 'cases' AND (valid_from_on IS NULL OR valid_from_on <= $as_of)
      AND (valid_to_on IS NULL OR valid_to_on >= $as_of)
  ) AS ranked
  WHERE place = 1
),
claimed AS (
  SELECT m.id, m.other_id,
    CASE coalesce(h.source, g.source) WHEN m.other_system THEN 1 WHEN here.source_system THEN -1 ELSE 0 END
      + CASE coalesce(t.source, g.source) WHEN m.other_system THEN 1 WHEN here.source_system THEN -1 ELSE 0 END AS votes,
    coalesce(h.source, g.source) IN (m.other_system, here.source_system)
      OR coalesce(t.source, g.source) IN (m.other_system, here.source_system) AS is_claimed
  FROM matched AS m
  JOIN cases AS here ON here.id = m.id
  JOIN cases AS there ON there.id = m.other_id AND (there.opened_on IS NULL OR there.opened_on <= $as_of)
  LEFT JOIN chosen AS h ON h.unit = here.unit
  LEFT JOIN chosen AS t ON t.unit = there.unit
  CROSS JOIN (SELECT max(source) AS source FROM chosen WHERE unit IS NULL) AS g
),
outranked AS (
  SELECT DISTINCT id FROM claimed WHERE votes > 0 OR (votes = 0 AND is_claimed AND id > other_id)
),
--end
living AS (
  SELECT code, min(name) AS name
  FROM units
  WHERE (valid_from_on IS NULL OR valid_from_on <= $as_of) AND (valid_to_on IS NULL OR valid_to_on >= $as_of)
  GROUP BY code
),
ended AS (
  SELECT name, code, last_value(successor_code ORDER BY valid_to_on) AS successor_code
  FROM units
  WHERE valid_to_on < $as_of
  GROUP BY name, code
),
ways AS (
  SELECT e.name, coalesce(l.name, later.name, 'chưa xác định') AS heir
  FROM ended AS e
  LEFT JOIN living AS l ON l.code = e.successor_code
  LEFT JOIN ended AS between_them ON l.code IS NULL AND between_them.code = e.successor_code
  LEFT JOIN living AS later ON later.code = between_them.successor_code
),
heirs AS (
  SELECT w.name, CASE WHEN min(w.heir) = max(w.heir) THEN min(w.heir) ELSE 'chưa xác định' END AS heir
  FROM ways AS w
  LEFT JOIN (SELECT DISTINCT name FROM living) AS alive ON alive.name = w.name
  WHERE alive.name IS NULL
  GROUP BY w.name
),
offices AS (
  SELECT name, min(kind) AS kind, bool_or(valid_to_on IS NULL OR valid_to_on >= $as_of) AS is_living
  FROM units
  WHERE name IS NOT NULL
  GROUP BY name
),
steps AS (
  SELECT source_system, subject_id,
    string_agg(concat(CASE kind WHEN 'extended' THEN 'e' WHEN 'suspended' THEN 's' ELSE 'r' END,
      CAST(happened_on AS VARCHAR)), ';' ORDER BY happened_on, kind) AS steps
  FROM events
  WHERE kind IN ('extended', 'suspended', 'resumed') AND happened_on <= $as_of
    AND (kind <> 'extended' OR decision_number IS NOT NULL)
    AND coalesce(subject_dataset, 'cases') = 'cases'
  GROUP BY source_system, subject_id
),
speaking AS (
  SELECT substr(max(concat(CASE WHEN closed_on IS NULL THEN '0' ELSE '1' END, id)), 2) AS id
  FROM cases AS c
--if sources_of_record
  WHERE NOT EXISTS (SELECT 1 FROM outranked AS o WHERE o.id = c.id)
--end
  GROUP BY coalesce(case_id, id)
),
dated AS (
  SELECT c.*, s.steps, legal_due(c.kind, c.stage, c.opened_on, s.steps, c.unit, c.province, c.commune) AS computed_due_on,
    coalesce(c.closed_on <= $as_of, c.status IN ('closed', 'withdrawn')) AS is_done,
    c.kind IN ('denunciation', 'mixed', 'unknown') AS is_guarded, h.heir, f.kind AS unit_kind, coalesce(f.is_living, FALSE) AS is_living
  FROM cases AS c
  JOIN speaking ON speaking.id = c.id
  LEFT JOIN steps AS s ON s.source_system = c.source_system AND s.subject_id = c.source_id
  LEFT JOIN heirs AS h ON h.name = c.unit
  LEFT JOIN offices AS f ON f.name = c.unit
  WHERE c.opened_on IS NULL OR c.opened_on <= $as_of
),
due AS (
  SELECT *, coalesce(due_on, computed_due_on) AS judged_due_on,
    substr(steps, character_length(steps) - 10, 1) = 's' OR (steps IS NULL AND status = 'suspended') AS is_suspended
  FROM dated
)
SELECT id, source_system, source_id, title, province, kind, stage, subject, complexity, is_mass,
  CASE WHEN is_guarded THEN NULL ELSE explanation END AS explanation,
  CASE WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
  CASE
    WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh'
    WHEN unit_kind IS NOT NULL THEN unit_kind
    WHEN unit LIKE 'Sở %' OR unit LIKE 'Thanh tra tỉnh%' OR unit LIKE 'Văn phòng UBND%' THEN 'Sở, cơ quan ngang sở'
    WHEN unit LIKE 'UBND huyện %' OR unit LIKE 'UBND quận %' OR unit LIKE 'UBND thị xã %'
      OR unit LIKE 'UBND thành phố %' THEN 'Huyện, quận, thị xã, thành phố (trước 01/7/2025)'
    WHEN unit LIKE 'UBND xã %' OR unit LIKE 'UBND phường %' OR unit LIKE 'UBND đặc khu %' THEN 'Xã, phường, đặc khu'
    ELSE 'Cơ quan khác'
  END AS unit_group,
  CASE WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE commune END AS commune,
  CASE
    WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh'
    WHEN is_done OR unit IS NULL THEN unit
    WHEN heir IS NOT NULL THEN heir
    WHEN $as_of >= DATE '2025-07-01' AND NOT is_living AND (unit LIKE 'UBND huyện %' OR unit LIKE 'UBND quận %'
      OR unit LIKE 'UBND thị xã %' OR (unit LIKE 'UBND thành phố %' AND unit NOT IN ('UBND thành phố Hà Nội',
        'UBND thành phố Hải Phòng', 'UBND thành phố Huế', 'UBND thành phố Đà Nẵng', 'UBND thành phố Hồ Chí Minh',
        'UBND thành phố Cần Thơ'))) THEN 'chưa xác định'
    ELSE unit
  END AS present_unit,
  present_province(province) AS present_province,
  opened_on, closed_on, judged_due_on AS due_on, due_on AS declared_due_on, computed_due_on,
  to_char(opened_on, '%Y-%m') AS opened_month,
  CASE WHEN due_on IS NOT NULL THEN 'declared' WHEN computed_due_on IS NOT NULL THEN 'computed' ELSE 'none' END AS due_from,
  CASE
    WHEN is_done AND status = 'withdrawn' THEN 'withdrawn'
    WHEN is_done AND (judged_due_on IS NULL OR closed_on IS NULL) THEN 'done_no_due'
    WHEN is_done AND closed_on <= judged_due_on THEN 'done_on_time'
    WHEN is_done THEN 'done_late'
    WHEN coalesce(is_suspended, FALSE) THEN 'open_suspended'
    WHEN judged_due_on IS NULL THEN 'open_no_due'
    WHEN judged_due_on >= $as_of THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM due
