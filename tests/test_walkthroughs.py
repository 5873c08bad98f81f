"""The pages that connect a database and an API are walked: their files and commands, against real servers."""

import json
import re
import shutil
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from steelyard.cli.main import main
from steelyard.engines.mariadb import MariaDB, is_installed
from steelyard.engines.postgres import Server
from steelyard.kit.home import Home
from steelyard.kit.signature import verify
from steelyard.sources.tests.department_api import as_json, department

ROOT = Path(__file__).parents[1]
ID = "market-supervision/register-changes"


def blocks(page, kind):
    text = (ROOT / "docs" / "howto" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own, and a catalogue with the contracts and one interface."""
    shutil.copytree(ROOT / "catalogue" / "contracts", tmp_path / "catalogue" / "contracts")
    shutil.copytree(ROOT / "catalogue" / "vocabulary", tmp_path / "catalogue" / "vocabulary")
    (tmp_path / "catalogue" / "interfaces" / "market-supervision").mkdir(parents=True)
    tmp_path.chmod(0o755)
    monkeypatch.setenv("STEELYARD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STEELYARD_CATALOGUE", str(tmp_path / "catalogue"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("STEELYARD_SOURCES", raising=False)
    yield tmp_path
    server = Server(Home(tmp_path / "home"), durable=False)
    server.stop()
    shutil.rmtree(server.data, ignore_errors=True)  # it lies elsewhere where the home is private


def write_interface(home, page):
    (home / "catalogue" / "interfaces" / f"{ID}.yaml").write_text(blocks(page, "yaml")[0], encoding="utf-8")


def walk(page, capsys):
    """Run the page's commands; exit code and JSON of each."""
    told = []
    for line in blocks(page, "sh")[0].strip().splitlines():
        words = line.split()
        assert words[0] == "steelyard"
        code = main([*words[1:], "--json"])
        out = capsys.readouterr().out
        told.append((code, json.loads(out[out.index("{") :])))
    return told


@pytest.mark.skipif(not is_installed(), reason="mariadbd is not installed: apt-get install mariadb-server")
def test_the_page_that_connects_a_database_works(home, capsys, monkeypatch):
    page = "connect-database.md"
    with MariaDB(home / "maria") as address:
        admin = sa.create_engine(address.url(), poolclass=sa.NullPool)
        with admin.begin() as connection:
            connection.exec_driver_sql("CREATE DATABASE dept")
            connection.exec_driver_sql("USE dept")
            for statement in blocks(page, "sql")[0].strip().removesuffix(";").split(";\n"):
                connection.exec_driver_sql(statement.replace("%", "%%"))
        write_interface(home, page)
        monkeypatch.setenv("STEELYARD_MARKET_SUPERVISION_DB", f"mysql://127.0.0.1:{address.port}/dept")
        monkeypatch.setenv("STEELYARD_MARKET_SUPERVISION_PASSWORD", "from-the-department")
        (tried, rehearsal), (ran, first), (_, second), (_, listed) = walk(page, capsys)
    assert tried == 1, "a row would be refused"
    assert [flaw["rule"] for flaw in rehearsal["flaws"]] == ["number"]
    assert (rehearsal["total"], rehearsal["missing"], rehearsal["unknown"]) == (3, [], [])
    assert (ran, first["received"], first["admitted"], first["quarantined"], first["ledger_holds"]) == (
        0,
        3,
        2,
        1,
        True,
    )
    assert (second["nothing"], second["received"]) == (1, 0)
    assert (listed["count"], listed["departments"], listed["datasets_fed"]) == (1, 1, 1)
    assert listed["interfaces"][0]["state"] == "nothing"


CHANGES = [
    {"id": "B1", "company": {"code": "91320100MA1ABCDE2J", "name": "江南建筑有限公司"}, "item": "法定代表人",
     "before": "甲", "after": "乙", "date": "2025-03-01"},
    {"id": "B2", "company": {"code": "91320100MA1ABCDF3N", "name": "江北商贸有限公司"}, "item": "名称",
     "before": "旧名", "after": "新名", "date": "2025-03-02"},
    {"id": "B3", "company": {"code": "91320100MA1ABCDF3N", "name": "江北商贸有限公司"}, "item": "名称",
     "before": "新名", "after": "更新名", "date": "2025-03-03"},
]  # fmt: skip


def test_the_page_that_connects_an_api_works(home, capsys, monkeypatch):
    def answer(call):
        verify("from-the-department", call.method, call.path, call.body, call.headers, int(time.time()))
        assert (call.query["region"], call.headers["X-Steelyard-Key"]) == ("320100", "steelyard")
        begin = (int(call.query["pageNo"]) - 1) * int(call.query["pageSize"])
        return as_json({"data": {"total": 3, "list": CHANGES[begin : begin + int(call.query["pageSize"])]}})

    page = "connect-api.md"
    write_interface(home, page)
    monkeypatch.setenv("STEELYARD_MARKET_SUPERVISION_KEY", "from-the-department")
    with department(answer) as api:
        monkeypatch.setenv("STEELYARD_MARKET_SUPERVISION_API", api.url)
        (tried, rehearsal), (ran, first), (_, second) = walk(page, capsys)
    assert (tried, rehearsal["counts"][0]["admissible"], rehearsal["total"]) == (0, 3, 3)
    assert (ran, first["admitted"], first["ledger_holds"]) == (0, 3, True)
    assert second["nothing"] == 1
    assert "from-the-department" not in str([rehearsal, first, second])
