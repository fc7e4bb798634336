--| name = "judged_dossiers"
--| version = 5
--| title = { vi = "Hồ sơ một cửa, mỗi hồ sơ xét một lần", en = "Dossiers, each judged once" }
--| counts = "dossier"
--| parameters = ["as_of"]
--| tables = ["dossiers", "sources_of_record", "units"]
--| [basis]
--| dataset = "dossiers"
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị giải quyết", en = "Unit" } },
--|   { name = "unit_group", label = { vi = "Nhóm cơ quan ngang cấp", en = "Peer group" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "procedure", label = { vi = "Thủ tục", en = "Procedure" } },
--|   { name = "kind", label = { vi = "Mức dịch vụ (mã)", en = "Service kind (code)" } },
--|   { name = "level", label = { vi = "Mức dịch vụ như khai", en = "Level as declared" } },
--|   { name = "channel", label = { vi = "Kênh nộp", en = "Channel" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--|   { name = "received_month", label = { vi = "Tháng tiếp nhận", en = "Month received" } },
--| ]
--| dates = [
--|   { name = "received_on", label = { vi = "Ngày tiếp nhận", en = "Received on" } },
--|   { name = "due_on", label = { vi = "Hạn trả kết quả", en = "Due on" } },
--|   { name = "completed_on", label = { vi = "Ngày có kết quả", en = "Completed on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Hồ sơ", en = "Dossier" } },
--|   { name = "procedure_code", label = { vi = "Mã thủ tục", en = "Procedure code" } },
--|   { name = "waited_days", label = { vi = "Số ngày chờ bổ sung", en = "Days waited" } },
--|   { name = "explanation", label = { vi = "Giải trình", en = "Explanation" } },
--| ]
--| classes = [
--|   { name = "done_on_time", label = { vi = "Đã trả, đúng hẹn", en = "Done on time" } },
--|   { name = "done_late", label = { vi = "Đã trả, trễ hẹn", en = "Done late" } },
--|   { name = "done_no_due", label = { vi = "Đã trả, không có hẹn", en = "Done, no due date" } },
--|   { name = "open_in_time", label = { vi = "Đang giải quyết, chưa đến hẹn", en = "Open, in time" } },
--|   { name = "open_overdue", label = { vi = "Đang giải quyết, trễ hẹn", en = "Open, late" } },
--|   { name = "open_no_due", label = { vi = "Đang giải quyết, không có hẹn", en = "Open, no due date" } },
--|   { name = "waiting", label = { vi = "Chờ bổ sung", en = "Waiting for the applicant" } },
--|   { name = "withdrawn", label = { vi = "Xin rút", en = "Withdrawn" } },
--|   { name = "refused", label = { vi = "Từ chối, trả lại", en = "Refused" } },
--| ]
-- The one place where a dossier is judged, as of a business date. Waiting for the applicant stops the clock,
-- so a dossier that waits is not late, and days it waited are added to its due date (calendar days; a source
-- that moves the due date itself leaves them empty). One withdrawn or refused is neither done nor open.
-- Levels stay as declared. The words "mức độ 1-4" changed their meaning: online services until NĐ 42/2022,
-- and since NĐ 224/2026 also proactive ones; from then on a bare level is shown as unclear. Peer groups as of tasks.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--if sources_of_record
--use outranked dataset=dossiers begins=received_on
--end
--keep
kept_rows AS (
  SELECT 0 AS place, d.id, d.source_system, d.source_id, d.title, d.unit, d.province, d.procedure, d.procedure_code,
    d.kind, d.channel, d.received_on, d.due_on, d.completed_on, d.waited_days, d.explanation, to_char(received_on, '%Y-%m') AS received_month,
    CAST(due_on AS INT) + CAST(coalesce(waited_days, 0) AS INT) AS due_day,
    CAST(completed_on AS INT) > CAST(due_on AS INT) + CAST(coalesce(waited_days, 0) AS INT) AS is_late,
    status = 'withdrawn' AS is_withdrawn, status = 'refused' AS is_refused, status = 'done' AS is_marked_done,
    status = 'waiting' AS is_waiting,
--use peer_group unit=d.unit
    AS unit_group,
    CASE
      WHEN d.kind = 'full' THEN 'Toàn trình'
      WHEN d.kind = 'partial' THEN 'Một phần'
      WHEN d.kind = 'paper' THEN 'Trực tiếp'
      WHEN d.kind LIKE 'level_%' AND received_on >= DATE '2026-07-01'
        THEN concat('Mức ', substr(d.kind, 7), ' (không rõ: trực tuyến hay chủ động)')
      WHEN d.kind LIKE 'level_%' THEN concat('Mức độ ', substr(d.kind, 7), ' (cách gọi trước NĐ 42/2022)')
      ELSE '(không ghi)'
    END AS level
  FROM dossiers AS d
  LEFT JOIN (SELECT name, min(kind) AS kind FROM units WHERE name IS NOT NULL GROUP BY name) AS f ON f.name = d.unit
),
--kept
dated AS (
  SELECT * FROM kept_rows AS d
  WHERE (received_on IS NULL OR received_on <= $as_of)
--if sources_of_record
    AND NOT EXISTS (SELECT 1 FROM outranked AS o WHERE o.id = d.id)
--end
)
SELECT place, id, source_system, source_id, title, unit, province, procedure, procedure_code, kind, channel, received_on,
  due_on, completed_on, waited_days, explanation, unit_group, received_month, level,
  CASE
    WHEN is_withdrawn THEN 'withdrawn'
    WHEN is_refused THEN 'refused'
    WHEN completed_on <= $as_of AND due_on IS NULL THEN 'done_no_due'
    WHEN completed_on <= $as_of AND NOT is_late THEN 'done_on_time'
    WHEN completed_on <= $as_of THEN 'done_late'
    WHEN completed_on IS NULL AND is_marked_done THEN 'done_no_due'
    WHEN is_waiting THEN 'waiting'
    WHEN due_on IS NULL THEN 'open_no_due'
    WHEN due_day >= CAST($as_of AS INT) THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM dated
