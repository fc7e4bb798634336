--| name = "standing_units"
--| version = 1
--| title = { vi = "Cơ quan còn hay đã thôi, và cơ quan kế thừa", en = "Offices that stand or have ended, and their successors" }
--| counts = "unit"
--| parameters = ["as_of"]
--| tables = ["units"]
--| columns = [
--|   { name = "name", label = { vi = "Cơ quan", en = "Office" } },
--|   { name = "heir", label = { vi = "Cơ quan kế thừa", en = "Successor" } },
--|   { name = "is_living", label = { vi = "Đang hoạt động", en = "Stands" } },
--| ]
-- Of each office of the table whether it stands on the business date, and of one that has ended its successor then,
-- over at most two steps; without one, or with several, it is not determined (chưa xác định).
WITH living AS (
  SELECT code, min(name) AS name
  FROM units
  WHERE (valid_from_on IS NULL OR valid_from_on <= $as_of) AND (valid_to_on IS NULL OR valid_to_on >= $as_of)
  GROUP BY code
),
ended AS (
  SELECT name, code, last_value(successor_code ORDER BY valid_to_on) AS successor_code
  FROM units
  WHERE valid_to_on < $as_of
  GROUP BY name, code
),
ways AS (
  SELECT e.name, coalesce(l.name, later.name, 'chưa xác định') AS heir
  FROM ended AS e
  LEFT JOIN living AS l ON l.code = e.successor_code
  LEFT JOIN ended AS between_them ON l.code IS NULL AND between_them.code = e.successor_code
  LEFT JOIN living AS later ON later.code = between_them.successor_code
),
heirs AS (
  SELECT w.name, CASE WHEN min(w.heir) = max(w.heir) THEN min(w.heir) ELSE 'chưa xác định' END AS heir
  FROM ways AS w
  LEFT JOIN (SELECT DISTINCT name FROM living) AS alive ON alive.name = w.name
  WHERE alive.name IS NULL
  GROUP BY w.name
)
SELECT u.name, min(h.heir) AS heir, bool_or(u.valid_to_on IS NULL OR u.valid_to_on >= $as_of) AS is_living
FROM units AS u
LEFT JOIN heirs AS h ON h.name = u.name
WHERE u.name IS NOT NULL
GROUP BY u.name
