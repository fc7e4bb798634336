--| name = "judged_cases"
--| version = 3
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
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--if sources_of_record
--use outranked dataset=cases begins=opened_on
--end
standing AS (
--use standing_units
),
--keep
kept_steps AS (
  SELECT concat(c.source_system, '|', c.source_id) AS steps_key, c.kind AS case_kind, c.stage, c.opened_on, c.unit,
    c.province, c.commune, e.kind, e.happened_on,
    concat(CASE e.kind WHEN 'extended' THEN 'e' WHEN 'suspended' THEN 's' ELSE 'r' END,
      CAST(e.happened_on AS VARCHAR)) AS step
  FROM events AS e
  JOIN cases AS c ON c.source_system = e.source_system AND c.source_id = e.subject_id
  WHERE e.kind IN ('extended', 'suspended', 'resumed') AND (e.kind <> 'extended' OR e.decision_number IS NOT NULL)
    AND coalesce(e.subject_dataset, 'cases') = 'cases'
),
--kept
--keep
kept_rivals AS (
  SELECT rivals.case_key AS rival_key, c.id AS rival_id, c.closed_on
  FROM cases AS c
  JOIN (
    SELECT coalesce(case_id, id) AS case_key FROM cases GROUP BY coalesce(case_id, id) HAVING min(id) <> max(id)
  ) AS rivals ON rivals.case_key = coalesce(c.case_id, c.id)
),
--kept
--keep
kept_rows AS (
  SELECT 0 AS place, c.id, c.source_system, c.source_id, c.title, c.province, c.commune AS own_commune, c.kind,
    c.stage, c.subject, c.complexity, c.is_mass, c.opened_on, c.closed_on, c.due_on AS declared_due_on,
    c.status IN ('closed', 'withdrawn') AS is_marked_done, c.status = 'withdrawn' AS is_withdrawn,
    c.status = 'suspended' AS is_marked_suspended,
    CASE WHEN stepped.source_id IS NOT NULL THEN concat(c.source_system, '|', c.source_id) END AS steps_key,
    CASE WHEN stepped.source_id IS NOT NULL THEN c.closed_on END AS stepped_closed_on,
    c.closed_on > coalesce(c.due_on, legal_due(c.kind, c.stage, c.opened_on, '', c.unit, c.province, c.commune)) AS is_late,
    rivals.rival_key, CASE WHEN rivals.rival_key IS NOT NULL THEN c.id END AS rival_id,
    legal_due(c.kind, c.stage, c.opened_on, '', c.unit, c.province, c.commune) AS plain_due_on,
    c.kind IN ('denunciation', 'mixed', 'unknown') AS is_guarded, c.unit AS own_unit,
    CASE WHEN c.kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE c.unit END AS unit,
    CASE WHEN c.kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE c.commune END AS commune,
    CASE WHEN c.kind IN ('denunciation', 'mixed', 'unknown') THEN NULL ELSE c.explanation END AS explanation,
    CASE WHEN c.kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE
--use peer_group unit=c.unit
    END AS unit_group,
    present_province(c.province) AS present_province, to_char(c.opened_on, '%Y-%m') AS opened_month,
--use district_office unit=c.unit
    AS is_district
  FROM cases AS c
  LEFT JOIN (
    SELECT DISTINCT source_system, subject_id AS source_id
    FROM events
    WHERE kind IN ('extended', 'suspended', 'resumed') AND (kind <> 'extended' OR decision_number IS NOT NULL)
      AND coalesce(subject_dataset, 'cases') = 'cases'
  ) AS stepped ON stepped.source_system = c.source_system AND stepped.source_id = c.source_id
  LEFT JOIN (SELECT DISTINCT rival_key FROM kept_rivals) AS rivals ON rivals.rival_key = coalesce(c.case_id, c.id)
  LEFT JOIN (SELECT name, min(kind) AS kind FROM units WHERE name IS NOT NULL GROUP BY name) AS f ON f.name = c.unit
),
--kept
steps AS (
  SELECT steps_key, string_agg(step, ';' ORDER BY happened_on, kind) AS steps, min(case_kind) AS kind,
    min(stage) AS stage, min(opened_on) AS opened_on, min(unit) AS unit, min(province) AS province,
    min(commune) AS commune
  FROM kept_steps
  WHERE happened_on <= $as_of
  GROUP BY steps_key
),
stepped_due AS (
  SELECT steps_key, steps, legal_due(kind, stage, opened_on, steps, unit, province, commune) AS due_on FROM steps
),
speaking AS (
  SELECT rival_key, substr(max(concat(CASE WHEN closed_on IS NULL THEN '0' ELSE '1' END, rival_id)), 2) AS id
  FROM kept_rivals AS c
--if sources_of_record
  WHERE NOT EXISTS (SELECT 1 FROM outranked AS o WHERE o.id = c.rival_id)
--end
  GROUP BY rival_key
),
dated AS (
  SELECT c.*, s.steps,
    CASE WHEN s.steps_key IS NULL THEN c.plain_due_on ELSE s.due_on END AS computed_due_on,
    coalesce(c.closed_on <= $as_of, c.is_marked_done) AS is_done, t.heir, coalesce(t.is_living, FALSE) AS is_living
  FROM kept_rows AS c
  LEFT JOIN speaking AS r ON r.rival_key = c.rival_key
  LEFT JOIN stepped_due AS s ON s.steps_key = c.steps_key
  LEFT JOIN standing AS t ON t.name = c.own_unit
  WHERE (c.opened_on IS NULL OR c.opened_on <= $as_of) AND (c.rival_key IS NULL OR r.id = c.rival_id)
--if sources_of_record
    AND NOT EXISTS (SELECT 1 FROM outranked AS o WHERE o.id = c.id)
--end
),
due AS (
  SELECT *, coalesce(declared_due_on, computed_due_on) AS judged_due_on,
    CASE WHEN steps_key IS NULL THEN is_late
      ELSE stepped_closed_on > coalesce(declared_due_on, computed_due_on) END AS is_after_due,
    substr(steps, character_length(steps) - 10, 1) = 's' OR (steps IS NULL AND is_marked_suspended) AS is_suspended
  FROM dated
)
SELECT place, id, source_system, source_id, title, province, kind, stage, subject, complexity, is_mass, explanation, unit, unit_group, commune,
  CASE
    WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh'
    WHEN is_done OR own_unit IS NULL THEN own_unit
    WHEN heir IS NOT NULL THEN heir
    WHEN $as_of >= DATE '2025-07-01' AND NOT is_living AND is_district THEN 'chưa xác định'
    ELSE own_unit
  END AS present_unit,
  present_province, opened_on, closed_on, judged_due_on AS due_on, declared_due_on, computed_due_on, opened_month,
  CASE WHEN declared_due_on IS NOT NULL THEN 'declared' WHEN computed_due_on IS NOT NULL THEN 'computed' ELSE 'none' END AS due_from,
  CASE
    WHEN is_done AND is_withdrawn THEN 'withdrawn'
    WHEN is_done AND (judged_due_on IS NULL OR closed_on IS NULL) THEN 'done_no_due'
    WHEN is_done AND NOT is_after_due THEN 'done_on_time'
    WHEN is_done THEN 'done_late'
    WHEN coalesce(is_suspended, FALSE) THEN 'open_suspended'
    WHEN judged_due_on IS NULL THEN 'open_no_due'
    WHEN judged_due_on >= $as_of THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM due
