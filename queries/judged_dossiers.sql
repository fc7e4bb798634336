--| name = "judged_dossiers"
--| version = 1
--| title = { vi = "Hồ sơ một cửa, mỗi hồ sơ xét một lần", en = "Dossiers, each judged once" }
--| counts = "dossier"
--| parameters = ["as_of"]
--| tables = ["dossiers"]
--| [basis]
--| dataset = "dossiers"
--| dimensions = [
--|   { name = "unit", label = { vi = "Đơn vị giải quyết", en = "Unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "procedure", label = { vi = "Thủ tục", en = "Procedure" } },
--|   { name = "kind", label = { vi = "Mức dịch vụ", en = "Service kind" } },
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
--| ]
--| classes = [
--|   { name = "done_on_time", label = { vi = "Đã trả, đúng hẹn", en = "Done on time" } },
--|   { name = "done_late", label = { vi = "Đã trả, trễ hẹn", en = "Done late" } },
--|   { name = "done_no_due", label = { vi = "Đã trả, không có hẹn", en = "Done, no due date" } },
--|   { name = "open_in_time", label = { vi = "Đang giải quyết, chưa đến hẹn", en = "Open, in time" } },
--|   { name = "open_overdue", label = { vi = "Đang giải quyết, trễ hẹn", en = "Open, late" } },
--|   { name = "open_no_due", label = { vi = "Đang giải quyết, không có hẹn", en = "Open, no due date" } },
--|   { name = "waiting", label = { vi = "Chờ bổ sung", en = "Waiting for the applicant" } },
--|   { name = "ended", label = { vi = "Rút hoặc từ chối", en = "Withdrawn or refused" } },
--| ]
-- The one place where a dossier is judged, as of a business date. Waiting for the applicant stops the clock,
-- so a dossier that waits is not late; one withdrawn or refused is neither done nor open.
SELECT id, source_system, source_id, title, unit, province, procedure, kind, channel, received_on, due_on, completed_on,
  to_char(received_on, '%Y-%m') AS received_month,
  CASE
    WHEN status IN ('withdrawn', 'refused') THEN 'ended'
    WHEN completed_on <= $as_of AND due_on IS NULL THEN 'done_no_due'
    WHEN completed_on <= $as_of AND completed_on <= due_on THEN 'done_on_time'
    WHEN completed_on <= $as_of THEN 'done_late'
    WHEN completed_on IS NULL AND status = 'done' THEN 'done_no_due'
    WHEN status = 'waiting' THEN 'waiting'
    WHEN due_on IS NULL THEN 'open_no_due'
    WHEN due_on >= $as_of THEN 'open_in_time'
    ELSE 'open_overdue'
  END AS class
FROM dossiers
WHERE received_on IS NULL OR received_on <= $as_of
