from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from steelyard.web.alerts.evidence import tables
from steelyard.web.alerts.titles import areas_named
from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.cases import actions, queries
from steelyard.web.cases.actions.answers import AnswerForm
from steelyard.web.cases.models import Attachment
from steelyard.web.cases.uploads import path_of
from steelyard.web.orgs import clock
from steelyard.web.orgs.views import signed_in

TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


@login_required
def question_list(request: HttpRequest) -> HttpResponse:
    """Question sheets put to one or to one's unit."""
    sheets = list(queries.sheets_for(signed_in(request)))
    now = clock.now()
    areas = areas_named(sheet.area_code for sheet in sheets)
    rows = [(sheet, areas.get(sheet.area_code, ""), queries.sheet_days_left(sheet, now)) for sheet in sheets]
    return render(request, "cases/question_list.html", {"rows": rows})


@login_required
def question_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions, the released rows, the deadline, and the answer; nothing else of the case."""
    user = signed_in(request)
    sheet = queries.sheets_for(user).filter(pk=pk).first()
    if sheet is None:
        raise Http404
    form, status = AnswerForm(), 200
    if request.method == "POST":
        try:
            actions.answer(sheet, by=user, data=request.POST, files=request.FILES)
        except actions.BadAnswer as error:
            form, status = error.form, 422
        except WebError as error:
            messages.error(request, str(error))
            return redirect("question_sheet", pk=pk)
        else:
            messages.success(request, _("Your explanation has been sent, and on the record."))
            return redirect("question_sheet", pk=pk)
    else:
        record.write("sheet.seen", by=user, subject=sheet)
    context = {
        "sheet": sheet, "form": form, "area": areas_named([sheet.area_code]).get(sheet.area_code, ""),
        "tables": tables(user, sheet.released), "days_left": queries.sheet_days_left(sheet, clock.now()),
        "explanations": sheet.explanations.order_by("pk"), "files": sheet.files.order_by("at"),
        "open": sheet.answered_at is None and sheet.taken_at is None,
    }  # fmt: skip
    return render(request, "cases/question_sheet.html", context, status=status)


@login_required
def case_file(request: HttpRequest, pk: str) -> HttpResponse:
    """A cleaned file as a download; row security and these two rules say whose it is."""
    user = signed_in(request)
    found = Attachment.objects.filter(pk=pk).first()
    if found is None or not _may_read(request, found):
        raise Http404
    path = path_of(found)
    if not path.is_file():
        raise Http404
    record.write("file.read", by=user, subject=found)
    response = HttpResponse(path.read_bytes(), content_type=TYPES[found.kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{found.pk}.{found.kind}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _may_read(request: HttpRequest, found: Attachment) -> bool:
    user = signed_in(request)
    if found.sheet_id and queries.sheets_for(user).filter(pk=found.sheet_id).exists():
        return True
    seen = queries.cases.visible_to(user)
    if found.case_id:
        return bool(seen.filter(pk=found.case_id).exists())
    return bool(seen.filter(sheets__pk=found.sheet_id).exists())
