--| name = "suspected_petitions"
--| version = 1
--| title = { vi = "Đơn, đối chiếu với các đơn trước", en = "Petitions, compared with those before them" }
--| counts = "petition"
--| parameters = ["as_of"]
--| tables = ["petitions", "proposals", "rulings"]
--| [basis]
--| dataset = "petitions"
--| dimensions = [
--|   { name = "unit", label = { vi = "Cơ quan đang giữ", en = "Holding unit" } },
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "present_province", label = { vi = "Tỉnh, thành phố hiện nay", en = "Province of today" } },
--|   { name = "kind", label = { vi = "Loại đơn", en = "Kind" } },
--|   { name = "class", label = { vi = "Đối chiếu", en = "Comparison" } },
--|   { name = "received_month", label = { vi = "Tháng nhận", en = "Month received" } },
--| ]
--| additive = ["present_province"]
--| dates = [
--|   { name = "received_on", label = { vi = "Ngày nhận", en = "Received on" } },
--| ]
--| shows = [
--|   { name = "title", label = { vi = "Trích yếu", en = "Title" } },
--|   { name = "earlier", label = { vi = "Đơn trước", en = "Earlier petition" } },
--| ]
--| classes = [
--|   { name = "waiting", label = { vi = "Nghi trùng, chờ quyết định", en = "Possible duplicate, waits for a decision" } },
--|   { name = "decided", label = { vi = "Đã có quyết định", en = "Decided" } },
--|   { name = "apart", label = { vi = "Không nghi trùng", en = "No earlier one proposed" } },
--|   { name = "unjudged", label = { vi = "Chưa đối chiếu", en = "Not compared yet" } },
--| ]
-- A petition is a possible duplicate (nghi trùng) when the last run proposes it to be a copy, a re-send or a
-- supplement of an earlier one; it waits until a person has decided about every such pair, whatever they
-- decided. A petition that came or changed since the last run is not compared yet, and counts neither here
-- nor there. Denunciations are told by province and never by a smaller office, and no earlier letter is named.
-- What stands between --keep and --kept is the same for every business date and is made once for a snapshot.
WITH
--keep
kept_rows AS (
  SELECT 0 AS place, p.id, p.source_system, p.source_id, p.title, p.province, p.kind, p.received_on,
    present_province(p.province) AS present_province, to_char(p.received_on, '%Y-%m') AS received_month,
    CASE WHEN p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown')
      THEN 'Tố cáo: chỉ tổng hợp theo tỉnh' ELSE p.unit END AS unit,
    CASE WHEN p.kind IS NULL OR p.kind IN ('denunciation', 'mixed', 'unknown')
      THEN NULL ELSE s.earlier END AS earlier,
    p.valid_from <= r.judged_to AS is_judged, s.settled_on
  FROM petitions AS p
  CROSS JOIN (SELECT max(judged_to) AS judged_to FROM proposals WHERE kind = 'run') AS r
  LEFT JOIN (
    SELECT q.petition, min(q.other) AS earlier, max(coalesce(d.decided_on, DATE '9999-12-31')) AS settled_on
    FROM proposals AS q
    LEFT JOIN (
      SELECT least(petition, other) AS one, greatest(petition, other) AS two,
        min(CAST(decided_at + INTERVAL '7 hours' AS DATE)) AS decided_on
      FROM rulings
      WHERE kind = 'decide'
        AND CAST(ordinal AS VARCHAR) NOT IN (SELECT undoes FROM rulings WHERE undoes IS NOT NULL)
      GROUP BY least(petition, other), greatest(petition, other)
    ) AS d ON d.one = least(q.petition, q.other) AND d.two = greatest(q.petition, q.other)
    WHERE q.kind = 'pair'
    GROUP BY q.petition
  ) AS s ON s.petition = p.id
),
--kept
dated AS (
  SELECT * FROM kept_rows WHERE received_on IS NULL OR received_on <= $as_of
)
SELECT place, id, source_system, source_id, title, province, kind, received_on, present_province, received_month, unit,
  earlier,
  CASE
    WHEN is_judged IS NOT TRUE THEN 'unjudged'
    WHEN settled_on IS NULL THEN 'apart'
    WHEN settled_on <= $as_of THEN 'decided'
    ELSE 'waiting'
  END AS class
FROM dated
