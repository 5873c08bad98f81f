"""A tiny province of ten interfaces, one of each kind, with forty rows behind every one."""

import json
import textwrap
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steelyard.engines import mariadb
from steelyard.sources import load_interfaces
from steelyard.synth.departments import Province

ROWS = 40
COLUMNS = "columns: {number: BH, name: MC, changed: GXSJ}"
FETCH = "fetch: {by: watermark, column: GXSJ, parameter: since}"
PAGE = "paging: {kind: page, size: 15, rows: data.items, total: data.total}"

INTERFACES = {
    "health/visits": 'connector: sql\nlocation: {address: "${HEALTH_DB}", table: VISIT}\n' + FETCH,
    "finance/payments": 'connector: sql\nlocation: {address: "${FINANCE_DB}", table: pay.PAYMENT}\n' + FETCH,
    "education/schools": f"""
        connector: rest
        location: {{address: "${{EDUCATION_API}}", path: /schools, parameters: {{year: "2025"}}}}
        auth: {{kind: api-key, secret: "${{EDUCATION_KEY}}", header: X-Key}}
        {PAGE}
        {FETCH}""",
    "transport/permits": """
        connector: rest
        location: {address: "${TRANSPORT_API}", path: /permits}
        auth: {kind: hmac, secret: "${TRANSPORT_KEY}"}
        paging: {kind: offset, size: 15, number: from, rows: rows}
        limits: {per_minute: 3}""",
    "tax/refunds": """
        connector: rest
        location: {address: "${TAX_API}", path: /v2/refunds}
        auth: {kind: oauth2, secret: "${TAX_CLIENT_SECRET}", key_id: steelyard, token_path: /oauth/token,
               certificate: "${TAX_CERT}", authority: "${TAX_CA}"}
        paging: {kind: cursor, size: 15, number: cursor, rows: rows, next: next}""",
    "tax/arrears": """
        connector: rest
        location: {address: "${TAX_API}", path: /v2/arrears}
        auth: {kind: oauth2, secret: "${TAX_CLIENT_SECRET}", key_id: steelyard, token_path: /oauth/token,
               certificate: "${TAX_CERT}", authority: "${TAX_CA}"}""",
    "culture/relics": """
        connector: sftp
        location: {address: "${CULTURE_SFTP}", folder: /out/relics, pattern: "relics_*.csv"}
        auth: {kind: basic, secret: "${CULTURE_PASSWORD}", host_key: "${CULTURE_HOST_KEY}"}""",
    "water/meters": 'location: {folder: "${STEELYARD_INBOX}/water", pattern: "meters_*.csv"}\n'
    "format_options: {encoding: gb18030}",
    "water/wells": 'location: {folder: "${STEELYARD_INBOX}/water", pattern: "wells_*.jsonl"}',
    "justice/notaries": 'connector: push\nauth: {kind: hmac, secret: "${JUSTICE_KEY}"}',
}
ENGINES = {"health/visits": "mariadb", "finance/payments": "postgresql"}
needs_mariadb = pytest.mark.skipif(not mariadb.is_installed(), reason="no MariaDB: apt-get install mariadb-server")


def table() -> pa.Table:
    """Forty rows: a number, a Chinese name, and when each was changed."""
    return pa.table(
        {
            "BH": [f"{number:04}" for number in range(ROWS)],
            "MC": [f"清源第{number}户" for number in range(ROWS)],
            "GXSJ": [f"2025-03-{1 + number // 2:02} 08:00:{number:02}" for number in range(ROWS)],
        }
    )


@pytest.fixture(scope="session")
def county(tmp_path_factory) -> Path:
    """Folder of a county and of its interface files."""
    root = tmp_path_factory.mktemp("county")
    root.chmod(0o755)
    for name, text in INTERFACES.items():
        said = f"format: 1\nid: {name}\nfeeds: [thing]\n{COLUMNS}\nsequence: BH\n{textwrap.dedent(text).strip()}\n"
        said += "" if "limits:" in text else "limits: {slow: 1}\n"
        place = root / "interfaces" / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(said, encoding="utf-8")
        (root / "systems" / name).parent.mkdir(parents=True, exist_ok=True)
        if any(f"connector: {kind}" in text for kind in ("sql", "rest", "push")):
            pq.write_table(table(), root / "systems" / f"{name}.parquet")
    index = {name: {"engine": engine} for name, engine in ENGINES.items()}
    (root / "systems" / "index.json").write_text(json.dumps(index))
    lines = ["BH,MC,GXSJ", *(",".join(row.values()) for row in table().to_pylist())]
    text = "\r\n".join([*lines, ""])
    objects = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table().to_pylist())
    for place, content in {
        "inbox/water/meters_20250401.csv": text.encode("gb18030"),
        "inbox/water/wells_20250401.jsonl": objects.encode(),
        "sftp/culture/relics_20250401.csv": text.encode(),
    }.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(content)
    return root


@pytest.fixture(scope="session")
def interfaces(county):
    return load_interfaces(county / "interfaces")


@pytest.fixture(scope="session")
def running(county, interfaces, short_folder):
    """The province while it runs; shared, so a test takes ``province``, which has no fault on."""
    with Province(interfaces, county, short_folder / "province", inbox=short_folder / "inbox") as found:
        yield found


@pytest.fixture
def province(running):
    clear(running)
    yield running
    clear(running)


def clear(province: Province) -> None:
    """Switch every fault off."""
    from steelyard.synth.departments import Wish

    for name, kinds in province.faults.told().items():
        for kind in kinds:
            province.faults.switch(Wish(kind, name), on=False)


@pytest.fixture(scope="session")
def short_folder():
    """A folder whose path is short enough for sockets, and that a server's account may pass."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="sy-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
