"""A private MariaDB server: starts anywhere, asks for a password, listens on loopback alone."""

import os
import socket

import pytest
import sqlalchemy

from steelyard.engines import mariadb
from steelyard.engines.mariadb import MariaDB, MariaDBFailed, MariaDBMissing

needs_mariadb = pytest.mark.skipif(not mariadb.is_installed(), reason="no MariaDB: apt-get install mariadb-server")


def ask(url, sql):
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sqlalchemy.text(sql))
        return result.scalar() if result.returns_rows else None


@needs_mariadb
def test_a_private_server_keeps_its_rows_over_a_restart(tmp_path):
    server = MariaDB(tmp_path / "maria")
    with server as address:
        ask(address.url(), "CREATE DATABASE books")
        engine = sqlalchemy.create_engine(address.url("books"), poolclass=sqlalchemy.NullPool)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE page (text varchar(20))"))
            connection.execute(sqlalchemy.text("INSERT INTO page VALUES ('清源县')"))
    with server as address:
        assert ask(address.url("books"), "SELECT text FROM page") == "清源县"


@needs_mariadb
def test_nobody_gets_in_without_the_password(tmp_path):
    with MariaDB(tmp_path / "maria") as address:
        for user, password in ((address.user, "guessed"), ("root", "")):
            with pytest.raises(sqlalchemy.exc.DBAPIError):
                ask(address.url(user=user, password=password or "x"), "SELECT 1")
        assert ask(address.url(), "SELECT @@bind_address") == "127.0.0.1"


@needs_mariadb
def test_a_stopped_server_answers_no_more(tmp_path):
    with MariaDB(tmp_path / "maria") as address:
        pass
    with pytest.raises(OSError, match="refused"), socket.create_connection((address.host, address.port), 1):
        pass


@needs_mariadb
def test_a_spoiled_folder_is_told_with_the_servers_last_words(tmp_path):
    server = MariaDB(tmp_path / "maria")
    with server:
        pass
    (server.folder / "data" / "ibdata1").write_bytes(b"no pages")
    with pytest.raises(MariaDBFailed, match=r"mariadb\.log"):
        server.start()


def test_a_machine_without_mariadb_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(mariadb, "PLACES", ())
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    with pytest.raises(MariaDBMissing, match="apt-get install mariadb-server"):
        MariaDB(tmp_path / "maria").start()


@needs_mariadb
def test_a_server_whose_starter_was_killed_is_ended_before_the_next_one_starts(tmp_path):
    orphan = MariaDB(tmp_path / "maria")
    before = orphan.start()
    with MariaDB(tmp_path / "maria") as address:
        assert address.port != before.port
        orphan._process.wait(20)
        with pytest.raises(OSError, match="refused"), socket.create_connection((before.host, before.port), 1):
            pass
