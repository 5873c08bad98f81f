"""\"This model needs tuning\": one step from every alert."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steelyard.web.alerts.models import Alert, ModelNote
from steelyard.web.audit import record
from steelyard.web.audit.errors import NotAllowed
from steelyard.web.orgs.models import User


@transaction.atomic
def flag_model(alert: Alert, *, by: User, text: str) -> ModelNote:
    """Tell the model's owner what is wrong with it.  Raises NotAllowed without a sentence."""
    if len(text.strip()) < 4:
        raise NotAllowed(_("Say in a sentence what is wrong with the model."))
    note = ModelNote.objects.create(alert=alert, model_id=alert.model_id, by=by, text=text.strip()[:1000])
    record.write("alert.model_flagged", by=by, subject=alert, model=alert.model_id)
    return note
