import os
import shutil
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


@pytest.fixture
def private_home(tmp_path, monkeypatch):
    """A home of root that the server's account cannot enter, whoever runs the test."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tmp_path.chmod(0o700)
    return Home(tmp_path / "h").make()


def test_a_new_home_at_an_old_place_does_not_meet_the_old_database(private_home):
    before = Server(private_home).data
    assert Server(private_home).data == before
    shutil.rmtree(private_home.root)
    private_home.make()
    assert Server(private_home).data != before


def test_a_home_that_ran_before_there_were_marks_keeps_its_database(private_home):
    (private_home.root / "postgres.lock").touch()
    server = Server(private_home)
    assert server.data.name == server._digest()
