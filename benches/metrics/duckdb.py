# Runs statements of the bench in DuckDB over the same Parquet files; reads a job as JSON, tells a line of JSON
# for each statement. Ends with a word on the reason when the package is not there.
import datetime
import json
import sys
import time

try:
    import duckdb
except ImportError:
    print("no duckdb in this Python: left out (pip install duckdb)")
    sys.exit(0)

job = json.load(sys.stdin)
db = duckdb.connect()
db.execute(f"SET threads = {job['threads']}")
for name, files in job["tables"].items():
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    db.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
db.execute("CREATE TABLE handling (kind VARCHAR, day DATE, due DATE)")
db.executemany("INSERT INTO handling VALUES (?, ?, ?)", job["handling"])
db.execute(
    "CREATE MACRO handling_due(k, d, u) AS "
    "(SELECT max(due) FROM handling AS h WHERE h.kind = coalesce(k, '') AND h.day = d)"
)
# No figure asked here is told by the provinces of today.
db.execute("CREATE MACRO present_province(p) AS p")
for statement in job["statements"]:
    values = {
        name: datetime.date.fromisoformat(value["date"]) if isinstance(value, dict) else value
        for name, value in statement["parameters"].items()
    }
    seconds, rows = [], []
    try:
        for _ in range(job["rounds"]):
            began = time.perf_counter()
            rows = db.execute(statement["sql"], values).fetchall()
            seconds.append(time.perf_counter() - began)
    except duckdb.Error as error:
        print(f"{statement['name']}: {error}")
        continue
    sums = [sum(column) for column in zip(*rows)] if rows else []
    print(json.dumps({"name": statement["name"], "seconds": sorted(seconds)[len(seconds) // 2], "sums": sums}))
