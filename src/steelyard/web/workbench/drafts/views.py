"""The workbench: write a model, check it, run it within the walls, make cases, hand it in, take it along."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steelyard.detect.sandbox import Refusal
from steelyard.detect.sandbox.made_up import added
from steelyard.web.audit import record
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.models import Area, User
from steelyard.web.orgs.views import needs_role, signed_in
from steelyard.web.workbench import shelf
from steelyard.web.workbench.drafts import actions, describing, folder, queries, rules, within
from steelyard.web.workbench.drafts.models import (
    AUTHORS,
    ON_DATA,
    Does,
    DraftRun,
    DraftText,
    ModelDraft,
    RunState,
    may_write,
)

SAMPLES = (1_000, 10_000, 100_000)
FIELDS = {"sql": "model.sql", "yaml": "model.yaml", "cases": "cases.yaml"}


def _author(request: HttpRequest) -> User:
    user = signed_in(request)
    if not may_write(user):
        raise PermissionDenied
    return user


def _draft(request: HttpRequest, pk: int) -> ModelDraft:
    found = queries.draft_of(pk, _author(request))
    if found is None:
        raise Http404
    return found


@needs_role(*AUTHORS)
def draft_list(request: HttpRequest) -> HttpResponse:
    """An author's drafts; begin one, or bring one along."""
    author = _author(request)
    if request.method == "POST":
        try:
            made = _begun(request, author)
        except WebError as error:
            messages.error(request, str(error))
        else:
            return redirect("draft_edit", pk=made.pk)
    context = {
        "drafts": queries.drafts_of(author),
        "models": sorted(shelf.catalogue().models),
        "base": request.GET.get("base", ""),
        "model_id": request.POST.get("model_id", "") or request.GET.get("base", ""),
    }
    return render(request, "workbench/draft_list.html", context)


def _begun(request: HttpRequest, author: User) -> ModelDraft:
    brought = request.FILES.get("folder")
    if brought is not None:
        if (brought.size or 0) > 4 * folder.MOST_BYTES:
            raise folder.NotAFolder
        return actions.bring(brought.read(), by=author)
    said = request.POST
    return actions.begin(said.get("model_id", "").strip(), base=said.get("base", "").strip(), by=author)


def _texts(request: HttpRequest, newest: DraftText) -> dict[str, str]:
    """The texts as typed; browsers send each end of a line as two signs."""
    said = request.POST
    return {
        name: said[field].replace("\r\n", "\n") if field in said else newest.files[name]
        for field, name in FIELDS.items()
    }


def _described(request: HttpRequest, draft: ModelDraft, texts: dict[str, str]) -> dict[str, str]:
    """The texts with what was changed in the fields beside them.  Raises CannotWrite."""
    number = request.POST.get("number", "")
    base = draft.texts.filter(number=int(number)).first() if number.isdigit() else None
    if base is None:
        return texts
    values = describing.changed(base.files["model.yaml"], request.POST.dict())
    return texts | {"model.yaml": describing.write(texts["model.yaml"], values)}


@needs_role(*AUTHORS)
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk: three texts, and what was last done with them."""
    draft = _draft(request, pk)
    newest = draft.newest
    texts = newest.files
    if request.method == "POST":
        texts = _texts(request, newest)
        try:
            texts = _described(request, draft, texts)
            return _done(request, draft, texts)
        except WebError as error:
            messages.error(request, str(error))
    return _desk(request, draft, newest, texts)


def _desk(request: HttpRequest, draft: ModelDraft, newest: DraftText, texts: dict[str, str]) -> HttpResponse:
    last = queries.latest_run(draft)
    context = {
        "draft": draft,
        "newest": newest,
        "purpose": request.POST.get("purpose") or (last.purpose if last else ""),
        "number": request.POST.get("number") or newest.number,
        "texts": {field: texts[name] for field, name in FIELDS.items()},
        "about": describing.read(texts["model.yaml"]),
        "samples": SAMPLES,
        "asked": request.POST or (last.asked if last else {}),
        "counties": Area.objects.filter(level="county").order_by("code")[:300],
        **_told(last),
    }
    return render(request, "workbench/draft_edit.html", context)


def _done(request: HttpRequest, draft: ModelDraft, texts: dict[str, str]) -> HttpResponse:
    """Save, then do what the button says."""
    by, said = signed_in(request), request.POST
    number = int(said["number"]) if said.get("number", "").isdigit() else draft.newest.number
    text = actions.save(draft, texts, number=number, by=by)
    does = said.get("do", "")
    if does in Does.values:
        asked = {"sample": said.get("sample", ""), "area": said.get("area", ""), "reason": said.get("purpose", "")}
        if does == Does.CASE:
            raise PermissionDenied
        actions.do(text, does, asked if does in (*ON_DATA, Does.SUBMIT) else {}, purpose=said.get("purpose", ""), by=by)
        return redirect(f"{request.path}#result")
    messages.success(request, _("Saved as version %(number)s.") % {"number": text.number})
    return redirect(request.path)


@require_POST
@needs_role(*AUTHORS)
def draft_check(request: HttpRequest, pk: int) -> JsonResponse:
    """Complaints of the lint on what stands in the editor; nothing is kept."""
    draft = _draft(request, pk)
    try:
        texts = _described(request, draft, _texts(request, draft.newest))
    except WebError as error:
        return JsonResponse({"complaints": [_told_of_field(error)]})
    try:
        found = within.said_of(draft.model_id, texts, "check")["complaints"]
    except Refusal as error:
        found = [{"file": "model.sql", "line": error.line, "rule": error.rule, "message": error.message}]
    return JsonResponse({"complaints": [{**one, "means": rules.in_words(one["rule"])} for one in found]})


def _told_of_field(error: WebError) -> dict[str, Any]:
    return {"file": "model.yaml", "line": 1, "rule": "file", "message": str(error), "means": ""}


@require_GET
@needs_role(*AUTHORS)
def draft_words(request: HttpRequest) -> JsonResponse:
    """Datasets and columns for completion."""
    _author(request)
    return JsonResponse(queries.words())


@require_GET
@needs_role(*AUTHORS)
def draft_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What one run came to; asked again until it is over."""
    found = queries.run_of(pk, _author(request))
    if found is None:
        raise Http404
    return render(request, "workbench/draft_run.html", {"draft": found.text.draft, **_told(found)})


def _told(run: DraftRun | None) -> dict[str, Any]:
    if run is None:
        return {"run": None}
    answer = run.answer or {}
    refused = answer.get("refused")
    return {
        "run": run,
        "waits": run.state == RunState.WAITING,
        "refused": {**refused, "means": rules.in_words(refused["rule"])} if refused else None,
        "complaints": [{**one, "means": rules.in_words(one["rule"])} for one in answer.get("complaints") or []],
        "cost": queries.cost_in_words(run) if run.does in (Does.TRY, Does.PLAN) and not refused else None,
        "rows": [[row.get(name) for name in answer.get("columns") or []] for row in answer.get("shown") or []],
        "sampled": answer.get("sampled"),
        "grades": sorted((answer.get("grades") or {}).items()),
    }


@require_POST
@needs_role(*AUTHORS)
def draft_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a case of one finding of a run, or add the case that was made to cases.yaml."""
    run = queries.run_of(pk, _author(request))
    if run is None or run.state != RunState.DONE:
        raise Http404
    draft, by = run.text.draft, signed_in(request)
    try:
        if run.does == Does.CASE:
            _case_added(request, run, draft, by)
        else:
            asked = {**run.asked, "of": run.pk, "row": _row(request), "name": _name(request, run)}
            actions.do(run.text, Does.CASE, asked, purpose=run.purpose, by=by)
    except WebError as error:
        messages.error(request, str(error))
    return redirect("draft_edit", pk=draft.pk)


def _row(request: HttpRequest) -> int:
    said = request.POST.get("row", "")
    return int(said) if said.isdigit() else 0


def _name(request: HttpRequest, run: DraftRun) -> str:
    said = request.POST.get("name", "").strip().lower().replace(" ", "-")
    kept = "".join(sign for sign in said if sign.isascii() and (sign.isalnum() or sign == "-"))[:60]
    return kept or f"from-a-row-{run.pk}-{_row(request) + 1}"


def _case_added(request: HttpRequest, run: DraftRun, draft: ModelDraft, by: User) -> None:
    newest = draft.newest
    files = {**newest.files, "cases.yaml": added(newest.files["cases.yaml"], run.answer["text"])}
    text = actions.save(draft, files, number=newest.number, by=by)
    actions.do(text, Does.CASES, {}, by=by)
    messages.success(request, _("The case stands in cases.yaml; the cases were run."))


@require_GET
@needs_role(*AUTHORS)
def draft_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The folder as a zip, as the catalogue has it."""
    draft = _draft(request, pk)
    newest = draft.newest
    record.write("draft.exported", by=signed_in(request), subject=draft.model_id, draft=draft.pk, number=newest.number)
    name = f"{draft.model_id.replace('/', '--')}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(folder.packed(draft.model_id, newest.files), content_type="application/zip", headers=headers)
