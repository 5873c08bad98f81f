"""Migration operations that let the database itself keep rows: append-only tables and row security."""

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def append_only(table: str, *, insert: tuple[str, ...] = ("app_web", "app_worker")) -> migrations.RunSQL:
    """Nobody, the owner included, updates, deletes or truncates rows of ``table``."""
    return migrations.RunSQL(
        REFUSE
        + f"""
        CREATE TRIGGER {table}_keep_rows BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION public.refuse_change();
        CREATE TRIGGER {table}_keep_table BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change();
        GRANT SELECT, INSERT ON {table} TO {", ".join(insert)};
        """,
        f"DROP TRIGGER {table}_keep_rows ON {table}; DROP TRIGGER {table}_keep_table ON {table};",
    )


def grant(table: str, *, web: str = "SELECT, INSERT, UPDATE", worker: str = "ALL") -> migrations.RunSQL:
    """Rights on a table without row security.  ``web`` may be empty."""
    texts = [f"GRANT {worker} ON {table} TO app_worker;"]
    if web:
        texts.append(f"GRANT {web} ON {table} TO app_web;")
    return migrations.RunSQL(" ".join(texts), migrations.RunSQL.noop)


def row_security(
    table: str, visible: str, *, web: str = "SELECT, INSERT, UPDATE", check: str = ""
) -> migrations.RunSQL:
    """Force row security on ``table``: the web role sees and writes rows where ``visible`` holds.

    ``visible``: SQL over the row's columns and ``current_setting('app.…')``; wrap each setting in a
    sub-select, or it is evaluated for every row.  ``check``: what a written row must satisfy, where
    that differs.  Jobs (app_worker) and migrations (the owner) see all.
    """
    return migrations.RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_web ON {table} FOR ALL TO app_web
          USING ({visible}) WITH CHECK ({check or visible});
        CREATE POLICY {table}_jobs ON {table} FOR ALL TO app_worker, app_owner USING (true) WITH CHECK (true);
        GRANT {web} ON {table} TO app_web;
        GRANT ALL ON {table} TO app_worker;
        """,
        f"""
        DROP POLICY {table}_web ON {table};
        DROP POLICY {table}_jobs ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def setting(name: str, kind: str = "text") -> str:
    """A setting of the request's scope as SQL: evaluated once a statement, null where it is empty."""
    return f"(SELECT nullif(current_setting('app.{name}', true), '')::{kind})"
