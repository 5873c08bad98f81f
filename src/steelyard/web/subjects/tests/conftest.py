"""A small pool with people under numbers and without, the pages' own database, and the cast around it."""

from pathlib import Path

import pytest

from steelyard.engines.postgres.tests.shared import empty_engine
from steelyard.identity import link
from steelyard.identity.tests import world as small_world
from steelyard.kit.home import Home
from steelyard.web.subjects.models import Saying, State

ZHANG, LI = small_world.resident(1), small_world.resident(2)
BORN = "1980-05-01"
REGION = """
dataset: region
key: [area_code]
columns:
  area_code: {type: string, required: true, zh: 地区, en: area}
"""
AREAS = (("RELIEF", "relief_id", "village_code"), ("PERSON", "person_id", "hukou_village_code"))


@pytest.fixture
def pool_of_pages(web_database, settings, tmp_path, monkeypatch):
    """An empty engine, a home of its own and a catalogue of three datasets."""
    for name, key, area in AREAS:
        text = getattr(small_world, name).replace(f"key: [{key}]", f"key: [{key}]\narea: {area}")
        text = text.replace("of: person_id.area,", "of: person_id.area, references: region.area_code,")
        monkeypatch.setattr(small_world, name, text)
    (tmp_path / "catalogue" / "platform").mkdir(parents=True)
    head = small_world.HEAD.lstrip().replace("[finance]", "[platform]")
    (tmp_path / "catalogue" / "platform" / "region.yaml").write_text(head + REGION.lstrip(), "utf-8")
    empty_engine(web_database)
    made = small_world.World(tmp_path, web_database)
    catalogue = tmp_path / "whole"
    catalogue.mkdir()
    for entry in Path(settings.STEELYARD_CATALOGUE).iterdir():
        if entry.name not in ("contracts", "contracts.lock.json", "models", "models.lock.json", "relations"):
            (catalogue / entry.name).symlink_to(entry)
    (catalogue / "contracts").symlink_to(tmp_path / "catalogue")
    (catalogue / "models").mkdir()
    settings.STEELYARD_CATALOGUE = catalogue
    settings.STEELYARD_HOME = Home(tmp_path / "home").make()
    yield made
    empty_engine(web_database)


@pytest.fixture
def asked(pool_of_pages, cast):
    """张三 is known; a list of relief names a 张三 of his village without a number, and the machine asks."""
    pool_of_pages.people(
        (ZHANG, "张三", BORN, small_world.VILLAGE, "13800000001"),
        (LI, "李四", "1975-02-03", small_world.OTHER_VILLAGE, "13800000002"),
    )
    pool_of_pages.land("relief", pool_of_pages.relief("1", "张三"), pool_of_pages.relief("2", "李四", id_no=LI))
    link(pool_of_pages.database, pool_of_pages.pool)
    pool_of_pages.cast = cast
    return pool_of_pages


@pytest.fixture
def pair(asked):
    """Number of the only question."""
    return asked.one("SELECT id FROM engine.review_item")


@pytest.fixture
def work_off():
    """Let the worker carry out what waits."""

    def run():
        from steelyard.web.subjects import jobs

        for said in Saying.objects.filter(state=State.WAITING).order_by("pk"):
            jobs.carry_out(saying_id=said.pk)

    return run
