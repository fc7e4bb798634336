--| name = "judged_dossiers"
--| version = 4
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
-- A matter that stands in two systems counts in the one that is the source of record of its unit on the date
-- asked. The unit's own source goes before the one set for all; where the two rows name units with different
-- sources, the row with the lesser id stays, so that a matter is never lost and never counted twice.
--keep
matched AS (
--use matched_dossiers
),
--kept
chosen AS (
  SELECT unit, source
  FROM (
    SELECT unit, source, row_number() OVER (PARTITION BY unit ORDER BY valid_from_on DESC NULLS LAST, id) AS place
    FROM sources_of_record
    WHERE dataset = 'dossiers' AND (valid_from_on IS NULL OR valid_from_on <= $as_of)
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
  JOIN dossiers AS here ON here.id = m.id
  JOIN dossiers AS there ON there.id = m.other_id AND (there.received_on IS NULL OR there.received_on <= $as_of)
  LEFT JOIN chosen AS h ON h.unit = here.unit
  LEFT JOIN chosen AS t ON t.unit = there.unit
  CROSS JOIN (SELECT max(source) AS source FROM chosen WHERE unit IS NULL) AS g
),
outranked AS (
  SELECT DISTINCT id FROM claimed WHERE votes > 0 OR (votes = 0 AND is_claimed AND id > other_id)
),
--end
--keep
kept_rows AS (
  SELECT 0 AS place, d.id, d.source_system, d.source_id, d.title, d.unit, d.province, d.procedure, d.procedure_code,
    d.kind, d.channel, d.received_on, d.due_on, d.completed_on, d.waited_days, d.explanation, to_char(received_on, '%Y-%m') AS received_month,
    CAST(due_on AS INT) + CAST(coalesce(waited_days, 0) AS INT) AS due_day,
    CAST(completed_on AS INT) > CAST(due_on AS INT) + CAST(coalesce(waited_days, 0) AS INT) AS is_late,
    status = 'withdrawn' AS is_withdrawn, status = 'refused' AS is_refused, status = 'done' AS is_marked_done,
    status = 'waiting' AS is_waiting,
    CASE
      WHEN f.kind IS NOT NULL THEN f.kind
      WHEN d.unit LIKE 'Sở %' OR d.unit LIKE 'Thanh tra tỉnh%' OR d.unit LIKE 'Văn phòng UBND%' THEN 'Sở, cơ quan ngang sở'
      WHEN d.unit LIKE 'UBND huyện %' OR d.unit LIKE 'UBND quận %' OR d.unit LIKE 'UBND thị xã %'
        OR d.unit LIKE 'UBND thành phố %' THEN 'Huyện, quận, thị xã, thành phố (trước 01/7/2025)'
      WHEN d.unit LIKE 'UBND xã %' OR d.unit LIKE 'UBND phường %' OR d.unit LIKE 'UBND đặc khu %' THEN 'Xã, phường, đặc khu'
      ELSE 'Cơ quan khác'
    END AS unit_group,
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
