--| name = "sources"
--| version = 1
--| title = { vi = "Hệ thống nguồn của hồ sơ", en = "Source systems of records" }
--| counts = "record"
--| tables = ["attachments", "cases", "contents", "decisions", "documents", "dossiers", "events", "inspections", "petitions", "provinces", "readiness", "receptions", "recommendations", "rollouts", "task_due_dates", "task_units", "tasks", "units"]
--| columns = [
--|   { name = "source_system", label = { vi = "Hệ thống nguồn", en = "Source system" } },
--|   { name = "records", label = { vi = "Số bản ghi", en = "Records" } },
--| ]
-- Which systems the records come from; simulated records come from a system of their own.
SELECT source_system, sum(records) AS records
FROM (
  SELECT source_system, count(*) AS records FROM attachments GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM cases GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM contents GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM decisions GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM documents GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM dossiers GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM events GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM inspections GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM petitions GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM provinces GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM readiness GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM receptions GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM recommendations GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM rollouts GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM task_due_dates GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM task_units GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM tasks GROUP BY source_system
  UNION ALL
  SELECT source_system, count(*) AS records FROM units GROUP BY source_system
) AS counted
GROUP BY source_system
ORDER BY source_system
