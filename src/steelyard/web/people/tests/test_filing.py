import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from steelyard.web.people import receipts
from steelyard.web.people.models import Appeal, Photo
from steelyard.web.people.tests.flow import BLAME, HILL, WULONG, answer, file_report, hidden, to_check

pytestmark = pytest.mark.django_db


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (80, 60)).save(out, "JPEG", comment=b"SECRET-MARK-7319")
    return SimpleUploadedFile("hill.jpg", out.getvalue(), content_type="image/jpeg")


def test_a_villager_files_a_matter_with_a_photo_and_no_script(cast, as_user):
    phone = as_user(None)
    receipt = file_report(phone, photos=[picture()])
    appeal = Appeal.objects.get()
    assert appeal.receiver == cast.jin.body
    assert appeal.state == "submitted"
    assert appeal.door == "matter"
    assert appeal.receipt_digest == receipts.digest(receipt)
    assert Photo.objects.filter(draft_digest=appeal.draft_digest).count() == 1


def test_the_text_and_the_receipt_do_not_lie_in_the_database_readable(cast, as_user):
    receipt = file_report(as_user(None), photos=[picture()])
    with connection.cursor() as cursor:
        for table in ("people_appeal", "people_appealstep", "people_photo", "django_session", "audit_auditevent"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE ANY (%s)",
                           [["%hill behind%", f"%{receipt}%", f"%{receipts.grouped(receipt)}%",
                               "%127.0.0.1%"]])  # fmt: skip
            assert cursor.fetchone()[0] == 0, table


def test_sending_twice_makes_one_report_and_one_receipt(cast, as_user):
    phone = as_user(None)
    check = to_check(phone)
    pages = [answer(phone, check) for _attempt in range(5)]
    assert Appeal.objects.count() == 1
    assert len({receipt for page in pages for receipt in [page.content.decode().split('class="receipt"')[1][:60]]}) == 1


def test_the_number_is_typed_back_and_can_be_shown_again(cast, as_user):
    phone = as_user(None)
    receipt = file_report(phone)
    assert receipts.grouped(receipt) in phone.get("/people/report/receipt/").content.decode()
    assert phone.post("/people/report/receipt/", {"code": "1" * 22}).status_code == 422
    done = phone.post("/people/report/receipt/", {"code": receipts.grouped(receipt)})
    assert done.status_code == 200
    assert receipt not in done.content.decode()
    assert as_user(None).get("/people/report/receipt/").status_code == 302


def test_blaming_an_office_holder_moves_the_report_to_the_sealed_door(cast, as_user):
    phone = as_user(None)
    file_report(phone, text=BLAME)
    appeal = Appeal.objects.get()
    assert (appeal.door, appeal.state, appeal.receiver) == ("accusation", "sealed_up", cast.sun.body)


def test_lowering_needs_its_own_worded_confirmation(cast, as_user):
    phone = as_user(None)
    page = answer(phone, phone.get(f"/people/report/?village={WULONG}"), about="matter")
    page = answer(phone, page, category="project", text=BLAME)
    assert hidden(page)["step"] == "person"
    page = answer(phone, page, go="lower")
    assert hidden(page)["step"] == "lower"
    page = answer(phone, page)
    assert hidden(page)["step"] == "person"
    page = answer(phone, answer(phone, page, go="lower"), lowered="1")
    assert hidden(page)["step"] == "who"


@pytest.mark.parametrize(
    ("works_at", "level"), [("village", "county"), ("town", "county"), ("county", "city"), ("", "county")]
)
def test_an_accusation_goes_at_least_one_level_above_and_never_below_the_county(cast, as_user, works_at, level):
    file_report(as_user(None), about="person", works_at=works_at)
    receiver = Appeal.objects.get().receiver
    assert (receiver.level, receiver.org_type) == (level, "discipline")


def test_a_clerk_who_is_named_is_kept_away_and_the_report_goes_up(cast, as_user):
    file_report(as_user(None), text=f"石桥镇的{cast.jin.name}一直不答复我们关于荒山的事情", category="asset")
    appeal = Appeal.objects.get()
    assert appeal.receiver != cast.jin.body
    assert cast.jin.pk in appeal.recused


def test_what_is_no_picture_comes_back_with_words_and_the_answers_kept(cast, as_user):
    page = to_check(as_user(None), photos=[SimpleUploadedFile("a.jpg", b"<script>", content_type="image/jpeg")])
    assert page.status_code == 422
    assert hidden(page)["text"] == HILL
    assert "not a picture" in page.content.decode()


def test_a_ninth_picture_is_refused(cast, as_user):
    page = to_check(as_user(None), photos=[picture() for _one in range(9)])
    assert page.status_code == 422
    assert Photo.objects.count() == 8


def test_markup_in_a_report_stays_text(cast, as_user):
    page = to_check(as_user(None), text="<script>alert(1)</script> the road is broken")
    assert b"<script>alert" not in page.content


def test_leaving_clears_the_browser(as_user, db):
    page = as_user(None).post("/people/leave/")
    assert page.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_a_link_cannot_answer_for_the_reporter(cast, as_user):
    phone = as_user(None)
    page = phone.get(f"/people/report/?village={WULONG}&lowered=1&about=matter&draft={'a' * 43}")
    assert set(hidden(page)) == {"step", "draft", "village", "identity"}
    assert hidden(page)["draft"] != "a" * 43
