from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from steelyard.kit.home import Home
from steelyard.web.intake import actions, jobs
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.tests import small_delivery


@pytest.fixture
def intake(web_database, settings, tmp_path, cast):
    """An empty engine, a home of its own and a catalogue with one interface."""
    settings.STEELYARD_CATALOGUE = small_delivery.catalogue_with_interface(
        Path(settings.STEELYARD_CATALOGUE), tmp_path / "catalogue"
    )
    settings.STEELYARD_HOME = Home(tmp_path / "home").make()
    small_delivery.empty(web_database)
    yield cast
    small_delivery.empty(web_database)


@pytest.fixture
def hand_in(intake):
    """Puts a file in as the steward and lets the worker land it."""

    def put(name=small_delivery.FILE, data=None):
        file = SimpleUploadedFile(name, data or small_delivery.content())
        made = actions.upload(interfaces()[small_delivery.INTERFACE], file, by=intake.steward)
        jobs.land_upload(upload_id=made.pk)
        made.refresh_from_db()
        return made

    return put


@pytest.fixture
def landed(hand_in):
    return hand_in()
