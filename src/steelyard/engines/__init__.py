"""DuckDB, Spark and PostgreSQL behind small interfaces; the only room that knows their dialects."""
