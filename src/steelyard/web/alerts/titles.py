"""The story of an alert in two sentences, under the reader's rights and in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from steelyard.catalogue.placeholders import placeholders, render, written
from steelyard.web.alerts.masking import masked_value
from steelyard.web.orgs.models import Area, User, in_language
from steelyard.web.orgs.names import ShownName, shown_names
from steelyard.web.workbench import shelf


class Told(Protocol):
    """What has a title: an alert."""

    pk: Any
    model_id: Any
    title_zh: Any
    title_en: Any
    payload: Any


def titles(viewer: User | None, alerts: Iterable[Told]) -> dict[int, str]:
    """Sentence by alert id; names and areas are looked up once for all of them."""
    wanted = list(alerts)
    found = [(alert, _template(alert)) for alert in wanted]
    names = shown_names(viewer, [key for alert, text in found for key in _values(alert, text, "name")])
    areas = areas_named(code for alert, text in found for code in _values(alert, text, "area"))
    return {alert.pk: fill(text, alert.payload, names, areas, str(alert.model_id)) for alert, text in found}


def areas_named(codes: Iterable[str]) -> dict[str, str]:
    """Names of areas by code; a code without an area stays itself."""
    wanted = {code for code in codes if code}
    return {area.code: str(area) for area in Area.objects.filter(code__in=wanted)}


def fill(
    text: str, payload: Mapping[str, Any], names: Mapping[str, ShownName], areas: Mapping[str, str], model_id: str = ""
) -> str:
    """Put the figures of ``payload`` into a template, codes in the words of the model that stands today.

    What is missing shows as a dash, or takes the optional part around it along.
    """

    def told(column: str, form: str, value: Any) -> str | None:
        words = shelf.told(model_id, column, value) if isinstance(value, str) else None
        if words is not None and words != value:
            return str(masked_value(column, words))
        if form != "name" and isinstance(value, str) and (covered := masked_value(column, value)) != value:
            # Whatever form its author chose, an account or a phone stays covered.
            return str(covered)
        match form:
            case "name":
                return names[str(value)].text if str(value) in names else str(masked_value(column, value))
            case "area":
                return areas.get(str(value), str(value))
            case "model":
                return shelf.model_title(str(value))
            case "dataset":
                return shelf.dataset_title(str(value))
            case "" if not isinstance(value, bool):
                return str(masked_value(column, value))
        return None

    return render(text, payload, told, language=in_language("zh", "en"), lenient=True)


def _template(alert: Told) -> str:
    return in_language(str(alert.title_zh or ""), str(alert.title_en or ""))


def _values(alert: Told, text: str, form: str) -> list[str]:
    columns = [column for column, found in placeholders(text) if found == form]
    return [str(alert.payload[column]) for column in columns if alert.payload.get(column)]


def plain_amount(value: object) -> str:
    """An amount grouped and without a unit: the sentence around it names the unit."""
    return written(value, "money")


def day_text(value: object) -> str:
    """A date in the reader's language."""
    return written(value, "date", in_language("zh", "en"))
