import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from steelyard.web.audit.errors import NotAllowed
from steelyard.web.intake import actions, jobs
from steelyard.web.intake.catalogue_files import interfaces
from steelyard.web.intake.models import Stage, Upload
from steelyard.web.intake.tests import small_delivery as small

pytestmark = pytest.mark.django_db


def counts(upload):
    (receipt,) = upload.receipts
    return [receipt[name] for name in ("received", "admitted", "unchanged", "quarantined", "superseded")]


def test_a_file_put_in_by_the_steward_is_landed_to_the_row(landed):
    assert landed.stage == Stage.LANDED
    assert counts(landed) == [5, 3, 0, 2, 0]


def test_the_same_file_twice_changes_nothing(hand_in):
    hand_in()
    assert counts(hand_in()) == [5, 0, 3, 2, 0]


def test_the_page_puts_a_file_into_the_inbox_and_asks_the_worker(intake, as_user, settings):
    file = SimpleUploadedFile(small.FILE, small.content())
    answer = as_user(intake.steward).post(reverse("delivery_upload"), {"interface": small.INTERFACE, "file": file})
    made = Upload.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("upload_detail", args=[made.pk])
    assert (settings.STEELYARD_HOME.inbox / "agriculture" / small.FILE).read_bytes() == small.content()


def test_a_file_of_another_name_is_refused_with_the_name_that_fits(intake, as_user):
    file = SimpleUploadedFile("../../etc/passwd.csv", b"x")
    answer = as_user(intake.steward).post(reverse("delivery_upload"), {"interface": small.INTERFACE, "file": file})
    assert answer.status_code == 422
    assert b"receipts_*.csv" in answer.content
    assert not Upload.objects.exists()


def test_a_second_file_of_the_same_name_does_not_overwrite_the_first(hand_in, settings):
    hand_in()
    other = hand_in(data=small.content(small.LINES[0], "R9,L9,339921101201,2026-04-01,10.00,,"))
    folder = settings.STEELYARD_HOME.inbox / "agriculture"
    assert sorted(path.name for path in folder.iterdir()) == ["receipts_2026-2.csv", small.FILE]
    assert other.stage == Stage.LANDED


def test_a_file_without_a_needed_column_is_refused_and_says_which(hand_in):
    refused = hand_in(data=b"a,b\n1,2\n")
    assert refused.stage == Stage.REFUSED
    assert "收款编号" in refused.message


@pytest.mark.parametrize("login", ["zhou", "qian", "chen", "li", "tan"])
def test_nobody_but_the_steward_puts_files_in(intake, as_user, login):
    person = getattr(intake, login)
    assert as_user(person).get(reverse("delivery_upload")).status_code == 403
    with pytest.raises(NotAllowed):
        actions.upload(interfaces()[small.INTERFACE], SimpleUploadedFile(small.FILE, small.content()), by=person)


def test_a_stranger_is_asked_to_sign_in(intake, as_user):
    assert as_user(None).get(reverse("delivery_upload")).status_code == 302


def test_an_upload_is_not_landed_twice(landed):
    jobs.land_upload(upload_id=landed.pk)
    again = Upload.objects.get(pk=landed.pk)
    assert counts(again) == [5, 3, 0, 2, 0]


def test_a_bad_file_beside_it_does_not_keep_an_upload_out(hand_in):
    assert hand_in("receipts_bad.csv", b"a,b\n1,2\n").stage == Stage.REFUSED
    good = hand_in()
    assert good.stage == Stage.LANDED
    assert counts(good) == [5, 3, 0, 2, 0]


def test_two_files_put_in_together_fail_each_other_not(intake):
    files = [("receipts_bad.csv", b"a,b\n1,2\n"), (small.FILE, small.content())]
    made = [
        actions.upload(interfaces()[small.INTERFACE], SimpleUploadedFile(name, data), by=intake.steward)
        for name, data in files
    ]
    for upload in made:
        jobs.land_upload(upload_id=upload.pk)
        upload.refresh_from_db()
    assert [upload.stage for upload in made] == [Stage.REFUSED, Stage.LANDED]


def test_the_result_page_leads_to_the_rows_that_were_held_back(landed, intake, as_user):
    page = as_user(intake.steward).get(reverse("upload_detail", args=[landed.pk])).content.decode()
    link = f"{reverse('quarantine_list')}?delivery={landed.delivery}&amp;dataset=rent_receipt"
    assert link in page


def test_the_result_page_shows_the_counts(landed, intake, as_user):
    page = as_user(intake.steward).get(reverse("upload_detail", args=[landed.pk])).content.decode()
    assert "landed" in page
    assert reverse("delivery_detail", args=[landed.delivery]) in page
