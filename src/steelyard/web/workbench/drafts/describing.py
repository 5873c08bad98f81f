"""What model.yaml says of a model, as fields: read out of the text, and written back into the same places of it.

Nothing but the value that changed is touched: comments, order, line breaks and quotes of everything else stay.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steelyard.kit import yamlfile
from steelyard.kit.yamlfile import YamlError
from steelyard.web.audit.errors import WebError
from steelyard.web.orgs.words import Level

MOST_BYTES = 64 << 10
LEVELS = ("village", "town", "county", "city", "province")
GRADES = ("red", "yellow", "blue")
PREFIX = "about-"
_NAME = Path("model.yaml")
_PLAIN = re.compile(r"[-+]?\d+(\.\d+)?|\d{4}-\d\d-\d\d|true|false")
_OPTIONAL = ("min", "max")
_VALUES = ("default", *_OPTIONAL)
_OF_PARAMETER: Mapping[str, Promise] = {
    "zh": _("in Chinese"), "en": _("in English"), "default": _("default"), "min": _("at least"), "max": _("at most"),
    "change_by": _("changed from the level of"),
}  # fmt: skip
_FIXED: Mapping[tuple[str, ...], Promise] = {
    ("title", "zh"): _("Title in Chinese"),
    ("title", "en"): _("Title in English"),
    ("purpose", "zh"): _("Purpose in Chinese"),
    ("purpose", "en"): _("Purpose in English"),
    ("key",): _("Key: what makes two findings one (columns)"),
    ("grade", "values"): _("Grades it gives"),
    ("disposal", "handler", "level"): _("Handled at the level of"),
    ("disposal", "handler", "role"): _("Handled by the role"),
    ("disposal", "reviewer", "level"): _("Reviewed at the level of"),
    ("disposal", "reviewer", "role"): _("Reviewed by the role"),
}


class CannotWrite(WebError):
    text = _("“%(field)s” cannot be changed here; change it in model.yaml.")


@dataclass(frozen=True)
class Field:
    """One value of model.yaml."""

    path: tuple[str, ...]
    label: str | Promise
    value: str
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return PREFIX + ".".join(self.path)

    @property
    def options(self) -> list[tuple[str, str]]:
        """Codes with their words; one that is none of them stays until another is chosen."""
        known = [(code, str(Level(code).label)) for code in self.choices]
        return known if self.value in self.choices else [(self.value, self.value or "—"), *known]

    @property
    def long(self) -> bool:
        return self.path[0] == "purpose"


@dataclass(frozen=True)
class About:
    """What is shown of a text; of parameters one row each."""

    fields: list[Field]
    parameters: dict[str, list[Field]]
    """In the order of the text: names, default, bounds, level."""

    def __iter__(self) -> Iterator[Field]:
        yield from self.fields
        for listed in self.parameters.values():
            yield from listed


def read(text: str) -> About | None:
    """The fields of a text; None where it is too long or cannot be read."""
    try:
        root, data = _parsed(text)
    except (YamlError, yaml.YAMLError, RecursionError):
        return None
    fields = [
        Field(path, label, _said(node), _choices(path))
        for path, label in _FIXED.items()
        if (node := _at(root, path)) is not None and _writable(node)
    ]
    known = data.get("parameters") if isinstance(data, dict) else None
    names = [str(name) for name, one in known.items() if isinstance(one, dict)] if isinstance(known, dict) else []
    return About(fields, {name: _of_parameter(root, name) for name in names})


def _of_parameter(root: yaml.Node, name: str) -> list[Field]:
    return [
        Field(path, label, _said(node) if node is not None else "", _choices(path))
        for part, label in _OF_PARAMETER.items()
        if (node := _at(root, path := ("parameters", name, part))) is None or _writable(node)
    ]


def changed(base: str, posted: Mapping[str, str]) -> dict[str, str]:
    """What somebody filled in otherwise than it stood in the text he began with."""
    about = read(base)
    return {
        one.name: said
        for one in about or ()
        if (said := posted.get(one.name, one.value).replace("\r\n", "\n").strip()) != one.value.strip()
    }


def write(text: str, values: Mapping[str, str]) -> str:
    """The text with some values changed.  Raises CannotWrite."""
    for name, value in values.items():
        text = _written(text, tuple(name.removeprefix(PREFIX).split(".")), value)
    return text


def _written(text: str, path: tuple[str, ...], value: str) -> str:
    about = read(text)
    field = next((one for one in about or () if one.path == path), None)
    if field is None or (not value and not (path[-1] in _OPTIONAL and not field.value)):
        raise _refused(path)
    if field.choices and value not in field.choices and path != ("grade", "values"):
        raise _refused(path)
    root, before = _parsed(text)
    node = _at(root, path)
    items = [one.strip() for one in value.split(",") if one.strip()]
    listed = isinstance(node, yaml.SequenceNode)
    said = f"[{', '.join(map(_text, items))}]" if listed else _value(value) if path[-1] in _VALUES else _text(value)
    made = _put(text, root, path, node, said)
    try:
        now, after = _parsed(made)
    except (YamlError, yaml.YAMLError) as error:
        raise _refused(path) from error
    written = _at(now, path)
    as_said = written is not None and _said(written) == (", ".join(items) if listed else value)
    if not as_said or _without(before, path) != _without(after, path):
        raise _refused(path)
    return made


def _put(text: str, root: yaml.Node, path: tuple[str, ...], node: yaml.Node | None, said: str) -> str:
    if node is None:
        above = _at(root, path[:-1])
        if not isinstance(above, yaml.MappingNode) or not above.flow_style:
            raise _refused(path)
        end = above.end_mark.index - 1
        return f"{text[:end].rstrip()}, {path[-1]}: {said}{text[end:]}"
    start, end = node.start_mark.index, node.end_mark.index
    # A block text ends where the next line begins.
    ends_line = "\n" if text[start:end].endswith("\n") else ""
    return f"{text[:start]}{said}{ends_line}{text[end:]}"


def _refused(path: tuple[str, ...]) -> CannotWrite:
    return CannotWrite(CannotWrite.text % {"field": " › ".join(path)})


def _parsed(text: str) -> tuple[yaml.Node, Any]:
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise YamlError("too long for fields")
    data = yamlfile.loads(text, _NAME).data  # refuses what a reader should not be given
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is None:
        raise YamlError("empty")
    return root, data


def _at(node: yaml.Node | None, path: tuple[str, ...]) -> yaml.Node | None:
    for step in path:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for key, value in node.value if key.value == step), None)
    return node


def _writable(node: yaml.Node) -> bool:
    if isinstance(node, yaml.SequenceNode):
        return bool(node.flow_style) and all(isinstance(one, yaml.ScalarNode) for one in node.value)
    return isinstance(node, yaml.ScalarNode)


def _said(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(str(one.value) for one in node.value)
    return str(node.value)


def _choices(path: tuple[str, ...]) -> tuple[str, ...]:
    return LEVELS if path[-1] in ("level", "change_by") else ()


def _value(value: str) -> str:
    """A number, a day, or true and false as they are; else a text."""
    return value if _PLAIN.fullmatch(value) else _text(value)


def _text(value: str) -> str:
    """A text as it may stand within brackets or not, in quotes where it could be read as something else."""
    listed = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=1_000_000).strip()
    return str(listed[1:-1])


def _without(data: Any, path: tuple[str, ...]) -> Any:
    """The same with one value left out."""
    if not path or not isinstance(data, dict):
        return None
    rest = {key: value for key, value in data.items() if key != path[0]}
    return rest, _without(data.get(path[0]), path[1:])
