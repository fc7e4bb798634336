--| name = "outranked"
--| takes = ["dataset", "begins"]
-- A matter that stands in two systems counts in the one that is the source of record of its unit on the date
-- asked. The unit's own source goes before the one set for all; where the two rows name units with different
-- sources, the row with the lesser id stays, so that a matter is never lost and never counted twice. Those that
-- do not count are `outranked`.
--keep
matched AS (
--use matched_{dataset}
),
--kept
chosen AS (
  SELECT unit, source
  FROM (
    SELECT unit, source, row_number() OVER (PARTITION BY unit ORDER BY valid_from_on DESC NULLS LAST, id) AS place
    FROM sources_of_record
    WHERE dataset = '{dataset}' AND (valid_from_on IS NULL OR valid_from_on <= $as_of)
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
  JOIN {dataset} AS here ON here.id = m.id
  JOIN {dataset} AS there ON there.id = m.other_id AND (there.{begins} IS NULL OR there.{begins} <= $as_of)
  LEFT JOIN chosen AS h ON h.unit = here.unit
  LEFT JOIN chosen AS t ON t.unit = there.unit
  CROSS JOIN (SELECT max(source) AS source FROM chosen WHERE unit IS NULL) AS g
),
outranked AS (
  SELECT DISTINCT id FROM claimed WHERE votes > 0 OR (votes = 0 AND is_claimed AND id > other_id)
),
