--| name = "compared_petitions"
--| version = 1
--| title = { vi = "Đơn của hai hệ thống, đối chiếu từng bản ghi", en = "Petitions of two systems, compared one by one" }
--| counts = "petition"
--| parameters = ["as_of"]
--| tables = ["petitions"]
--| [basis]
--| dataset = "petitions"
--| dimensions = [
--|   { name = "old_system", label = { vi = "Hệ thống cũ", en = "Old system" } },
--|   { name = "new_system", label = { vi = "Hệ thống mới", en = "New system" } },
--|   { name = "class", label = { vi = "Kết quả đối chiếu", en = "Outcome" } },
--|   { name = "reason", label = { vi = "Lý do", en = "Reason" } },
--|   { name = "differences", label = { vi = "Trường khác nhau", en = "Fields that differ" } },
--|   { name = "rule", label = { vi = "Ghép theo", en = "Matched by" } },
--|   { name = "unit", label = { vi = "Cơ quan", en = "Unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "month", label = { vi = "Tháng", en = "Month" } },
--| ]
--| dates = [
--|   { name = "received_on", label = { vi = "Ngày nhận", en = "Received on" } },
--| ]
--| shows = [
--|   { name = "other_id", label = { vi = "Mã ở hệ thống kia", en = "Id in the other system" } },
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--| ]
--| classes = [
--|   { name = "same", label = { vi = "Giống nhau", en = "Same" } },
--|   { name = "differs", label = { vi = "Khác nhau", en = "Differs" } },
--|   { name = "only_old", label = { vi = "Chỉ hệ thống cũ", en = "Only in the old" } },
--|   { name = "only_new", label = { vi = "Chỉ hệ thống mới", en = "Only in the new" } },
--| ]
-- Each matter of two systems once, for each pair of systems and either of them taken for the old one; filter
-- by old_system and new_system. A record with none to match says why, as far as the data tell: nothing to
-- match it by (key_missing), later than all the other system has (not_entered), before the other's first
-- record (before_start), of an office of which the other has nothing (unit_missing), else unexplained. Denunciations are told by province and never by a smaller
-- place or office.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--use sides dataset=petitions begins=received_on
judged AS (
  SELECT r.id, r.source_system, r.source_id, r.title, r.received_on, d.other_system, o.id AS other_id, d.rule, r.province,
    CASE WHEN r.kind IS NULL OR r.kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE r.unit END AS unit,
    CASE WHEN o.id IS NOT NULL THEN nullif(concat_ws(', ',
      CASE WHEN r.kind IS DISTINCT FROM o.kind THEN 'Loại đơn' END,
      CASE WHEN r.title IS DISTINCT FROM o.title THEN 'Trích yếu' END,
      CASE WHEN r.received_on IS DISTINCT FROM o.received_on THEN 'Ngày nhận' END,
      CASE WHEN r.unit IS DISTINCT FROM o.unit THEN 'Cơ quan đang giữ' END,
      CASE WHEN r.province IS DISTINCT FROM o.province THEN 'Tỉnh, thành phố' END,
      CASE WHEN r.status IS DISTINCT FROM o.status THEN 'Tình trạng' END,
      CASE WHEN r.is_eligible IS DISTINCT FROM o.is_eligible THEN 'Đủ điều kiện xử lý' END,
      CASE WHEN r.due_on IS DISTINCT FROM o.due_on THEN 'Hạn giải quyết' END,
      CASE WHEN r.resolved_on IS DISTINCT FROM o.resolved_on THEN 'Ngày giải quyết xong' END,
      CASE WHEN r.case_id IS DISTINCT FROM o.case_id THEN 'Vụ việc' END
    ), '') END AS differences,
    CASE
      WHEN o.id IS NOT NULL THEN NULL
      WHEN r.title IS NULL AND r.number IS NULL THEN 'key_missing'
      WHEN r.received_on > d.last_on THEN 'not_entered'
      WHEN r.received_on < d.first_on THEN 'before_start'
      WHEN r.unit IS NOT NULL AND f.unit IS NULL THEN 'unit_missing'
      ELSE 'unexplained'
    END AS reason
  FROM sides AS d
  JOIN records AS r ON r.id = d.id
  LEFT JOIN records AS o ON o.id = d.other_id
  LEFT JOIN offices AS f ON f.source_system = d.other_system AND f.unit = r.unit
)
SELECT id, source_system, source_id, title, received_on, other_id, rule, unit, province, differences, reason,
  source_system AS old_system, other_system AS new_system, to_char(received_on, '%Y-%m') AS month,
  CASE WHEN other_id IS NULL THEN 'only_old' WHEN differences IS NULL THEN 'same' ELSE 'differs' END AS class
FROM judged
UNION ALL
SELECT id, source_system, source_id, title, received_on, other_id, rule, unit, province, differences, reason,
  other_system AS old_system, source_system AS new_system, to_char(received_on, '%Y-%m') AS month,
  'only_new' AS class
FROM judged
WHERE other_id IS NULL
