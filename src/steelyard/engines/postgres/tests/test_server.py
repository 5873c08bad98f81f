import os
import stat

import pytest

from steelyard.engines import migrations
from steelyard.engines.postgres import Database, Role, Server
from steelyard.kit.home import Home


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pg")
    for parent in (folder, folder.parent, folder.parent.parent):
        parent.chmod(parent.stat().st_mode | 0o011)  # the server's account must be able to pass
    server = Server(Home(folder / "h"), durable=False)
    server.start()
    yield server
    server.stop()


def test_starting_twice_finds_the_running_server(server):
    assert server.start() == server.address
    assert server.is_running()


def test_the_data_is_closed_to_others(server):
    assert stat.S_IMODE(os.stat(server.data).st_mode) == 0o700


def test_no_role_is_superuser_or_passes_row_security(server):
    database = Database(server.address)
    database.prepare()
    database.prepare()
    with database.connect(Role.WEB) as connection:
        found = connection.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)", [[str(r) for r in Role]]
        )
        assert found.fetchall() == [(False,)] * len(Role)


def test_the_reader_cannot_read_identifiers_and_the_web_role_nothing_of_the_engine(server, tmp_path):
    database = Database(server.address)
    database.prepare()
    (tmp_path / "test-0001-identifier.sql").write_text(
        "CREATE TABLE identifier (value text); CREATE TABLE subject (key text);"
    )
    assert migrations.apply(database, [tmp_path]) == ["test-0001-identifier"]
    assert migrations.apply(database, [tmp_path]) == []
    with database.connect(Role.READER, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM engine.subject").fetchone() == (0,)
        with pytest.raises(Exception, match="permission denied"):
            connection.execute("SELECT * FROM engine.identifier")
    with database.connect(Role.WEB) as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute("SELECT * FROM engine.subject")
