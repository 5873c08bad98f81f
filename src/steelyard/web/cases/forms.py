"""The form of one move, built from what the workflow says it needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from steelyard.web.cases.context import Context
from steelyard.web.cases.models import Case
from steelyard.web.cases.needs import FIELDS, is_true
from steelyard.web.cases.places import nearby_bodies
from steelyard.web.cases.questions import FOUR
from steelyard.web.orgs.models import Body


class MoveForm(forms.Form):
    """Cleans and explains; never saves."""

    def __init__(self, context: Context, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context
        for need in context.move.needs:
            self.fields.update(FIELDS[need](context))
        if "assignee_org" in context.move.sets and context.user is not None:
            self.fields["assignee_org"] = forms.ChoiceField(
                label=_("Body to handle it"), choices=nearby_bodies(context.case)
            )
        for field in self.fields.values():
            _style(field)

    def clean(self) -> dict[str, Any]:
        data = dict(super().clean() or {})
        for check in (_check_verdicts, _check_questions, _check_files, _check_ledger, _check_dates, _check_bodies):
            check(self, data)
        return data


def _style(field: forms.Field) -> None:
    if isinstance(field.widget, forms.CheckboxSelectMultiple):
        field.widget.attrs.setdefault("class", "form-check-input")
        return
    kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
    field.widget.attrs.setdefault("class", kind)


def _check_verdicts(form: MoveForm, data: dict[str, Any]) -> None:
    alerts = form.context.alerts if "verdict_per_alert" in form.context.move.needs else []
    verdicts = {alert.pk: data.get(f"verdict_{alert.pk}") for alert in alerts}
    for pk, verdict in verdicts.items():
        if verdict and not is_true(verdict) and not (data.get(f"cause_{pk}") or data.get("root_cause")):
            form.add_error(f"cause_{pk}", _("A verdict that is not true needs its root cause."))
    if "deferral" in form.fields and any(map(is_true, verdicts.values())) and not data.get("deferral"):
        form.add_error("deferral", _("Ask for an explanation first, or say why not."))


def _check_questions(form: MoveForm, data: dict[str, Any]) -> None:
    for question in FOUR if "review_questions" in form.context.move.needs else ():
        if data.get(f"q{question.no}") in question.explained and not data.get(f"q{question.no}_text"):
            form.add_error(f"q{question.no}_text", _("This answer needs a reason or its document."))


def _check_files(form: MoveForm, data: dict[str, Any]) -> None:
    if "no_files_because" not in form.fields or data.get("files") or data.get("no_files_because"):
        return
    standing = form.context.case.files.exists() if "attachments" in form.context.move.needs else False
    if not standing:
        form.add_error("no_files_because", _("Add a file, or say why there is none."))


def _check_ledger(form: MoveForm, data: dict[str, Any]) -> None:
    if "amount" not in form.fields:
        return
    if data.get("amount") is not None and data["amount"] <= 0:
        form.add_error("amount", _("An amount is above zero; take an entry back by its counter-entry."))
    if data.get("kind") == "recovered" and not data.get("voucher"):
        form.add_error("voucher", _("Money that arrived needs its voucher."))


def _check_dates(form: MoveForm, data: dict[str, Any]) -> None:
    today = form.context.today
    for name in ("plan_until", "resume_by", "new_due"):
        if data.get(name) and data[name] <= today:
            form.add_error(name, _("This day has passed."))
    for name in ("date", "inspected_on"):
        if data.get(name) and data[name] > today:
            form.add_error(name, _("This day has not come yet."))


def _check_bodies(form: MoveForm, data: dict[str, Any]) -> None:
    for name in ("assignee_org", "proposed_org"):
        if data.get(name):
            data[name] = Body.objects.get(pk=data[name])
    if "merged_into" in form.fields:
        found = Case.objects.visible_to(form.context.user).filter(no=data.get("merged_into", "")).first()
        data["merged_into"] = found
