"""A finding computed again as it was seen then: its own text, parameters, data, who was who, and day."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import psycopg

from steelyard import identity
from steelyard.catalogue import Catalogue
from steelyard.catalogue.lint.subset import refuse_foreign
from steelyard.catalogue.model import Parameter
from steelyard.detect import basis as kept
from steelyard.detect.basis import Basis
from steelyard.detect.evidence import EvidenceReader, plain
from steelyard.detect.findings import finding
from steelyard.detect.present import earlier
from steelyard.detect.stage import Stage
from steelyard.detect.views import Tables, Views
from steelyard.engines.duck import DuckError, connect, rows
from steelyard.engines.postgres import Database
from steelyard.kit.errors import SteelyardError
from steelyard.pool import Moment, PoolVersion

__all__ = ["FindingUnknown", "Replay", "replay"]

Connection = psycopg.Connection[Any]
State = Literal["same", "differs", "absent", "removed", "impossible"]
MEMORY_MB = 1_500


class FindingUnknown(SteelyardError):
    """There is no finding with this fingerprint."""


class PastTables(Tables, Protocol):
    """A pool whose older versions can be asked for."""

    def version(self, number: int) -> PoolVersion | None: ...


@dataclass(frozen=True)
class Seen:
    """One moment at which the finding was seen."""

    pool_version: int
    as_of: dt.date
    generation: int
    pushes: int
    """Number of the newest push whose rows were seen over the version while they waited."""
    readable: bool


@dataclass(frozen=True)
class Replay:
    """What came of it.  Whatever it is, the frozen evidence stands."""

    fingerprint: str
    state: State
    """same; differs; absent (no longer a finding); removed (no version of the data is left); impossible (see why)."""
    model: str
    model_version: str = ""
    frozen_in: int | None = None
    """Pool version in which the evidence was frozen."""
    pool_version: int | None = None
    """Pool version it was computed from now: another one, where that one is gone and it was seen unchanged later."""
    as_of: dt.date | None = None
    identity_generation: int | None = None
    differences: tuple[dict[str, Any], ...] = ()
    """``where`` (a column of the finding or a section of evidence), ``then``, ``now``."""
    why: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    """The same in words, zh and en."""


def replay(pool: PastTables, catalogue: Catalogue, database: Database, fingerprint: str) -> Replay:
    """Evaluate the text a finding names over the pool version it names, and compare with what was frozen.

    Writes nothing.  Raises FindingUnknown.
    """
    with database.connect(autocommit=True) as connection:
        made = _replay(pool, catalogue, database, connection, fingerprint)
    return replace(made, said=_words(made))


def _replay(
    pool: PastTables, catalogue: Catalogue, database: Database, connection: Connection, fingerprint: str
) -> Replay:
    found = finding(connection, fingerprint)
    if found is None:
        raise FindingUnknown(f"there is no finding {fingerprint}")
    frozen_basis, moments = _moments(connection, fingerprint)
    made = Replay(fingerprint, "impossible", found.model, found.model_version)
    if frozen_basis is None or not moments:
        return replace(made, why="it was frozen before texts and parameters were kept")
    made = replace(made, frozen_in=moments[0].pool_version)
    moment = next((one for one in moments if one.readable), None)
    if moment is None:
        return replace(made, state="removed")
    made = replace(made, pool_version=moment.pool_version, as_of=moment.as_of, identity_generation=moment.generation)
    try:
        basis = kept.read(connection, frozen_basis)
        made = replace(made, model_version=basis.model.version)
        past = _past(pool, database, moment)
        if past is None:
            return replace(made, state="removed")
        now = _evaluated(pool, catalogue, connection, basis, moment, past, found.key)
    except (DuckError, SteelyardError) as error:
        if _gone_meanwhile(connection, moment.pool_version):
            return replace(made, state="removed")
        return replace(made, why=str(error).splitlines()[0])
    if now is None:
        return replace(made, state="absent")
    row, sections = now
    listed = (*_columns(found.payload, row), *_sections(found.evidence, sections))
    return replace(made, state="differs" if listed else "same", differences=listed)


_SEEN = "{0}.pool_version, {0}.as_of, {0}.identity_generation, {0}.inbox_seq"


def _moments(connection: Connection, fingerprint: str) -> tuple[str | None, list[Seen]]:
    """The basis, and when the finding was seen so: first where it was frozen, then where it was last seen unchanged."""
    row = connection.execute(
        f"SELECT f.frozen_basis, {_SEEN.format('r')}, v.vacuumed_at IS NULL, "
        f"f.state <> 'vanished', {_SEEN.format('l')}, w.vacuumed_at IS NULL "
        "FROM engine.finding f LEFT JOIN engine.run r ON r.id = f.frozen_run "
        "LEFT JOIN engine.pool_version v ON v.number = r.pool_version "
        "LEFT JOIN engine.run l ON l.id = f.last_run LEFT JOIN engine.pool_version w ON w.number = l.pool_version "
        "WHERE f.fingerprint = %s",
        [fingerprint],
    ).fetchone()
    if row is None:
        return None, []
    frozen, stands = [Seen(*row[1:6])] if row[1] is not None else [], bool(row[6])
    later = [Seen(*row[7:12])] if stands and row[7] is not None and row[7] != row[1] else []
    return row[0], frozen + later


def _past(pool: PastTables, database: Database, moment: Seen) -> Moment | None:
    """The pool as it was looked at; None where its version is not known any more."""
    if moment.pushes:
        return earlier(pool, database, moment.pool_version, moment.pushes)
    version = pool.version(moment.pool_version)
    return Moment(version, 0) if version else None


def _gone_meanwhile(connection: Connection, number: int) -> bool:
    row = connection.execute("SELECT vacuumed_at FROM engine.pool_version WHERE number = %s", [number]).fetchone()
    return bool(row and row[0])


def _evaluated(
    pool: PastTables, catalogue: Catalogue, connection: Connection, basis: Basis, moment: Seen, past: Moment,
    key: Mapping[str, Any],
) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:  # fmt: skip
    """The finding's row and evidence as they come out now; None where it does not."""
    then = replace(catalogue, relations={**catalogue.relations, **{one.id: one for one in basis.relations}})
    model = replace(basis.model, parameters=_parameters(basis))
    with connect(memory_mb=MEMORY_MB) as duck:
        views = Views(duck, then, pool, past.version, connection)
        views.moment = past
        views.overlay = identity.Overlay.read(connection, moment.generation)
        base = then.base_datasets(set(model.data))
        views.register(sorted(base | {"region"}))
        stage = Stage(duck, then)
        stage.put_run(moment.as_of, stage.put_areas(base))
        for relation in then.relations_needed(set(model.data)):
            stage.put_relation(relation)
        refuse_foreign(model.sql, {*model.data, "run", "param"})
        stage.put_param(model, moment.as_of, basis.overrides)
        stage.put_found(model)
        for row in rows(duck, "SELECT * FROM found"):
            if {column: plain(row[column]) for column in model.key} == dict(key):
                sections = EvidenceReader(duck, then).collect(model, [row["_hit"]])[row["_hit"]]
                return {name: plain(value) for name, value in row.items() if name != "_hit"}, sections
    return None


def _parameters(basis: Basis) -> dict[str, Parameter]:
    return {
        name: replace(one, default=basis.defaults.get(name, one.default))
        for name, one in basis.model.parameters.items()
    }


def _columns(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"where": name, "then": then.get(name), "now": now.get(name)}
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _sections(then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sections whose rows or delivered lines differ; how many there are of each is told, and the rows themselves."""
    before, after = ({str(one["name"]): one for one in listed} for listed in (then, now))
    return [
        {"where": f"evidence {name}", "then": _told(before.get(name)), "now": _told(after.get(name))}
        for name in sorted({*before, *after})
        if _told(before.get(name)) != _told(after.get(name))
    ]


def _told(section: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if section is None:
        return None
    return {
        "count": section["count"],
        "rows": sorted(section["rows"], key=str),
        "lines": sorted(json.dumps(one, sort_keys=True, ensure_ascii=False) for one in section["sources"]),
    }


def _words(made: Replay) -> dict[str, str]:
    if made.state == "removed":
        return {
            "zh": f"数据版本 {made.frozen_in} 已按保存期限清除，不能重算；已固定的证据仍然有效。",
            "en": f"Retention has removed pool version {made.frozen_in}, so it cannot be computed again; "
            "the frozen evidence stands.",
        }
    if made.state == "impossible":
        return {
            "zh": f"不能重算：{made.why}。已固定的证据仍然有效。",
            "en": f"It cannot be computed again: {made.why}. The frozen evidence stands.",
        }
    of = {
        "zh": f"按 {made.as_of}、数据版本 {made.pool_version}、模型版本 {made.model_version} 重算：",
        "en": f"Computed again as of {made.as_of} from pool version {made.pool_version} with model version "
        f"{made.model_version}: ",
    }
    if made.pool_version != made.frozen_in:
        of = {
            "zh": f"数据版本 {made.frozen_in} 已清除，改用其后未变的版本。{of['zh']}",
            "en": f"Pool version {made.frozen_in} is removed; a later one in which it stood unchanged is used. "
            f"{of['en']}",
        }
    told = {
        "same": {"zh": "与当时所见一致。", "en": "the same as was seen then."},
        "differs": {"zh": f"有 {len(made.differences)} 处不同。", "en": f"{len(made.differences)} differences."},
        "absent": {"zh": "不再得出该发现。", "en": "it does not come out."},
    }[made.state]
    return {language: of[language] + told[language] for language in ("zh", "en")}
