--| name = "judged_receptions"
--| version = 1
--| title = { vi = "Lượt tiếp công dân, mỗi dòng sổ xét một lần", en = "Receptions, each entry judged once" }
--| counts = "reception"
--| parameters = ["as_of"]
--| tables = ["receptions"]
--| [basis]
--| dataset = "receptions"
--| dimensions = [
--|   { name = "unit", label = { vi = "Nơi tiếp", en = "Receiving unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "kind", label = { vi = "Loại đơn", en = "Kind" } },
--|   { name = "class", label = { vi = "Hình thức tiếp theo biểu", en = "Sort of reception" } },
--| ]
--| dates = [{ name = "received_on", label = { vi = "Ngày tiếp", en = "Received on" } }]
--| shows = [
--|   { name = "title", label = { vi = "Tóm tắt", en = "Summary" } },
--|   { name = "visits", label = { vi = "Số lượt", en = "Visits" } },
--|   { name = "people", label = { vi = "Số người", en = "People" } },
--|   { name = "is_again", label = { vi = "Tiếp nhiều lần", en = "Repeated" } },
--|   { name = "is_group", label = { vi = "Đoàn đông người", en = "Group" } },
--|   { name = "is_first_of_day", label = { vi = "Dòng đầu của kỳ tiếp", en = "First of its session" } },
--| ]
--| classes = [
--|   { name = "regular", label = { vi = "Thường xuyên", en = "Regular" } },
--|   { name = "leader", label = { vi = "Thủ trưởng tiếp", en = "By the leader" } },
--|   { name = "delegated", label = { vi = "Ủy quyền tiếp", en = "Delegated" } },
--| ]
-- An entry of the reception book is one matter; an entry that says nothing of visits or people is one visit of
-- one person. A matter that came more than once is "repeated". A session (kỳ tiếp) is a day on which one
-- unit's leader received. What is not said to be a leader's reception is a regular one, online ones too.
-- Denunciations are told by province and never by a smaller office.
SELECT id, source_system, source_id, title, province, kind, received_on,
  CASE WHEN kind IS NULL OR kind IN ('denunciation', 'mixed', 'unknown') THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE unit END AS unit,
  coalesce(visits, 1) AS visits, coalesce(people, 1) AS people, coalesce(visits, 1) > 1 AS is_again,
  coalesce(is_group, people >= 5, FALSE) AS is_group,
  row_number() OVER (PARTITION BY unit, received_on, received_by ORDER BY id) = 1 AS is_first_of_day,
  CASE WHEN received_by IN ('leader_periodic', 'leader_urgent') THEN 'leader'
    WHEN received_by = 'delegated' THEN 'delegated' ELSE 'regular' END AS class
FROM receptions
WHERE received_on <= $as_of
