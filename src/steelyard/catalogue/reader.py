"""Reads the folders of the catalogue; says with file and line what cannot be read."""

import hashlib
from pathlib import Path
from typing import Any

from steelyard.catalogue.model import (
    PARAMETER_TYPES,
    Catalogue,
    Evidence,
    Needs,
    Parameter,
    Relation,
    SupervisionModel,
    Terms,
)
from steelyard.contracts import Column, LegalBasis, Words, load_contracts, load_vocabularies
from steelyard.kit import yamlfile
from steelyard.kit.errors import SteelyardError

MODEL_FILES = ("model.yaml", "model.sql", "cases.yaml")
VOCABULARY = "vocabulary"
"""Among the codes of a column's terms: the vocabularies whose words it takes."""
RELATION_FILES = ("relation.yaml", "relation.sql", "cases.yaml")


class CatalogueBroken(SteelyardError):
    """The catalogue cannot be read; every complaint names file and line."""


class Unreadable(Exception):
    """One folder cannot be read."""

    def __init__(self, document: yamlfile.Document | None, message: str, *at: str | int) -> None:
        where = f"{document.path}:{document.line_of(*at)}: " if document else ""
        super().__init__(f"{where}{message}")


def load_catalogue(root: Path, own: Path | None = None) -> Catalogue:
    """Contracts, vocabularies, relations and models below ``root``, and the deployment's own models below ``own``.

    Raises CatalogueBroken with all complaints where a folder cannot be read.
    """
    catalogue, wrong = read_catalogue(root, own)
    if wrong:
        raise CatalogueBroken("\n".join(wrong))
    return catalogue


def read_catalogue(root: Path, own: Path | None = None) -> tuple[Catalogue, list[str]]:
    """As ``load_catalogue``, but folders that cannot be read are left out and complained of.

    A model of the deployment's own that bears the id of one of the catalogue's is left out: the catalogue's stands.
    """
    wrong: list[str] = []
    relations: dict[str, Relation] = {}
    for folder in _folders(root / "relations", 1):
        try:
            relations[folder.name] = _relation(folder)
        except (Unreadable, yamlfile.YamlError) as error:
            wrong.append(str(error))
    models = _models(root / "models", wrong)
    for name, model in (_models(own, wrong) if own else {}).items():
        if name in models:
            wrong.append(f"{model.path}/model.yaml:1: the catalogue has a model {name} of its own; give it another id")
        else:
            models[name] = model
    vocabulary = load_vocabularies(root / "vocabulary")
    return (
        Catalogue(
            root=root,
            contracts=load_contracts(root / "contracts", vocabulary),
            vocabulary=vocabulary,
            relations=_ordered(relations, wrong),
            models=models,
        ),
        wrong,
    )


def _models(root: Path, wrong: list[str]) -> dict[str, SupervisionModel]:
    found: dict[str, SupervisionModel] = {}
    for folder in _folders(root, 2):
        try:
            found[f"{folder.parent.name}/{folder.name}"] = _model(folder)
        except (Unreadable, yamlfile.YamlError) as error:
            wrong.append(str(error))
    return found


def _folders(root: Path, depth: int) -> list[Path]:
    """Folders at ``depth`` that hold something; hidden ones are work in progress."""
    found = root.glob("/".join("*" * depth))
    shown = (path for path in found if not any(part.startswith(".") for part in path.relative_to(root).parts))
    return sorted(path for path in shown if path.is_dir() and any(path.iterdir()))


def _ordered(relations: dict[str, Relation], wrong: list[str]) -> dict[str, Relation]:
    """Each relation after those it reads."""
    done: dict[str, Relation] = {}
    waiting = dict(relations)
    while waiting:
        free = [name for name, found in waiting.items() if not set(found.data) & set(waiting)]
        if not free:
            wrong.append(f"relations read each other in a circle: {', '.join(sorted(waiting))}")
            break
        for name in free:
            done[name] = waiting.pop(name)
    return done


def _files(folder: Path, names: tuple[str, ...]) -> tuple[yamlfile.Document, str, str]:
    """The YAML document, the SQL text, and the hash over all three files."""
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise Unreadable(None, f"{folder}:1: missing {', '.join(missing)}")
    digest = hashlib.sha256()
    for name in names:
        content = (folder / name).read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    document = yamlfile.load(folder / names[0])
    if not isinstance(document.data, dict):
        raise Unreadable(document, "must be a mapping")
    if document.data.get("format") != 1:
        raise Unreadable(document, "format must be 1", "format")
    return document, (folder / names[1]).read_text(encoding="utf-8"), digest.hexdigest()


def _words(document: yamlfile.Document, *at: str | int) -> Words:
    value: Any = document.data
    for step in at:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
    read = Words.read(value)
    if read is None:
        raise Unreadable(document, f"{'.'.join(map(str, at))} needs zh and en", *at)
    return read


def _section(document: yamlfile.Document, name: str, kind: type, default: Any = None) -> Any:
    value = document.data.get(name, default)
    if value is None:
        raise Unreadable(document, f"{name} is missing")
    if not isinstance(value, kind):
        raise Unreadable(document, f"{name} must be a {kind.__name__}", name)
    return value


def read_model(folder: Path) -> SupervisionModel:
    """One folder of three files, wherever it lies.  Raises CatalogueBroken."""
    try:
        return _model(folder)
    except (Unreadable, yamlfile.YamlError) as error:
        raise CatalogueBroken(str(error)) from error


def read_relation(folder: Path) -> Relation:
    """As ``read_model``, a derived relation."""
    try:
        return _relation(folder)
    except (Unreadable, yamlfile.YamlError) as error:
        raise CatalogueBroken(str(error)) from error


def _model(folder: Path) -> SupervisionModel:
    document, sql, sha256 = _files(folder, MODEL_FILES)
    data = document.data
    for name in ("id", "version", "status", "domain", "line", "stage", "pattern", "clock", "area"):
        _section(document, name, str)
    grade = _section(document, "grade", dict)
    return SupervisionModel(
        id=data["id"],
        version=data["version"],
        status=data["status"],
        title=_words(document, "title"),
        purpose=_words(document, "purpose"),
        domain=data["domain"],
        line=data["line"],
        stage=data["stage"],
        pattern=data["pattern"],
        zone=str(data.get("zone", "common")),
        data={str(name): _needs(document, str(name)) for name in _section(document, "data", dict)},
        key=tuple(map(str, _section(document, "key", list))),
        unit=tuple(map(str, _section(document, "unit", list, []))),
        clock=data["clock"],
        area=data["area"],
        subjects={str(k): str(v) for k, v in _section(document, "subjects", dict).items()},
        identity_tier=data.get("identity_tier"),
        parameters={str(name): _parameter(document, str(name)) for name in _section(document, "parameters", dict, {})},
        grade_column=str(grade.get("column", "grade")),
        grades=tuple(map(str, grade.get("values") or ())),
        legal_basis=tuple(
            LegalBasis(str(one.get("ref", "")), str(one.get("status", "")))
            for one in _section(document, "legal_basis", list)
            if isinstance(one, dict)
        ),
        disposal=_section(document, "disposal", dict),
        false_positives=tuple(_section(document, "false_positives", list, [])),
        snooze=_section(document, "snooze", dict, {}),
        text_title=_words(document, "text", "title"),
        evidence=tuple(_evidence(document, n) for n in range(len(_section(document, "evidence", list)))),
        run_limits=_section(document, "run_limits", dict, {}),
        owner=_section(document, "owner", dict, {}),
        references=tuple(_section(document, "references", list, [])),
        withdrawn=data.get("withdrawn"),
        reach=data.get("reach"),
        sql=sql,
        sha256=sha256,
        path=folder,
        document=document,
        terms={str(name): _terms(document, str(name)) for name in _section(document, "terms", dict, {})},
    )


def _terms(document: yamlfile.Document, column: str) -> Terms:
    """The words of one column: the name of a vocabulary, or code to {zh, en} and ``vocabulary`` among them."""
    body = document.data["terms"][column]
    at = ("terms", column)
    if isinstance(body, str):
        return Terms({}, (body,))
    if not isinstance(body, dict) or not body:
        raise Unreadable(document, f"terms.{column} names a vocabulary, or has a code with zh and en on each line", *at)
    named = body.get(VOCABULARY) or ()
    vocabularies = (named,) if isinstance(named, str) else tuple(map(str, named))
    return Terms({str(code): _words(document, *at, code) for code in body if code != VOCABULARY}, vocabularies)


def _needs(document: yamlfile.Document, dataset: str) -> Needs:
    body = document.data["data"][dataset]
    if not isinstance(body, dict) or not isinstance(body.get("needs"), list):
        raise Unreadable(document, f"data.{dataset} needs a list `needs`", "data", dataset)
    return Needs(
        dataset=dataset,
        needs=tuple(map(str, body["needs"])),
        freshness=str(body.get("freshness", "")),
        min_coverage=float(body.get("min_coverage", 0)),
        optional=body.get("optional") is True,
        may_be_null=tuple(map(str, body.get("may_be_null") or ())),
    )


def _parameter(document: yamlfile.Document, name: str) -> Parameter:
    body = document.data["parameters"][name]
    at = ("parameters", name)
    if not isinstance(body, dict) or body.get("type") not in PARAMETER_TYPES or "default" not in body:
        raise Unreadable(document, f"{name} needs type ({', '.join(PARAMETER_TYPES)}) and default", *at)
    default = body["default"]
    return Parameter(
        name=name,
        type=body["type"],
        default="|".join(map(str, default)) if isinstance(default, list) else default,
        title=_words(document, *at),
        least=body.get("min"),
        most=body.get("max"),
        change_by=str(body.get("change_by", "")),
    )


def _evidence(document: yamlfile.Document, number: int) -> Evidence:
    body = document.data["evidence"][number]
    if not isinstance(body, dict) or not isinstance(body.get("sql"), str) or not body.get("name"):
        raise Unreadable(document, "an evidence query needs name, zh, en and sql", "evidence", number)
    return Evidence(str(body["name"]), _words(document, "evidence", number), body["sql"])


def _relation(folder: Path) -> Relation:
    document, sql, sha256 = _files(folder, RELATION_FILES)
    data = document.data
    if data.get("id") != folder.name:
        raise Unreadable(document, f"id must be {folder.name}", "id")
    columns = {str(name): _column(document, str(name)) for name in _section(document, "columns", dict)}
    read = _section(document, "data", dict)
    return Relation(
        id=folder.name,
        version=str(data.get("version", "")),
        title=_words(document, "title"),
        purpose=_words(document, "purpose"),
        data={str(name): tuple(map(str, (body or {}).get("needs") or ())) for name, body in read.items()},
        key=tuple(map(str, _section(document, "key", list))),
        unit=tuple(map(str, _section(document, "unit", list))),
        columns=columns,
        sql=sql,
        sha256=sha256,
        path=folder,
        document=document,
    )


def _column(document: yamlfile.Document, name: str) -> Column:
    body = document.data["columns"][name]
    at = ("columns", name)
    if not isinstance(body, dict) or "type" not in body:
        raise Unreadable(document, f"{name} needs a type", *at)
    return Column(
        name=name,
        type=str(body["type"]),
        title=_words(document, *at),
        sensitivity=str(body.get("sensitivity", "L3")),
        subject=body.get("subject"),
        scale=int(body.get("scale", 2)),
        note=str(body.get("note", "")),
        line=document.line_of(*at),
    )
