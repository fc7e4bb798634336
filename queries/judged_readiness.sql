--| name = "judged_readiness"
--| version = 1
--| title = { vi = "Ô số liệu của chỉ số, mỗi ô của mỗi nguồn một lần", en = "Cells of readiness indexes, one a source" }
--| counts = "cell"
--| parameters = ["as_of"]
--| tables = ["readiness"]
--| [basis]
--| dataset = "readiness"
--| dimensions = [
--|   { name = "family", label = { vi = "Bộ chỉ số", en = "Family" } },
--|   { name = "edition", label = { vi = "Kỳ", en = "Edition" } },
--|   { name = "province_name", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "indicator", label = { vi = "Chỉ tiêu", en = "Indicator" } },
--|   { name = "source", label = { vi = "Nguồn", en = "Source" } },
--|   { name = "class", label = { vi = "Cách có số liệu", en = "Origin" } },
--| ]
--| dates = [
--|   { name = "published_on", label = { vi = "Ngày công bố", en = "Published on" } },
--| ]
--| shows = [
--|   { name = "province", label = { vi = "Mã tỉnh", en = "Code" } },
--|   { name = "value", label = { vi = "Giá trị", en = "Value" } },
--|   { name = "rank", label = { vi = "Hạng", en = "Rank" } },
--|   { name = "is_contradicted", label = { vi = "Nguồn khác nói khác", en = "Contradicted" } },
--|   { name = "note", label = { vi = "Ghi chú", en = "Note" } },
--| ]
--| classes = [
--|   { name = "published", label = { vi = "Công bố", en = "Published" } },
--|   { name = "derived", label = { vi = "Suy ra", en = "Derived" } },
--|   { name = "computed", label = { vi = "Tự tính", en = "Computed" } },
--| ]
-- A cell is contradicted when published cells of the same family, edition, province and indicator differ in
-- value or rank. Nothing is chosen between them.
WITH said AS (
  SELECT family, edition, coalesce(nullif(province, ''), province_name) AS place, indicator,
    coalesce(min(value) <> max(value), FALSE) OR coalesce(min(rank) <> max(rank), FALSE) AS is_contradicted
  FROM readiness WHERE coalesce(origin, 'published') = 'published'
  GROUP BY family, edition, coalesce(nullif(province, ''), province_name), indicator
)
SELECT r.id, r.source_system, r.source_id, r.family, r.edition, r.province, r.province_name, r.indicator, r.value,
  r.rank, r.source, r.note, r.published_on,
  coalesce(r.origin, 'published') = 'published' AND coalesce(s.is_contradicted, FALSE) AS is_contradicted,
  coalesce(r.origin, 'published') AS class
FROM readiness AS r
LEFT JOIN said AS s ON s.family = r.family AND s.edition = r.edition AND s.indicator = r.indicator
  AND s.place = coalesce(nullif(r.province, ''), r.province_name)
WHERE r.published_on IS NULL OR r.published_on <= $as_of
