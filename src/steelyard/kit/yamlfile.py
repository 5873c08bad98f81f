"""YAML read strictly: 1.2 booleans, no duplicate keys, no octal numbers, and the line of every value."""

import datetime as dt
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from steelyard.kit.errors import SteelyardError

Step = str | int
MAX_BYTES = 4_000_000
MAX_BRACKETS = 1_000
"""Brackets open at once, those in texts counted too: far above 40 levels, far below what ends the process."""
_BRACKETS = re.compile(r"[\[\]{}]")
_STAIRS = re.compile(r"(?:[-?:][ \t]+){200}")


class YamlError(SteelyardError):
    """A YAML file cannot be read; the message names file, line and column."""


@dataclass(frozen=True)
class Document:
    """What a file says, and where it says it."""

    path: Path
    data: Any
    lines: dict[tuple[Step, ...], int] = field(repr=False)

    def line_of(self, *path: Step) -> int:
        """1-based line of the value at ``path``, or of its nearest parent that exists."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C one where it is built in
    """PyYAML follows YAML 1.1, where ``on`` is a boolean and ``0555567`` an octal number."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag.rsplit(":", 1)[1] not in {"bool", "int", "float"}]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def load(path: Path) -> Document:
    """Read one file.

    Dates come as ``datetime.date``; an unquoted code with a leading zero stays text.
    Raises YamlError with file, line and column for bad syntax, bad encoding or a repeated key.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise YamlError(f"{path}: larger than {MAX_BYTES} bytes")
        text = raw.decode("utf-8")
    except OSError as error:
        raise YamlError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise YamlError(f"{path}: not UTF-8 at byte {error.start}") from error
    return loads(text, path)


def loads(text: str, path: Path) -> Document:
    """As ``load``, for text already at hand; ``path`` only names it in messages."""
    if _is_deep(text):
        raise YamlError(f"{path}: nested deeper than 40 levels")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[tuple[Step, ...], int] = {}
        data = _build(loader, node, (), lines, path) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise YamlError(f"{where}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise YamlError(f"{path}: {error}") from error
    finally:
        loader.dispose()
    return Document(path, data, lines)


def _is_deep(text: str) -> bool:
    """Whether brackets or dashes go so deep that the C reader, which counts no levels, would run out of stack."""
    depth = deepest = 0
    for sign in _BRACKETS.findall(text):
        depth = depth + 1 if sign in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    return deepest > MAX_BRACKETS or _STAIRS.search(text) is not None


def _build(
    loader: _Loader, node: yaml.Node, at: tuple[Step, ...], lines: dict[tuple[Step, ...], int], path: Path
) -> Any:
    if len(at) > 40:
        raise YamlError(f"{path}:{node.start_mark.line + 1}: nested deeper than 40 levels")
    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, at, lines, path)
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, child, (*at, n), lines, path) for n, child in enumerate(node.value)]
    return loader.construct_object(node)


def _mapping(
    loader: _Loader,
    node: yaml.MappingNode,
    at: tuple[Step, ...],
    lines: dict[tuple[Step, ...], int],
    path: Path,
) -> dict[Hashable, Any]:
    found: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        where = f"{path}:{key_node.start_mark.line + 1}:{key_node.start_mark.column + 1}"
        if not isinstance(key, Hashable) or isinstance(key, dt.date):
            raise YamlError(f"{where}: this key must be text; put it in quotes")
        if key in found:
            raise YamlError(f"{where}: the key {key!r} stands twice")
        step: tuple[Step, ...] = (*at, key if isinstance(key, str | int) else str(key))
        lines[step] = key_node.start_mark.line + 1
        found[key] = _build(loader, value_node, step, lines, path)
    return found
