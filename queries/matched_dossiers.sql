--| name = "matched_dossiers"
--| version = 1
--| title = { vi = "Hồ sơ có ở hai hệ thống", en = "Dossiers that stand in two systems" }
--| counts = "dossier"
--| tables = ["dossiers"]
--| columns = [
--|   { name = "id", label = { vi = "Mã", en = "Id" } },
--|   { name = "other_system", label = { vi = "Hệ thống kia", en = "Other system" } },
--|   { name = "other_id", label = { vi = "Mã ở hệ thống kia", en = "Id in the other system" } },
--|   { name = "rule", label = { vi = "Ghép theo", en = "Matched by" } },
--| ]
-- Which records of two systems are one matter. First by key (the dossier's number): the same key in both, and
-- the same day or title, for two systems that number from 1 share keys by chance. What is left is matched by the
-- same title, day, procedure and unit where either system has exactly one such dossier: an office takes in many
-- of one title a day, and which of them is which is not guessed. Both directions are listed.
WITH paired AS (
--use two_systems dataset=dossiers
),
keyed AS (
  SELECT id, k.source_system, source_id, title, received_on,
    CASE WHEN title IS NOT NULL AND received_on IS NOT NULL
      THEN concat(lower(trim(title)), '|', CAST(received_on AS VARCHAR), '|', coalesce(procedure_code, procedure, ''), '|', coalesce(unit, '')) END AS evidence
  FROM paired
  JOIN dossiers AS k ON k.source_system = paired.source_system
),
by_key AS (
  SELECT a.id, b.source_system AS other_system, b.id AS other_id
  FROM keyed AS a
  JOIN keyed AS b ON b.source_id = a.source_id
  WHERE b.source_system <> a.source_system AND (a.received_on = b.received_on OR lower(trim(a.title)) = lower(trim(b.title)))
),
waiting AS (
  SELECT k.id, k.source_system, s.source_system AS other_system, k.evidence,
    min(k.id) OVER alike = max(k.id) OVER alike AS is_alone
  FROM keyed AS k
  CROSS JOIN paired AS s
  LEFT JOIN by_key ON by_key.id = k.id AND by_key.other_system = s.source_system
  WHERE s.source_system <> k.source_system AND k.evidence IS NOT NULL AND by_key.id IS NULL
  WINDOW alike AS (PARTITION BY k.source_system, s.source_system, k.evidence)
)
SELECT id, other_system, other_id, 'key' AS rule FROM by_key
UNION ALL
SELECT a.id, a.other_system, b.id AS other_id, 'evidence' AS rule
FROM waiting AS a
JOIN waiting AS b ON b.evidence = a.evidence AND b.source_system = a.other_system AND b.other_system = a.source_system
WHERE a.is_alone AND b.is_alone
