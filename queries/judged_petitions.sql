--| name = "judged_petitions"
--| version = 1
--| title = { vi = "Đơn, mỗi đơn xét một lần", en = "Petitions, each judged once" }
--| counts = "petition"
--| parameters = ["as_of"]
--| tables = ["petitions", "events", "sources_of_record"]
--| [basis]
--| dataset = "petitions"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan đang giữ", en = "Holding unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "present_province", label = { vi = "Tỉnh, thành phố hiện nay", en = "Province of today" } },
--|   { name = "commune", label = { vi = "Xã, phường", en = "Commune" } },
--|   { name = "kind", label = { vi = "Loại đơn", en = "Kind" } },
--|   { name = "subject", label = { vi = "Lĩnh vực", en = "Subject" } },
--|   { name = "channel", label = { vi = "Nguồn đơn", en = "Channel" } },
--|   { name = "class", label = { vi = "Tình trạng xử lý", en = "Handling" } },
--|   { name = "received_month", label = { vi = "Tháng nhận", en = "Month received" } },
--| ]
--| additive = ["present_province"]
--| dates = [
--|   { name = "received_on", label = { vi = "Ngày nhận", en = "Received on" } },
--|   { name = "due_on", label = { vi = "Hạn xử lý", en = "Handling due on" } },
--|   { name = "handled_on", label = { vi = "Ngày xử lý", en = "Handled on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "case_id", label = { vi = "Vụ việc", en = "Case" } },
--|   { name = "is_eligible", label = { vi = "Đủ điều kiện xử lý", en = "Eligible" } },
--| ]
--| classes = [
--|   { name = "handled_on_time", label = { vi = "Đã xử lý, đúng hạn", en = "Handled on time" } },
--|   { name = "handled_late", label = { vi = "Đã xử lý, quá hạn", en = "Handled late" } },
--|   { name = "handled_no_due", label = { vi = "Đã xử lý, không hạn", en = "Handled, no due date" } },
--|   { name = "waiting_in_time", label = { vi = "Chưa xử lý, trong hạn", en = "Waiting, in time" } },
--|   { name = "waiting_overdue", label = { vi = "Chưa xử lý, quá hạn", en = "Waiting, overdue" } },
--|   { name = "waiting_no_due", label = { vi = "Chưa xử lý, không hạn", en = "Waiting, no due date" } },
--| ]
-- The one place where the handling of a petition (xử lý đơn) is judged, as of a business date. A petition has
-- its handling clock only: the resolution clock belongs to its case. It is handled on the day of the first
-- event that says what becomes of it, else when the source says it was resolved. The due date of handling is
-- computed from the law in force on the day of receipt (handling_due); a declared due date is that of the
-- resolution and does not count here. Denunciations are told by province and never by a smaller place or office.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--if sources_of_record
--use outranked dataset=petitions begins=received_on
--end
--keep
kept_rows AS (
  SELECT r.*, r.handled_on > r.due_on AS is_late
  FROM (
  SELECT 0 AS place, p.id, p.source_system, p.source_id, p.title, p.province, p.kind, p.subject, p.channel, p.case_id,
    p.is_eligible, p.signers, p.received_on, least(s.happened_on, p.resolved_on) AS handled_on,
    handling_due(p.kind, p.received_on, p.unit) AS due_on,
    CASE WHEN p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown')
      THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE p.unit END AS unit,
    CASE WHEN p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown')
      THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE p.commune END AS commune,
    present_province(p.province) AS present_province, to_char(p.received_on, '%Y-%m') AS received_month
  FROM petitions AS p
  LEFT JOIN (
    SELECT source_system, subject_id, min(happened_on) AS happened_on
    FROM events
    WHERE kind IN ('guided', 'forwarded', 'returned', 'filed', 'refused', 'accepted', 'urged')
      AND coalesce(subject_dataset, 'petitions') = 'petitions'
    GROUP BY source_system, subject_id
  ) AS s ON s.source_system = p.source_system AND s.subject_id = p.source_id
  ) AS r
),
--kept
dated AS (
  SELECT *
  FROM kept_rows AS p
  WHERE (p.received_on IS NULL OR p.received_on <= $as_of)
--if sources_of_record
    AND NOT EXISTS (SELECT 1 FROM outranked AS o WHERE o.id = p.id)
--end
)
SELECT place, id, source_system, source_id, title, province, kind, subject, channel, case_id, is_eligible, signers,
  unit, commune, present_province, received_on, handled_on, due_on, received_month,
  CASE
    WHEN handled_on <= $as_of AND due_on IS NULL THEN 'handled_no_due'
    WHEN handled_on <= $as_of AND NOT is_late THEN 'handled_on_time'
    WHEN handled_on <= $as_of THEN 'handled_late'
    WHEN due_on IS NULL THEN 'waiting_no_due'
    WHEN due_on >= $as_of THEN 'waiting_in_time'
    ELSE 'waiting_overdue'
  END AS class
FROM dated
