--| name = "recorded_petitions"
--| version = 1
--| title = { vi = "Đơn, ngày nhận so với ngày vào hệ thống", en = "Petitions, day of receipt against day of entry" }
--| counts = "petition"
--| parameters = ["as_of"]
--| tables = ["petitions"]
--| [basis]
--| dataset = "petitions"
--| recorded = true
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan đang giữ", en = "Holding unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "kind", label = { vi = "Loại đơn", en = "Kind" } },
--|   { name = "channel", label = { vi = "Nguồn đơn", en = "Channel" } },
--|   { name = "class", label = { vi = "Vào hệ thống", en = "Entry" } },
--|   { name = "recorded_month", label = { vi = "Tháng vào hệ thống", en = "Month of entry" } },
--| ]
--| dates = [
--|   { name = "received_on", label = { vi = "Ngày nhận", en = "Received on" } },
--|   { name = "recorded_on", label = { vi = "Ngày vào hệ thống", en = "Entered on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "days_between", label = { vi = "Số ngày giữa hai ngày", en = "Days between" } },
--|   { name = "days_allowed", label = { vi = "Số ngày chấp nhận", en = "Days allowed" } },
--| ]
--| classes = [
--|   { name = "backdated", label = { vi = "Ngày nhận lùi so với ngày vào hệ thống", en = "Received long before it was entered" } },
--|   { name = "in_time", label = { vi = "Vào hệ thống kịp thời", en = "Entered in time" } },
--|   { name = "taken_over", label = { vi = "Chuyển từ dữ liệu cũ", en = "Taken over from older data" } },
--|   { name = "unknown", label = { vi = "Không rõ ngày nhận", en = "Day of receipt unknown" } },
--| ]
-- The day a petition first came into the store is that of the first commit that knew it. What came on the
-- first day of its source was taken over from older data and tells nothing. The number of days that may lie
-- between is dated data (rules/flags.toml). A sign to look again, no verdict. Denunciations are told by
-- province and never by a smaller office.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--keep
kept_first AS (
  SELECT id, min(valid_from) AS first_commit FROM recorded GROUP BY id
),
--kept
--keep
kept_days AS (
  SELECT p.source_system, p.received_on, min(commit_day(f.first_commit)) AS recorded_on
  FROM petitions AS p
  JOIN kept_first AS f ON f.id = p.id
  GROUP BY p.source_system, p.received_on
),
--kept
--keep
kept_rows AS (
  SELECT 0 AS place, p.id, p.source_system, p.source_id, p.title, p.province, p.kind, p.channel, p.received_on,
    commit_day(f.first_commit) AS recorded_on, to_char(commit_day(f.first_commit), '%Y-%m') AS recorded_month,
    CAST(commit_day(f.first_commit) AS INTEGER) - CAST(p.received_on AS INTEGER) AS days_between,
    flag_limit('backdated', p.received_on) AS days_allowed,
    CASE WHEN p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown')
      THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE p.unit END AS unit
  FROM petitions AS p
  JOIN kept_first AS f ON f.id = p.id
),
--kept
began AS (
  SELECT source_system, min(recorded_on) AS began_on
  FROM kept_days
  WHERE received_on IS NULL OR received_on <= $as_of
  GROUP BY source_system
)
SELECT r.place, r.id, r.source_system, r.source_id, r.title, r.province, r.kind, r.channel, r.received_on,
  r.recorded_on, r.days_between, r.days_allowed, r.unit, r.recorded_month,
  CASE
    WHEN r.received_on IS NULL OR r.recorded_on IS NULL OR r.days_allowed IS NULL THEN 'unknown'
    WHEN r.recorded_on = b.began_on THEN 'taken_over'
    WHEN r.days_between > r.days_allowed THEN 'backdated'
    ELSE 'in_time'
  END AS class
FROM kept_rows AS r
LEFT JOIN began AS b ON b.source_system = r.source_system
WHERE r.received_on IS NULL OR r.received_on <= $as_of
