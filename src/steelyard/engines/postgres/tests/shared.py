"""One throw-away server for a whole test run."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from steelyard.engines.postgres import Database, Role, Server
from steelyard.kit.home import Home


@cache
def shared_server() -> Server:
    """Start it once; it is stopped and removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="sy-"))
    folder.chmod(0o755)  # the server's account must be able to pass
    server = Server(Home(folder).make(), durable=False)
    server.start()
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return server


EMPTY = """
DO $$
DECLARE
  name text; has_rows boolean; filled text[] := '{}';
BEGIN
  FOR name IN
    SELECT format('engine.%I', tablename) FROM pg_tables WHERE schemaname = 'engine' AND tablename NOT LIKE '%yoyo%'
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO has_rows;
    IF has_rows THEN
      filled := filled || name;
    END IF;
  END LOOP;
  IF cardinality(filled) > 0 THEN
    EXECUTE format('TRUNCATE %s CASCADE', array_to_string(filled, ', '));
  END IF;
  PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
    FROM pg_sequences WHERE schemaname = 'engine' AND last_value IS NOT NULL;
END $$
"""
"""Only what a test filled: to truncate all 66 tables takes ten times as long, and hundreds of tests ask for it."""


def empty_engine(database: Database) -> None:
    """No rows in schema ``engine``, and every number from its beginning."""
    with database.transaction(Role.OWNER) as connection:
        connection.execute("SET LOCAL lock_timeout = '10s'")  # a test that leaves locks behind fails, it does not hang
        connection.execute(EMPTY)
