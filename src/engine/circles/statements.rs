//! The statements that find letters in circles. `{circles}` and `{letters}` are bounds of
//! [`crate::domain::limits`]; `$as_of` is the business date.

/// The last day's forwards of letters that nobody has answered since, oldest first. An answer is an event
/// with which a unit takes, settles or gives back the letter, or a decision on it.
pub(super) const LATE: &str = "
WITH forwards AS (
  SELECT source_system, subject_id, source_id AS event_id, happened_on, unit, to_unit FROM events
  WHERE kind = 'forwarded' AND happened_on <= $as_of
),
newest AS (
  SELECT source_system, subject_id, max(happened_on) AS forwarded_on FROM forwards GROUP BY source_system, subject_id
),
answers AS (
  SELECT source_system, subject_id, max(happened_on) AS answered_on FROM (
    SELECT source_system, subject_id, happened_on FROM events
    WHERE happened_on <= $as_of AND kind IN ('guided', 'returned', 'filed', 'refused', 'accepted', 'verified',
      'dialogue', 'terminated', 'withdrawn', 'decided', 'published', 'executed', 'closed')
    UNION ALL
    SELECT source_system, petition_id AS subject_id, issued_on AS happened_on FROM decisions
    WHERE issued_on <= $as_of AND petition_id IS NOT NULL
  ) AS answered GROUP BY source_system, subject_id
),
waiting AS (
  SELECT newest.source_system, newest.subject_id, newest.forwarded_on, letters.id, letters.source_id,
    letters.kind, letters.title, letters.unit, letters.direction
  FROM newest
  JOIN petitions AS letters
    ON letters.source_system = newest.source_system AND letters.source_id = newest.subject_id
  LEFT JOIN answers
    ON answers.source_system = newest.source_system AND answers.subject_id = newest.subject_id
  WHERE answers.answered_on IS NULL OR answers.answered_on < newest.forwarded_on
  ORDER BY newest.forwarded_on, letters.id LIMIT {circles}
)
SELECT waiting.id, waiting.source_id, waiting.kind, waiting.title, waiting.unit, waiting.direction,
  forwards.happened_on, forwards.unit AS from_unit, forwards.to_unit
FROM waiting
JOIN forwards ON forwards.source_system = waiting.source_system
  AND forwards.subject_id = waiting.subject_id AND forwards.happened_on = waiting.forwarded_on
ORDER BY waiting.forwarded_on, waiting.id, forwards.event_id";

/// Every forward of letters that were forwarded to a unit which had forwarded them, newest return first.
pub(super) const CYCLES: &str = "
WITH forwards AS (
  SELECT source_system, subject_id, source_id AS event_id, happened_on, unit, to_unit FROM events
  WHERE kind = 'forwarded' AND happened_on <= $as_of AND unit IS NOT NULL AND to_unit IS NOT NULL
),
returned AS (
  SELECT later.source_system, later.subject_id, max(later.happened_on) AS returned_on
  FROM forwards AS later
  JOIN forwards AS earlier
    ON earlier.source_system = later.source_system AND earlier.subject_id = later.subject_id
    AND lower(trim(earlier.unit)) = lower(trim(later.to_unit))
  WHERE earlier.happened_on <= later.happened_on AND earlier.event_id <> later.event_id
  GROUP BY later.source_system, later.subject_id
  ORDER BY returned_on DESC, later.source_system, later.subject_id LIMIT {circles}
)
SELECT letters.id, letters.source_id, letters.title, letters.unit, letters.direction,
  forwards.happened_on, forwards.unit AS from_unit, forwards.to_unit
FROM returned
JOIN petitions AS letters
  ON letters.source_system = returned.source_system AND letters.source_id = returned.subject_id
JOIN forwards
  ON forwards.source_system = returned.source_system AND forwards.subject_id = returned.subject_id
ORDER BY returned.returned_on DESC, letters.id, forwards.happened_on, forwards.event_id";

/// Letters of cases whose letters were given different directions, the case with the newest letter first;
/// of each direction the first few.
pub(super) const DIRECTIONS: &str = "
WITH letters AS (
  SELECT id, source_system, source_id, title, unit, direction, received_on, case_id FROM petitions
  WHERE case_id IS NOT NULL AND direction IS NOT NULL AND (received_on IS NULL OR received_on <= $as_of)
),
differing AS (
  SELECT source_system, case_id, count(*) AS letters, max(received_on) AS newest_on FROM letters
  GROUP BY source_system, case_id HAVING count(DISTINCT direction) > 1
  ORDER BY newest_on DESC, source_system, case_id LIMIT {circles}
),
numbered AS (
  SELECT letters.*, differing.letters, differing.newest_on,
    row_number() OVER (
      PARTITION BY letters.source_system, letters.case_id, letters.direction
      ORDER BY letters.received_on, letters.id
    ) AS place
  FROM letters
  JOIN differing ON differing.source_system = letters.source_system AND differing.case_id = letters.case_id
)
SELECT id, source_id, title, unit, direction, case_id, source_system || '|' || case_id AS case_key, letters
FROM numbered WHERE place <= {letters}
ORDER BY newest_on DESC, source_system, case_id, received_on, id";

/// What was searched, by source.
pub(super) const SEARCHED: &str = "
WITH forwards AS (
  SELECT source_system, count(*) AS forwards FROM events
  WHERE kind = 'forwarded' AND happened_on <= $as_of GROUP BY source_system
),
letters AS (
  SELECT source_system, count(*) AS letters, count(DISTINCT unit) AS units, max(received_on) AS newest
  FROM petitions GROUP BY source_system
)
SELECT letters.source_system, letters.letters, letters.units, letters.newest,
  coalesce(forwards.forwards, 0) AS forwards
FROM letters LEFT JOIN forwards ON forwards.source_system = letters.source_system
ORDER BY letters.source_system";
