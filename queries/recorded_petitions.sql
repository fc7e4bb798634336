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
WITH first_seen AS (
  SELECT id, min(valid_from) AS first_commit FROM recorded GROUP BY id
),
dated AS (
  SELECT p.id, p.source_system, p.source_id, p.title, p.unit, p.province, p.kind, p.channel, p.received_on,
    commit_day(f.first_commit) AS recorded_on,
    min(commit_day(f.first_commit)) OVER (PARTITION BY p.source_system) AS began_on,
    CAST(commit_day(f.first_commit) AS INTEGER) - CAST(p.received_on AS INTEGER) AS days_between,
    flag_limit('backdated', p.received_on) AS days_allowed,
    p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown') AS is_guarded
  FROM petitions AS p
  JOIN first_seen AS f ON f.id = p.id
  WHERE p.received_on IS NULL OR p.received_on <= $as_of
)
SELECT id, source_system, source_id, title, province, kind, channel, received_on, recorded_on, days_between,
  days_allowed,
  CASE WHEN is_guarded THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
  to_char(recorded_on, '%Y-%m') AS recorded_month,
  CASE
    WHEN received_on IS NULL OR recorded_on IS NULL OR days_allowed IS NULL THEN 'unknown'
    WHEN recorded_on = began_on THEN 'taken_over'
    WHEN days_between > days_allowed THEN 'backdated'
    ELSE 'in_time'
  END AS class
FROM dated
