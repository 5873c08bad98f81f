"""A model goes from a county to a city as one signed file, or not at all."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue, read_catalogue
from steelyard.catalogue.reader import read_model
from steelyard.detect import releases
from steelyard.detect.bundles import BundleBroken, NotTrusted, pack, unpack
from steelyard.detect.importing import IdTaken, ModelRefused, NoKey, take_in, trust, trusted_keys
from steelyard.detect.tests.small_pool import DAY
from steelyard.engines.postgres import Database
from steelyard.kit.catalogue_folder import catalogue_folder
from steelyard.kit.ed25519 import KeyBroken, SignatureFalse, SigningKey, verify

FORMER = "village-project/former-employer-contractor"
OTHERS = "village-project/employer-of-an-official"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The city's: without the model that the county built."""
    found = load_catalogue(catalogue_folder())
    return replace(found, models={name: model for name, model in found.models.items() if name != FORMER})


@pytest.fixture
def county(tmp_path: Path) -> SigningKey:
    return SigningKey.at(tmp_path / "county" / "model-signing.key")


def countys(folder: Path, version: str = "1.0.0", sql: str = "") -> SupervisionModel:
    """The county's model: another id, so that it is nobody else's."""
    place, source = folder / version / OTHERS, catalogue_folder() / "models" / FORMER
    place.mkdir(parents=True)
    for name in ("model.yaml", "model.sql", "cases.yaml"):
        text = (source / name).read_text(encoding="utf-8").replace(FORMER, OTHERS)
        (place / name).write_text(re.sub(r"(?m)^version: \S+", f"version: {version}", text) + sql, encoding="utf-8")
        sql = ""
    return read_model(place)


def packed(model: SupervisionModel, key: SigningKey) -> bytes:
    reports = {"precision": {"red": {"true": 29, "counted": 30}}}
    return pack(
        model, load_catalogue(catalogue_folder()), key, came_from="Qingyuan", reports=reports, made_on="2026-06-30"
    )


def test_a_bundle_arrives_as_it_left(tmp_path: Path, county: SigningKey) -> None:
    model = countys(tmp_path)
    found = unpack(packed(model, county), {county.public: "Qingyuan"})
    assert (found.model, found.version, found.sha256) == (OTHERS, "1.0.0", model.sha256)
    assert found.files["model.sql"] == (model.path / "model.sql").read_bytes()
    assert found.reports["precision"]["red"] == {"true": 29, "counted": 30}
    assert packed(model, county) == packed(model, county)


def test_a_bundle_of_a_stranger_is_refused(tmp_path: Path, county: SigningKey) -> None:
    with pytest.raises(NotTrusted, match="steelyard model trust"):
        unpack(packed(countys(tmp_path), county), {"00" * 32: "somebody"})


def repacked(content: bytes, **changed: bytes) -> bytes:
    """The same archive with members replaced, added or, where empty, left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        held = {name: old.read(name) for name in old.namelist()} | changed
        for name, value in held.items():
            if value:
                new.writestr(name, value)
    return out.getvalue()


@pytest.mark.parametrize(
    "member", ["model/model.sql", "model/model.yaml", "model/cases.yaml", "reports/precision.json"]
)
def test_a_changed_word_is_noticed(tmp_path: Path, county: SigningKey, member: str) -> None:
    content = packed(countys(tmp_path), county)
    with pytest.raises(BundleBroken, match=member):
        unpack(repacked(content, **{member: b"{}"}), {county.public: "Qingyuan"})


def test_a_changed_manifest_is_noticed(tmp_path: Path, county: SigningKey) -> None:
    content = packed(countys(tmp_path), county)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = json.loads(archive.read("manifest.json")) | {"from": "Somewhere else"}
    with pytest.raises(SignatureFalse):
        unpack(repacked(content, **{"manifest.json": json.dumps(said).encode()}), {county.public: "Qingyuan"})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"model/../../evil.sh": b"x"}, "holds no model/../../evil.sh"),
        ({"extra.txt": b"x"}, "holds no extra.txt"),
        ({"manifest.sig": b""}, "without manifest.sig"),
        ({"model/model.sql": b""}, "without model/model.sql"),
        ({"model/model.sql": b"-" * 4_000_001}, "larger than"),
        ({"manifest.json": b"[]"}, "cannot be read"),
        ({"manifest.json": b"{"}, "cannot be read"),
        ({"manifest.json": b"[" * 200_000}, "cannot be read"),
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path: Path, county: SigningKey, changed: dict[str, bytes], why: str) -> None:
    with pytest.raises(BundleBroken, match=why):
        unpack(repacked(packed(countys(tmp_path), county), **changed), {county.public: "Qingyuan"})


def test_no_zip_is_no_bundle() -> None:
    with pytest.raises(BundleBroken, match="not a zip"):
        unpack(b"not a zip", {})


def test_a_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    first, again = SigningKey.at(tmp_path / "k"), SigningKey.at(tmp_path / "k")
    assert first.public == again.public
    assert (tmp_path / "k").stat().st_mode & 0o077 == 0
    with pytest.raises(KeyBroken):
        verify("zz", b"", "00")
    (tmp_path / "broken").write_text("no key")
    with pytest.raises(KeyBroken, match="restore it"):
        SigningKey.at(tmp_path / "broken")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    place = tmp_path / "home" / "models"
    place.mkdir(parents=True)
    return place


def taken(database: Database, catalogue: Catalogue, own: Path, model: SupervisionModel, key: SigningKey) -> bool:
    bundle = unpack(packed(model, key), {key.public: "Qingyuan"})
    with database.transaction() as connection:
        return take_in(connection, catalogue, own, bundle, by="fang", day=DAY).already


def beside(own: Path) -> Catalogue:
    found, wrong = read_catalogue(catalogue_folder(), own)
    assert wrong == []
    return found


def test_an_imported_model_stands_beside_the_catalogue_as_a_draft(
    tmp_path: Path, catalogue: Catalogue, county: SigningKey, clean_engine: Database, own: Path
) -> None:
    model = countys(tmp_path)
    assert taken(clean_engine, catalogue, own, model, county) is False
    assert beside(own).models[OTHERS].sha256 == model.sha256
    with clean_engine.connect() as connection:
        life = releases.releases_on(connection, DAY)
        row = connection.execute("SELECT came_from, reports FROM engine.model_import").fetchone()
    assert (life.phase(OTHERS, "33"), life.evaluates(OTHERS, "33")) == ("draft", False)
    assert row == ("Qingyuan", {"precision": {"red": {"true": 29, "counted": 30}}})
    assert taken(clean_engine, beside(own), own, model, county) is True


def test_a_newer_version_takes_the_place_of_the_older_and_none_goes_back(
    tmp_path: Path, catalogue: Catalogue, county: SigningKey, clean_engine: Database, own: Path
) -> None:
    first, second = countys(tmp_path), countys(tmp_path, "1.0.1")
    taken(clean_engine, catalogue, own, first, county)
    with_first = {**catalogue.models, OTHERS: beside(own).models[OTHERS]}
    taken(clean_engine, replace(catalogue, models=with_first), own, second, county)
    assert beside(own).models[OTHERS].version == "1.0.1"
    with pytest.raises(IdTaken, match="would go back"):
        taken(clean_engine, beside(own), own, first, county)


def test_an_id_of_the_catalogue_is_not_taken(
    tmp_path: Path, catalogue: Catalogue, county: SigningKey, clean_engine: Database, own: Path
) -> None:
    whole = load_catalogue(catalogue_folder())
    changed = tmp_path / "changed" / FORMER
    changed.mkdir(parents=True)
    for name in ("model.yaml", "model.sql", "cases.yaml"):
        text = (whole.models[FORMER].path / name).read_text(encoding="utf-8")
        (changed / name).write_text(re.sub(r"(?m)^version: \S+", "version: 7.0.0", text), encoding="utf-8")
    with pytest.raises(IdTaken, match="the catalogue has"):
        taken(clean_engine, whole, own, read_model(changed), county)
    with pytest.raises(IdTaken, match="never used again"):
        taken(clean_engine, catalogue, own, read_model(changed), county)


def test_a_model_that_breaks_a_rule_leaves_nothing_behind(
    tmp_path: Path, catalogue: Catalogue, county: SigningKey, clean_engine: Database, own: Path
) -> None:
    model = countys(tmp_path)
    query = model.path / "model.sql"
    query.write_text("SELECT * FROM read_csv('/etc/passwd') AS p", encoding="utf-8")
    with pytest.raises(ModelRefused):
        taken(clean_engine, catalogue, own, read_model(model.path), county)
    assert list(own.iterdir()) == []
    with clean_engine.connect() as connection:
        assert connection.execute("SELECT count(*) FROM engine.model_text").fetchone() == (0,)


def test_a_model_whose_cases_fail_is_refused(
    tmp_path: Path, catalogue: Catalogue, county: SigningKey, clean_engine: Database, own: Path
) -> None:
    model = countys(tmp_path)
    cases = model.path / "cases.yaml"
    cases.write_text(cases.read_text(encoding="utf-8").replace("kind: negative", "kind: positive", 1), encoding="utf-8")
    with pytest.raises(ModelRefused):
        taken(clean_engine, catalogue, own, read_model(model.path), county)


def test_a_key_is_trusted_until_somebody_says_otherwise(clean_engine: Database, county: SigningKey) -> None:
    with clean_engine.transaction() as connection:
        trust(connection, county.public, name="Qingyuan", by="fang", approved_by="du")
        assert trusted_keys(connection) == {county.public: "Qingyuan"}
        trust(connection, county.public, name="Qingyuan", by="fang", approved_by="du", trusted=False)
        assert trusted_keys(connection) == {}
        with pytest.raises(NoKey):
            trust(connection, "abc", name="x", by="fang", approved_by="du")
