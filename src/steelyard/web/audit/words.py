"""What the acts of the record are called; the code of an act stays beside its words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: dict[str, Promise] = {
    "account.created": _("opened an account"),
    "account.disabled": _("closed an account"),
    "account.enabled": _("opened an account again"),
    "account.posts": _("changed the posts of an account"),
    "account.second_factor_reset": _("took a second factor back"),
    "alert.batch_released": _("released a batch of alerts"),
    "alert.batch_discarded": _("discarded a batch of alerts"),
    "alert.data_withdrawn": _("marked: data withdrawn"),
    "alert.model_flagged": _("flagged a model"),
    "alert.seen": _("looked at an alert"),
    "alerts.pulled": _("took over the alerts of a run"),
    "appeal.accepted": _("accepted a villager's report"),
    "appeal.answered": _("answered a villager's report"),
    "appeal.asked": _("asked the reporter a question"),
    "appeal.concluded": _("concluded a villager's report"),
    "appeal.contact_opened": _("looked at a reporter's contact"),
    "appeal.handed_over": _("handed a villager's report over"),
    "appeal.linked": _("tied a villager's report to a case"),
    "appeal.refused": _("did not accept a villager's report"),
    "audit.read": _("read the audit record"),
    "case.alert_attached": _("added an alert to a case"),
    "case.dossier": _("printed the file of a case"),
    "case.files_added": _("added files to a case"),
    "case.grade_rose": _("raised the grade of a case"),
    "case.late": _("a case passed its day"),
    "case.ledger_countered": _("countered an entry of the money ledger"),
    "case.opened": _("opened a case"),
    "case.request_decided": _("decided a request"),
    "case.seen": _("looked at a case"),
    "case.signature_asked": _("asked for a second signature"),
    "delivery.landed": _("a delivery landed"),
    "delivery.pushed": _("a delivery was sent in"),
    "delivery.withdrawal_approved": _("approved the withdrawal of a delivery"),
    "delivery.withdrawal_asked": _("asked to withdraw a delivery"),
    "delivery.withdrawal_declined": _("declined the withdrawal of a delivery"),
    "delivery.replay_asked": _("asked to replay what was held back"),
    "delivery.row_read": _("looked at a delivered line"),
    "delivery.uploaded": _("put a file in by hand"),
    "file.read": _("opened a file"),
    "identity_question.read": _("looked at a question about a number"),
    "interface.fetch_asked": _("asked to fetch an interface now"),
    "interface.paused": _("paused an interface"),
    "interface.resumed": _("resumed an interface"),
    "loophole.opened": _("opened a loophole"),
    "order.done": _("the worker did what was ordered"),
    "order.failed": _("the worker could not do what was ordered"),
    "person.revealed": _("looked at a person's name"),
    "powers.contract_signed": _("signed and sealed a contract"),
    "powers.gate_refused": _("the gate refused a payment or a seal"),
    "powers.lease_started": _("registered a lease"),
    "powers.paid": _("paid out"),
    "powers.step": _("took a step of a village matter"),
    "quarantine.corrected": _("corrected a row that was held back"),
    "quarantine.exported": _("exported rows that were held back"),
    "sheet.answered": _("answered a question sheet"),
    "sheet.seen": _("looked at a question sheet"),
    "token.issued": _("issued an access token"),
}
GROUPS: dict[str, Promise] = {
    "case": _("took a step in a case"),
    "identity_question": _("dealt with a question about a number"),
    "loophole": _("took a step on a loophole"),
}


def act_in_words(action: str) -> str:
    """The act in the reader's language; its code where nobody has named it."""
    return str(ACTS.get(action) or GROUPS.get(action.split(".", 1)[0]) or action)
