//! Deadlines by the rules in force and by others, where the two differ. `{of_subject}` is the condition that an
//! event is one of these records.

/// Cases: extensions with their paper, suspensions and resumptions counted in, as everywhere.
pub(super) const CASES: &str = "WITH steps AS (
  SELECT source_system, subject_id,
    string_agg(concat(CASE kind WHEN 'extended' THEN 'e' WHEN 'suspended' THEN 's' ELSE 'r' END,
      CAST(happened_on AS VARCHAR)), ';' ORDER BY happened_on, kind) AS steps
  FROM events
  WHERE kind IN ('extended', 'suspended', 'resumed') AND happened_on <= $as_of
    AND (kind <> 'extended' OR decision_number IS NOT NULL) {of_subject}
  GROUP BY source_system, subject_id
),
dated AS (
  SELECT c.id, c.unit, c.province, c.kind, c.due_on, c.closed_on,
    coalesce(c.closed_on <= $as_of, c.status IN ('closed', 'withdrawn')) AS is_done,
    legal_due(c.kind, c.stage, c.opened_on, s.steps, c.unit, c.province, c.commune) AS before,
    legal_due_next(c.kind, c.stage, c.opened_on, s.steps, c.unit, c.province, c.commune) AS after
  FROM cases AS c
  LEFT JOIN steps AS s ON s.source_system = c.source_system AND s.subject_id = c.source_id
)
SELECT id,
  CASE WHEN kind IS NULL OR kind IN ('denunciation', 'mixed', 'unknown')
    THEN concat('Tố cáo: ', coalesce(province, '')) ELSE coalesce(unit, '') END AS unit,
  before, after, due_on IS NULL AS judges, NOT coalesce(is_done, FALSE) AS open,
  CASE
    WHEN due_on IS NOT NULL OR (coalesce(closed_on, $as_of) > before) = (coalesce(closed_on, $as_of) > after) THEN NULL
    WHEN coalesce(closed_on, $as_of) > after THEN 'late'
    ELSE 'in_time'
  END AS becomes
FROM dated
WHERE before IS DISTINCT FROM after";

/// Petitions: their handling.
pub(super) const PETITIONS: &str = "WITH first_steps AS (
  SELECT source_system, subject_id, min(happened_on) AS happened_on
  FROM events
  WHERE kind IN ('guided', 'forwarded', 'returned', 'filed', 'refused', 'accepted', 'urged')
    {of_subject}
  GROUP BY source_system, subject_id
),
dated AS (
  SELECT p.id, p.unit, p.province, p.kind, least(s.happened_on, p.resolved_on) AS handled_on,
    handling_due(p.kind, p.received_on, p.unit) AS before,
    handling_due_next(p.kind, p.received_on, p.unit) AS after
  FROM petitions AS p
  LEFT JOIN first_steps AS s ON s.source_system = p.source_system AND s.subject_id = p.source_id
)
SELECT id,
  CASE WHEN kind IS NULL OR kind IN ('denunciation', 'mixed', 'unknown')
    THEN concat('Tố cáo: ', coalesce(province, '')) ELSE coalesce(unit, '') END AS unit,
  before, after, TRUE AS judges, handled_on IS NULL AS open,
  CASE
    WHEN (coalesce(handled_on, $as_of) > before) = (coalesce(handled_on, $as_of) > after) THEN NULL
    WHEN coalesce(handled_on, $as_of) > after THEN 'late'
    ELSE 'in_time'
  END AS becomes
FROM dated
WHERE before IS DISTINCT FROM after";
