--| name = "matched_petitions"
--| version = 1
--| title = { vi = "Đơn có ở hai hệ thống", en = "Petitions that stand in two systems" }
--| counts = "petition"
--| tables = ["petitions"]
--| columns = [
--|   { name = "id", label = { vi = "Mã", en = "Id" } },
--|   { name = "other_system", label = { vi = "Hệ thống kia", en = "Other system" } },
--|   { name = "other_id", label = { vi = "Mã ở hệ thống kia", en = "Id in the other system" } },
--|   { name = "rule", label = { vi = "Ghép theo", en = "Matched by" } },
--| ]
-- Which records of two systems are one matter. First by key: the same key in both, and the same day, title or
-- number, for two systems that number from 1 share keys by chance. What is left is paired by evidence, one to
-- one and in the order of ids: the number (with its day), or where there is none the same title, day
-- and province. Both directions are listed. Texts are compared without case; nothing is guessed.
WITH paired AS (
--use two_systems dataset=petitions
),
keyed AS (
  SELECT id, k.source_system, source_id, title, number, received_on,
    coalesce(
      CASE WHEN number IS NOT NULL AND received_on IS NOT NULL THEN concat('n|', number, '|', CAST(received_on AS VARCHAR)) END,
      CASE WHEN title IS NOT NULL AND received_on IS NOT NULL THEN concat('t|', lower(trim(title)), '|', CAST(received_on AS VARCHAR), '|', coalesce(province, '')) END
    ) AS evidence
  FROM paired
  JOIN petitions AS k ON k.source_system = paired.source_system
),
by_key AS (
  SELECT a.id, b.source_system AS other_system, b.id AS other_id
  FROM keyed AS a
  JOIN keyed AS b ON b.source_id = a.source_id
  WHERE b.source_system <> a.source_system AND (a.received_on = b.received_on OR lower(trim(a.title)) = lower(trim(b.title)) OR a.number = b.number)
),
waiting AS (
  SELECT k.id, k.source_system, s.source_system AS other_system, k.evidence,
    row_number() OVER (PARTITION BY k.source_system, s.source_system, k.evidence ORDER BY k.id) AS place
  FROM keyed AS k
  CROSS JOIN paired AS s
  LEFT JOIN by_key ON by_key.id = k.id AND by_key.other_system = s.source_system
  WHERE s.source_system <> k.source_system AND k.evidence IS NOT NULL AND by_key.id IS NULL
)
SELECT id, other_system, other_id, 'key' AS rule FROM by_key
UNION ALL
SELECT a.id, a.other_system, b.id AS other_id, 'evidence' AS rule
FROM waiting AS a
JOIN waiting AS b ON b.evidence = a.evidence AND b.place = a.place
  AND b.source_system = a.other_system AND b.other_system = a.source_system
