--| name = "two_systems"
--| takes = ["dataset"]
-- While there is one system only, no row is read; the limit is more than there are systems, and tells the planner so.
  SELECT DISTINCT s.source_system
  FROM (SELECT DISTINCT source_system FROM {dataset}) AS s
  CROSS JOIN (SELECT min(source_system) AS lowest, max(source_system) AS highest FROM {dataset}) AS ends
  WHERE ends.lowest <> ends.highest
  LIMIT 100000
