"""Hostile texts: what each is refused by, where every layer stands."""

DEEP = 200

REFUSED: dict[str, tuple[str, str]] = {
    # files
    "copy-to": ("COPY person TO '{outside}/stolen.csv'", "sql-statement"),
    "copy-query": ("COPY (SELECT person_id FROM person) TO '{inside}/stolen.parquet'", "sql-statement"),
    "copy-from": ("COPY person FROM '{outside}/secret.csv'", "sql-statement"),
    "read-csv": ("SELECT s.a FROM read_csv('{outside}/secret.csv') AS s", "sql-function"),
    "read-csv-auto": ("SELECT s.a FROM read_csv_auto('{outside}/secret.csv') AS s", "sql-function"),
    "read-text": ("SELECT s.content AS x FROM read_text('{outside}/secret.csv') AS s", "sql-function"),
    "read-blob": ("SELECT s.content AS x FROM read_blob('/etc/passwd') AS s", "sql-function"),
    "read-json": ("SELECT s.json AS x FROM read_json_objects('{outside}/*') AS s", "sql-function"),
    "read-parquet": ("SELECT s.i AS x FROM read_parquet('{outside}/other.parquet') AS s", "sql-function"),
    "parquet-metadata": (
        "SELECT s.file_name AS x FROM parquet_metadata('{outside}/other.parquet') AS s",
        "sql-function",
    ),
    "parquet-beside": ("SELECT s.i AS x FROM read_parquet('{inside}/beside.parquet') AS s", "sql-function"),
    "sniff": ("SELECT s.\"Columns\" AS x FROM sniff_csv('{outside}/secret.csv') AS s", "sql-function"),
    "glob": ("SELECT g.file AS x FROM glob('{outside}/*') AS g", "sql-function"),
    "file-as-table": ("SELECT a FROM '{outside}/secret.csv'", "sql-table"),
    "file-as-quoted-table": ('SELECT a FROM "{outside}/secret.csv"', "sql-table"),
    "passwd-as-table": ("SELECT column0 FROM '/etc/passwd'", "sql-table"),
    "http": ("SELECT a FROM 'https://example.org/a.csv'", "sql-table"),
    "unc": (r"SELECT a FROM '\\example\share\a.csv'", "sql-table"),
    "own-environment": ("SELECT s.content AS x FROM read_text('/proc/self/environ') AS s", "sql-function"),
    # databases and extensions
    "attach": ("ATTACH '{outside}/base.db' AS base", "sql-statement"),
    "attach-memory": ("ATTACH ':memory:' AS base", "sql-statement"),
    "attach-postgres": ("ATTACH 'dbname=steelyard' AS pg (TYPE postgres)", "sql-statement"),
    "postgres-scan": ("SELECT s.a FROM postgres_scan('', 'public', 'orgs_user') AS s", "sql-function"),
    "install": ("INSTALL httpfs", "sql-statement"),
    "load": ("LOAD httpfs", "sql-statement"),
    "install-from": ("FORCE INSTALL postgres FROM 'http://example.org'", "sql-statement"),
    "export": ("EXPORT DATABASE '{outside}/all'", "sql-statement"),
    "import": ("IMPORT DATABASE '{outside}/all'", "sql-statement"),
    "use": ("USE memory", "sql-statement"),
    # settings
    "set-access": ("SET enable_external_access = true", "sql-statement"),
    "set-threads": ("SET threads = 64", "sql-statement"),
    "reset": ("RESET memory_limit", "sql-statement"),
    "set-path": ("SET search_path = 'pg_catalog'", "sql-statement"),
    "pragma": ("PRAGMA database_list", "sql-statement"),
    "pragma-function": ("SELECT p.name AS x FROM pragma_database_list() AS p", "sql-function"),
    "call": ("CALL pragma_version()", "sql-statement"),
    "getenv": ("SELECT getenv('SECRET_WORD') AS x", "sql-function"),
    "current-setting": ("SELECT current_setting('home_directory') AS x", "sql-function"),
    "variable": ("SET VARIABLE x = 1", "sql-statement"),
    "get-variable": ("SELECT getvariable('x') AS x", "sql-function"),
    # the engine about itself
    "secrets": ("SELECT s.name AS x FROM duckdb_secrets() AS s", "sql-function"),
    "which-secret": ("SELECT s.name AS x FROM which_secret('s3://a', 's3') AS s", "sql-function"),
    "create-secret": ("CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')", "sql-statement"),
    "settings": ("SELECT s.name, s.value FROM duckdb_settings() AS s", "sql-function"),
    "settings-view": ("SELECT name FROM duckdb_settings", "sql-table"),
    "views": ("SELECT v.sql AS x FROM duckdb_views() AS v", "sql-function"),
    "information-schema": ("SELECT table_name FROM information_schema.tables", "sql-name"),
    "pg-catalog": ("SELECT relname FROM pg_catalog.pg_class", "sql-name"),
    "pg-class": ("SELECT relname FROM pg_class", "sql-table"),
    "sqlite-master": ("SELECT sql FROM sqlite_master", "sql-table"),
    "logs": ("SELECT message FROM duckdb_logs", "sql-table"),
    "other-schema": ("SELECT person_id FROM memory.main.person", "sql-name"),
    "another-dataset": ("SELECT account_no FROM bank_account", "sql-table"),
    # names that hide what is read
    "query": ("SELECT q.a FROM query('SELECT 1 AS a') AS q", "sql-function"),
    "query-table": ("SELECT q.person_id FROM query_table('person') AS q", "sql-function"),
    "cte-over-catalogue": ("WITH pg_class AS (SELECT relname FROM pg_class) SELECT relname FROM pg_class", "sql-table"),
    "cte-inside-only": (
        "SELECT x.a FROM (WITH pg_class AS (SELECT 1 AS a) SELECT a FROM pg_class) AS x CROSS JOIN pg_class AS y",
        "sql-table",
    ),
    "cte-named-later": (
        "WITH a AS (SELECT relname FROM pg_class), pg_class AS (SELECT 1 AS b) SELECT relname FROM a",
        "sql-table",
    ),
    "python-variable": ("SELECT table FROM errand", "sql-table"),
    "columns": ("SELECT COLUMNS('.*') FROM person", "sql-function"),
    "star": ("SELECT * EXCLUDE (n) FROM person", "sql-star"),
    "struct": ("SELECT struct_pack(a := 1) AS x", "sql-function"),
    "lambda": ("SELECT list_transform([1, 2], lambda x: x + 1) AS x", "sql-function"),
    "arrow-lambda": ("SELECT list_filter([1], x -> x > 0) AS x", "sql-function"),
    "unnest": ("SELECT UNNEST([1, 2, 3]) AS x", "sql-function"),
    "range": ("SELECT r.range AS x FROM range(1000000000000) AS r", "sql-function"),
    "generate-series": ("SELECT g.x FROM generate_series(1, 1000000000000) AS g(x)", "sql-function"),
    "positional": ("SELECT #1 FROM person", "sql-node"),
    "parameter": ("SELECT $1 AS x", "sql-node"),
    "values": ("SELECT v.a FROM (VALUES (1)) AS v(a)", "sql-node"),
    "pivot": ("PIVOT person ON name USING COUNT(*)", "sql-statement"),
    "sample": ("SELECT person_id FROM person USING SAMPLE 10", "sql-node"),
    "lateral": ("SELECT x.a FROM person, LATERAL (SELECT person.n AS a) AS x", "sql-node"),
    # statements that are no SELECT, or more than one
    "two": ("SELECT 1 AS a; SELECT 2 AS a", "sql-statement"),
    "drop-after": ("SELECT 1 AS a; DROP VIEW person", "sql-statement"),
    "comment-trick": ("SELECT 1 AS a /* ; */ ; -- \nDROP VIEW person", "sql-statement"),
    "dollar-quotes": ("SELECT $$a$$ AS a; DROP VIEW person", "sql-statement"),
    "escaped-quote": (r"SELECT 'a\' AS a; DROP VIEW person; --'", "sql-statement"),
    "escape-string": (r"SELECT E'a\'' AS a; DROP VIEW person; --'", "sql-statement"),
    "insert": ("INSERT INTO person VALUES ('x', 'y', 1)", "sql-statement"),
    "update": ("UPDATE person SET n = 1", "sql-statement"),
    "delete": ("DELETE FROM person", "sql-statement"),
    "truncate": ("TRUNCATE person", "sql-statement"),
    "drop": ("DROP VIEW person", "sql-statement"),
    "create-table": ("CREATE TABLE t AS SELECT person_id FROM person", "sql-statement"),
    "create-view": ("CREATE OR REPLACE VIEW person AS SELECT 1 AS person_id", "sql-statement"),
    "create-macro": ("CREATE MACRO f(x) AS x + 1", "sql-statement"),
    "create-function": ("CREATE FUNCTION f(x) AS TABLE SELECT x AS a", "sql-statement"),
    "select-into": ("SELECT person_id INTO t FROM person", "sql-node"),
    "dml-in-cte": ("WITH gone AS (DELETE FROM person RETURNING person_id) SELECT person_id FROM gone", "sql-node"),
    "dml-in-nested-cte": (
        "SELECT x.a FROM (WITH y AS (WITH z AS (INSERT INTO person VALUES ('a') RETURNING 1 AS a) SELECT a FROM z)"
        " SELECT a FROM y) AS x",
        "sql-node",
    ),
    "prepare": ("PREPARE p AS SELECT 1", "sql-statement"),
    "begin": ("BEGIN TRANSACTION", "sql-statement"),
    "checkpoint": ("FORCE CHECKPOINT", "sql-statement"),
    "vacuum": ("VACUUM", "sql-statement"),
    "explain-analyze": ("EXPLAIN ANALYZE SELECT 1 AS a", "sql-statement"),
    "describe": ("DESCRIBE person", "sql-statement"),
    "summarize": ("SUMMARIZE person", "sql-statement"),
    "show": ("SHOW ALL TABLES", "sql-statement"),
    "nothing": ("-- nothing here", "sql-statement"),
    "empty": ("", "sql-statement"),
    # signs
    "unicode-quotes": ("SELECT ‘a’ AS x; DROP VIEW person", "sql-statement"),
    "fullwidth-semicolon": ("SELECT 1 AS a； DROP VIEW person", "sql-statement"),
    "zero-width": ("SELECT person\u200b_id FROM person", "sql-character"),
    "right-to-left": ("SELECT 1 AS a /* \u202e } */", "sql-character"),
    "nul": ("SELECT 1 AS a\x00; DROP VIEW person", "sql-character"),
    "surrogate": ("SELECT '\ud800' AS a", "sql-character"),
    "bom": ("\ufeffSELECT 1 AS a", "sql-character"),
    # size
    "ten-megabytes": ("SELECT '" + "x" * (10 << 20) + "' AS a", "sql-size"),
    "many-terms": ("SELECT 1" + " + 1" * 15_000 + " AS a", "sql-size"),
    "deep-brackets": ("SELECT " + "(" * DEEP + "1" + ")" * DEEP + " AS a", "sql-depth"),
    "deep-queries": ("SELECT 1 AS a FROM " + "(SELECT 1 AS a FROM " * DEEP + "person" + ") AS q" * DEEP, "sql-depth"),
    "deep-case": ("SELECT " + "CASE WHEN 1 = 1 THEN " * DEEP + "1" + " END" * DEEP + " AS a", "sql-depth"),
    # functions that wait, write or say too much
    "sleep": ("SELECT sleep_ms(100000000) AS x", "sql-function"),
    "pg-sleep": ("SELECT pg_sleep(100000) AS x", "sql-function"),
    "write-log": ("SELECT write_log('x') AS x", "sql-function"),
    "error": ("SELECT error(name) AS x FROM person", "sql-function"),
    "repeat": ("SELECT LENGTH(REPEAT('x', 2000000000)) AS x", "sql-function"),
    "random": ("SELECT RANDOM() AS x", "sql-function"),
    "now": ("SELECT CURRENT_TIMESTAMP AS x", "sql-function"),
    "try-cast": ("SELECT TRY_CAST(name AS INTEGER) AS x FROM person", "sql-function"),
    "regexp-extract": ("SELECT REGEXP_EXTRACT_ALL(name, '(a*)*b') AS x FROM person", "sql-function"),
}
"""Name to (text, rule); ``{inside}`` is the folder handed in, ``{outside}`` one that was not."""

ENDLESS: dict[str, str] = {
    "cross-join": (
        "SELECT COUNT(*) AS x FROM person AS a CROSS JOIN person AS b CROSS JOIN person AS c CROSS JOIN person AS d"
        " WHERE a.n + b.n * c.n = d.n"
    ),
    "recursion": "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 AS a FROM t) SELECT SUM(a) AS x FROM t",
}
"""Texts of the subset that would never end."""

GREEDY: dict[str, str] = {
    "window": (
        "SELECT SUM(a.n) OVER (ORDER BY a.n + b.n ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS x"
        " FROM person AS a CROSS JOIN person AS b CROSS JOIN person AS c"
    ),
    "cross-join-kept": (
        "SELECT string_agg(CONCAT(a.name, b.name, a.person_id), ',' ORDER BY a.n + b.n) AS x"
        " FROM person AS a CROSS JOIN person AS b"
    ),
    "long-text": "SELECT MAX(LENGTH(LPAD(person_id, 900000000, 'x'))) AS x FROM person",
    "growing-text": (
        "WITH RECURSIVE t AS (SELECT 'abcdefgh' AS a UNION ALL SELECT CONCAT(a, a) AS a FROM t)"
        " SELECT MAX(LENGTH(a)) AS x FROM t"
    ),
    "huge-sort": (
        "SELECT a.person_id, b.name FROM person AS a CROSS JOIN person AS b CROSS JOIN person AS c"
        " ORDER BY b.n, a.n, c.n"
    ),
}
"""Texts of the subset that eat memory without end."""

HARMLESS: dict[str, str] = {
    "divide-by-zero": "SELECT CAST(n / 0 AS DECIMAL(18,6)) AS x FROM person",
    "not-a-number": "SELECT CAST('nan' AS DOUBLE) AS x FROM person",
    "infinity": "SELECT CAST('infinity' AS DOUBLE) * 0 AS x FROM person",
    "overflow": "SELECT CAST(n * 9000000000000000000 AS BIGINT) AS x FROM person",
    "bad-cast": "SELECT CAST(name AS INTEGER) AS x FROM person",
    "bad-date": "SELECT CAST(name AS DATE) AS x FROM person",
    "regexp-catastrophe": "SELECT REGEXP_REPLACE(LPAD('a', 200000, 'a'), '(a*)*(a*)*(a|aa)*b', '', 'g') AS x",
    "bad-regexp": "SELECT REGEXP_REPLACE(name, '((((', '', 'g') AS x FROM person",
    "nested-comment": "SELECT 1 AS a /* /* */ ; DROP VIEW person; /* */ */ -- */",
    "semicolon-in-text": "SELECT '; DROP VIEW person; --' AS x FROM person",
    "quote-in-name": 'SELECT "n" AS "x"";DROP VIEW person" FROM person',
    "negative-left": "SELECT LEFT(name, -9223372036854775807) AS x FROM person",
    "years": "SELECT CAST(CAST('2020-01-01' AS DATE) + 2147483647 * INTERVAL '1' YEAR AS DATE) AS x",
}
"""Texts of the subset with strange values: told of or answered, and nothing of the data is said."""

_LIST = "(SELECT '{guess}' AS g UNION ALL SELECT 'somebody else' AS g)"
SPELLING: dict[str, str] = {
    "joined-to-a-list": f"SELECT p.village_code AS x FROM village_project AS p JOIN {_LIST} AS l ON l.g = p.name",
    "joined-by-like": (
        f"SELECT p.village_code AS x FROM village_project AS p JOIN {_LIST} AS l ON p.name LIKE l.g || '%'"
    ),
    "joined-by-order": (
        "SELECT p.village_code AS x FROM village_project AS p JOIN (SELECT '{guess}' AS g) AS l ON p.name <= l.g"
    ),
    "outer-joined": (
        "SELECT CASE WHEN p.name IS NULL THEN 0 ELSE 1 END AS x FROM (SELECT '{guess}' AS g) AS l"
        " LEFT JOIN village_project AS p ON p.name = l.g"
    ),
    "anti-joined": (
        f"SELECT COUNT(*) AS x FROM {_LIST} AS l WHERE NOT EXISTS"
        " (SELECT 1 AS y FROM village_project AS p WHERE p.name = l.g)"
    ),
    "using": "SELECT COUNT(*) AS x FROM village_project AS p JOIN (SELECT '{guess}' AS name) AS l USING (name)",
    "asof": (
        "SELECT p.village_code AS x FROM village_project AS p ASOF JOIN (SELECT '{guess}' AS g) AS l ON p.name >= l.g"
    ),
    "union": (
        "SELECT COUNT(*) AS x FROM (SELECT p.name FROM village_project AS p UNION SELECT '{guess}' AS name) AS u"
    ),
    "except": (
        "SELECT COUNT(*) AS x FROM (SELECT '{guess}' AS name EXCEPT SELECT p.name FROM village_project AS p) AS u"
    ),
    "intersect": (
        "SELECT COUNT(*) AS x FROM (SELECT '{guess}' AS name INTERSECT SELECT p.name FROM village_project AS p) AS u"
    ),
    "union-all-grouped": (
        "SELECT MAX(u.n) AS x FROM (SELECT v.name, COUNT(*) AS n FROM (SELECT p.name FROM village_project AS p"
        " UNION ALL SELECT '{guess}' AS name) AS v GROUP BY v.name) AS u"
    ),
    "correlated": (
        "SELECT l.n AS x FROM (SELECT 1 AS n, '{guess}' AS g) AS l"
        " WHERE EXISTS (SELECT 1 AS y FROM village_project AS p WHERE p.name = l.g)"
    ),
    "scalar": "SELECT (SELECT COUNT(*) FROM village_project AS p WHERE p.name = '{guess}') AS x",
    "in-list": "SELECT p.village_code AS x FROM village_project AS p WHERE p.name IN ('{guess}', 'somebody else')",
    "in-query": f"SELECT p.village_code AS x FROM village_project AS p WHERE p.name IN (SELECT l.g FROM {_LIST} AS l)",
    "like": "SELECT p.village_code AS x FROM village_project AS p WHERE p.name LIKE '{start}%'",
    "ilike": "SELECT p.village_code AS x FROM village_project AS p WHERE p.name ILIKE '%{start}%'",
    "regexp": "SELECT p.village_code AS x FROM village_project AS p WHERE REGEXP_MATCHES(p.name, '^{start}')",
    "regexp-replace": (
        "SELECT p.village_code AS x FROM village_project AS p WHERE REGEXP_REPLACE(p.name, '^{start}.*', 'yes') = 'yes'"
    ),
    "left": "SELECT p.village_code AS x FROM village_project AS p WHERE LEFT(p.name, 4) = '{start}'",
    "substring": "SELECT p.village_code AS x FROM village_project AS p WHERE SUBSTRING(p.name, 1, 4) = '{start}'",
    "length": "SELECT p.village_code AS x FROM village_project AS p WHERE LENGTH(p.name) = {length}",
    "ascii": "SELECT p.village_code AS x FROM village_project AS p WHERE ASCII(p.name) = {first}",
    "position": "SELECT p.village_code AS x FROM village_project AS p WHERE POSITION('{start}' IN p.name) = 1",
    "split": "SELECT p.village_code AS x FROM village_project AS p WHERE SPLIT_PART(p.name, ' ', 1) = '{start}'",
    "list": "SELECT p.village_code AS x FROM village_project AS p WHERE LIST_CONTAINS([p.name], '{guess}')",
    "having": (
        "SELECT p.village_code AS x FROM village_project AS p GROUP BY p.village_code HAVING MAX(p.name) = '{last}'"
    ),
    "having-like": (
        "SELECT p.name, COUNT(*) AS x FROM village_project AS p GROUP BY p.name HAVING p.name LIKE '{start}%'"
    ),
    "least": "SELECT CASE WHEN MIN(p.name) < '{start}z' THEN 'red' ELSE 'blue' END AS grade FROM village_project AS p",
    "greatest": (
        "SELECT CASE WHEN MAX(p.name) = '{last}' THEN 'red' ELSE 'blue' END AS grade FROM village_project AS p"
    ),
    "between": "SELECT p.village_code AS x FROM village_project AS p WHERE p.name BETWEEN '{start}' AND '{start}z'",
    "filter": "SELECT COUNT(*) FILTER (WHERE p.name = '{guess}') AS x FROM village_project AS p",
    "qualify": (
        "SELECT p.village_code AS x FROM village_project AS p QUALIFY FIRST_VALUE(p.name) OVER (ORDER BY p.name)"
        " LIKE '{start}%'"
    ),
    "nullif": "SELECT COUNT(NULLIF(p.name, '{guess}')) AS x FROM village_project AS p",
    "case-of": "SELECT COUNT(CASE p.name WHEN '{guess}' THEN 1 END) AS x FROM village_project AS p",
    "is-distinct": "SELECT p.village_code AS x FROM village_project AS p WHERE p.name IS NOT DISTINCT FROM '{guess}'",
    "cast-breaks": (
        "SELECT CAST(CASE WHEN p.name = '{guess}' THEN 'n' ELSE '1' END AS INTEGER) AS x FROM village_project AS p"
    ),
    "replaced": (
        "SELECT p.village_code AS x FROM village_project AS p WHERE LENGTH(REPLACE(p.name, '{guess}', '')) < 2"
    ),
    "division-breaks": (
        "SELECT CAST(9000000000000000000 * CASE WHEN p.name = '{guess}' THEN 9 ELSE 1 END AS BIGINT) AS x"
        " FROM village_project AS p"
    ),
    "aggregated": (
        "SELECT CASE WHEN string_agg(p.name, ',' ORDER BY p.name) LIKE '%{guess}%' THEN 'red' ELSE 'blue' END AS grade"
        " FROM village_project AS p"
    ),
    "grown-letter-by-letter": (
        "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT t.n + 1 AS n FROM t WHERE t.n < 9 AND EXISTS"
        " (SELECT 1 AS y FROM village_project AS p WHERE LEFT(p.name, t.n) = LEFT('{guess}', t.n)))"
        " SELECT MAX(t.n) AS x FROM t"
    ),
    "key-joined-to-a-list": (
        "SELECT p.village_code AS x FROM village_project AS p JOIN (SELECT '{key}' AS g) AS l ON l.g = p.contractor_id"
    ),
    "key-like": "SELECT p.village_code AS x FROM village_project AS p WHERE p.contractor_id LIKE '{key}%'",
}
"""Texts that try whether a value is what its author guesses; to a right guess they must answer as to a wrong one."""
