"""How long the related parties of many officials take on a made-up graph, beside igraph on the same graph.

The graph has what real ones have: clans, service addresses with thousands of firms, agents who file for thousands,
nominees, collective households, rings of companies.  Parts run in processes of their own, so that no other's memory
counts; ``python -m steelyard.identity.ties.bench PART FOLDER`` is one of them.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from steelyard.engines.duck import Duck, connect, register_files
from steelyard.identity.ties import graph
from steelyard.identity.ties.kinds import KINDS
from steelyard.identity.ties.related import HOPS, put_related
from steelyard.kit.errors import SteelyardError

COLUMNS = {name: kind for name, kind in graph.NUMBERED.items() if name in graph.EDGE}
SAMPLE = 400
"""Officials walked with igraph; the reached sets of all of them must agree."""
COMPARED_EDGES = 7_200_000
"""The largest graph that igraph walks here: one of 78 million ties with its figures took 17 GB and was given up.  Where
more are measured, igraph and ours stand beside each other on a smaller graph of the same kind."""
_MEMORY_MB = 4500


class PartFailed(SteelyardError):
    """A part of the benchmark did not run through; its own message stands above."""


def run(
    officials: int = 200_000, people: int | None = None, edges: int = 72_000_000, *, compare: bool = True,
    sample: int = SAMPLE,
) -> dict[str, Any]:  # fmt: skip
    """Measure.  ``people``: default a seventh of the ties, with a company to six of them; ``compare``: also with
    igraph, which takes long."""
    if not compare:
        return _measure(officials, people, edges, 0)
    part = min(1.0, COMPARED_EDGES / edges)
    if part == 1:
        return _measure(officials, people, edges, sample)
    found = _measure(officials, people, edges, 0)
    beside = _measure(round(officials * part), people and round(people * part), round(edges * part), sample)
    return found | {name: value for name, value in beside.items() if name.startswith("igraph")}


def _measure(officials: int, people: int | None, edges: int, sample: int) -> dict[str, Any]:
    """One graph; ``sample``: officials walked with igraph too, none where 0."""
    with tempfile.TemporaryDirectory(prefix="steelyard-ties-") as name:
        folder = Path(name)
        size = {"officials": officials, "people": people or edges // 7, "edges": edges, "sample": sample}
        (folder / "size.json").write_text(json.dumps(size), encoding="utf-8")
        made, hubs, ours = (_apart(part, folder) for part in ("make", "hubs", "related"))
        found = {
            "related_cpu_s": ours["cpu_s"],
            "related_wall_s": ours["wall_s"],
            "related_peak_mb": ours["peak_mb"],
            "related_paths": ours["paths"],
            "related_kept_cpu_s": ours["kept_cpu_s"],
            "related_officials": officials,
            "related_edges": made["edges"],
            "related_nodes": made["nodes"],
            "hubs": hubs["hubs"],
            "hubs_cpu_s": hubs["cpu_s"],
            "largest_hub": hubs["largest"],
            "officials_cut": ours["officials_cut"],
        }
        return found | _beside(_apart("igraph", folder), ours, officials, made["edges"]) if sample else found


def _beside(theirs: dict[str, Any], ours: dict[str, Any], officials: int, edges: int) -> dict[str, Any]:
    """igraph's figures, its walk extrapolated from the sample to all officials, and ours on the same graph."""
    walked = theirs["walk_cpu_s"] * officials / max(theirs["sample"], 1)
    return {
        "igraph_cpu_s": round(theirs["build_cpu_s"] + walked, 1),
        "igraph_beside_related_cpu_s": ours["cpu_s"],
        "igraph_beside_related_peak_mb": ours["peak_mb"],
        "igraph_build_cpu_s": theirs["build_cpu_s"],
        "igraph_walk_cpu_s_sample": theirs["walk_cpu_s"],
        "igraph_officials": officials,
        "igraph_edges": edges,
        "igraph_sample": theirs["sample"],
        "igraph_extrapolated": theirs["sample"] < officials,
        "igraph_peak_mb": theirs["peak_mb"],
        "igraph_reached": theirs["reached"],
        "igraph_disagree": theirs["disagree"],
    }


def _apart(part: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "steelyard.identity.ties.bench", part, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        raise PartFailed(f"ties bench: the part {part} did not run through")
    return dict(json.loads(done.stdout.splitlines()[-1]))


# -- the graph -----------------------------------------------------------------------------------------------------


def _make(folder: Path) -> dict[str, Any]:
    """Write the ties as a build would keep them, sorted by their first node."""
    size = json.loads((folder / "size.json").read_text())
    people, unit = int(size["people"]), size["edges"] / 72_000_000
    companies = max(people // 6, 1000)
    shared = people + companies
    nodes = shared + 6 * people
    first = 1
    with connect(memory_mb=_MEMORY_MB, spill=folder / "spill") as duck:
        duck.execute(f"SELECT setseed({0.42})")
        duck.execute(
            "CREATE MACRO pick(i, salt, n) AS CAST(hash(i * 1000 + salt) % n AS BIGINT);"
            f"CREATE MACRO person(i, salt) AS 1 + pick(i, salt, {people});"
            f"CREATE MACRO company(i, salt) AS 1 + {people} + pick(i, salt, {companies});"
            "CREATE MACRO since(i) AS DATE '1995-01-01' + CAST(pick(i, 91, 9000) AS INTEGER);"
            "CREATE MACRO until(i) AS CASE WHEN pick(i, 92, 10) < 3 "
            "THEN DATE '2005-01-01' + CAST(pick(i, 93, 7000) AS INTEGER) END"
        )
        for kind, rows in _texts(people, companies, shared, unit).items():
            filled = (
                f"SELECT CAST({first - 1} + row_number() OVER () AS UINTEGER) AS id, CAST(an AS UINTEGER) AS an, "
                "CAST(bn AS UINTEGER) AS bn, basis, CAST(degree AS TINYINT) AS degree, "
                "CAST(share AS DOUBLE) AS share, "
                "CAST(from_date AS DATE) AS from_date, CAST(to_date AS DATE) AS to_date, "
                "CAST(confidence AS DOUBLE) AS confidence, CAST(1 AS UTINYINT) AS rank FROM ("
                f"SELECT * FROM ({rows}) WHERE an <> bn AND (from_date <= to_date OR to_date IS NULL) ORDER BY an, bn)"
            )
            graph.keep(duck, filled, graph.tie_file(folder, kind))
            file = str(graph.tie_file(folder, kind))
            first += int(duck.execute(f"SELECT count(*) FROM '{file}'").fetchall()[0][0])
        graph.keep(
            duck, f"SELECT DISTINCT CAST(person(i, 77) AS UINTEGER) AS n FROM range({size['officials'] * 2}) r(i) "
            f"LIMIT {size['officials']}", folder / "asked.parquet",
        )  # fmt: skip
    return {"edges": first - 1, "nodes": nodes}


def _texts(people: int, companies: int, shared: int, unit: float) -> dict[str, str]:
    """The rows of each kind; ``unit`` scales a graph of 72 million."""
    million = unit * 1_000_000

    def told(an: str, bn: str, rows: float, *, basis: str = "''", degree: str = "NULL", share: str = "NULL",
             confidence: str = "1", dated: bool = True) -> str:  # fmt: skip
        begin, end = ("since(i)", "until(i)") if dated else ("NULL::DATE", "NULL::DATE")
        return (
            f"SELECT {an} AS an, {bn} AS bn, {basis} AS basis, {degree} AS degree, {share} AS share, "
            f"{begin} AS from_date, {end} AS to_date, {confidence} AS confidence FROM range({int(rows)}) r(i)"
        )

    def bridge(block: int, value: str) -> str:
        return f"1 + {shared} + {block * people} + {value}"

    kin = told("person(i, 1)", f"1 + (person(i, 1) + pick(i, 2, 40)) % {people}", 9 * million,
               degree="1 + pick(i, 3, 3)", confidence="0.7 + 0.1 * pick(i, 4, 4)", dated=False)  # fmt: skip
    rings = int(0.05 * million)
    of_company = f"1 + {people} + i % {companies}"
    # One company in ten sits at a service address, one in twenty is filed for by an agent, who gives his own phone.
    return {
        "kin": f"WITH k AS ({kin}) SELECT * FROM k UNION ALL SELECT bn, an, basis, degree, share, from_date, to_date, "
               "confidence FROM k",
        "household": told(f"1 + i % {people}", bridge(0, "CASE WHEN pick(i, 5, 200) = 0 THEN i % 300 "
                          f"ELSE 300 + (i % {people}) // 3 END"), people, confidence="0.5", dated=False),
        "office": told("CASE WHEN pick(i, 6, 500) = 0 THEN 1 + pick(i, 7, 100) ELSE person(i, 8) END",
                       "company(i, 9)", 4 * million, basis="CASE i % 3 WHEN 0 THEN 'legal_rep' ELSE 'officer' END"),
        "ownership": told("person(i, 10)", "company(i, 11)", 3 * million, share="(1 + pick(i, 12, 100)) / 101")
        + " UNION ALL " + told("company(i, 13)", "company(i, 14)", 0.5 * million, share="(1 + pick(i, 15, 100)) / 101")
        # Rings of four companies.
        + " UNION ALL " + told(f"1 + {people} + i % {companies}",
                               f"1 + {people} + CASE WHEN i % 4 = 3 THEN i - 3 ELSE i + 1 END % {companies}", rings,
                               share="0.6", dated=False),
        "employment": told("person(i, 16)", "company(CAST(sqrt(pick(i, 17, 1000000000)) AS BIGINT), 18)", 6 * million,
                           confidence="0.4"),
        "agent": told(of_company, "CASE WHEN i % 20 = 0 THEN 1 + pick(i, 19, 300) ELSE person(i, 20) END",
                      2 * million, confidence="0.3", dated=False),
        "guarantor": told("company(i, 21)", "company(i, 22)", 0.2 * million, confidence="0.6"),
        "phone": told(f"1 + i % {people}", bridge(1, f"1000 + pick(i % {people} * 19 // 20, 23, {people - 1000})"),
                      people, confidence="0.6", dated=False)
        + " UNION ALL " + told(of_company, bridge(1, f"CASE WHEN i % 20 = 0 THEN pick(i, 24, 300) "
                               f"ELSE 1000 + pick(i, 25, {people - 1000}) END"), 2 * million, confidence="0.6",
                               dated=False),
        "address": told(f"1 + i % {people}", bridge(2, f"1000 + (i % {people}) // 3"), people, confidence="0.4",
                        dated=False)
        + " UNION ALL " + told(of_company, bridge(2, f"CASE WHEN i % 10 = 0 THEN pick(i, 26, 20) "
                               f"ELSE 1000 + pick(i, 27, {people // 2}) END"), 2 * million, confidence="0.4",
                               dated=False),
        "account": told("person(i, 28)", bridge(3, f"pick(i * 9 // 10, 29, {people})"), 6 * million, confidence="0.8"),
        "email": told(of_company, bridge(4, f"pick(i * 4 // 5, 30, {people})"), 2 * million, confidence="0.6",
                       dated=False),
        "device": told("company(i, 31)", bridge(5, f"CASE WHEN i % 50 = 0 THEN pick(i, 32, 50) "
                       f"ELSE pick(i * 3 // 4, 33, {people}) END"), 3 * million, confidence="0.5"),
    }  # fmt: skip


def _open(duck: Duck, folder: Path) -> None:
    for kind in KINDS:
        file = graph.tie_file(folder, kind)
        register_files(duck, f"edge {kind}", [str(file)] if file.exists() else [], COLUMNS)
    graph.open_part(duck, folder, "asked", {"n": "UINTEGER"})


# -- what is measured ----------------------------------------------------------------------------------------------


def _hubs(folder: Path) -> dict[str, Any]:
    with connect(memory_mb=_MEMORY_MB, spill=folder / "spill") as duck:
        _open(duck, folder)
        cpu = time.process_time()
        graph.put_hubs(duck, KINDS)
        took = round(time.process_time() - cpu, 2)
        graph.keep(duck, "SELECT * FROM hub", folder / "hub.parquet")
        count, largest = duck.execute("SELECT count(*), max(count) FROM hub").fetchall()[0]
    return {"hubs": count, "largest": largest, "cpu_s": took, "peak_mb": _peak_mb()}


def _related(folder: Path) -> dict[str, Any]:
    """From the kept ties to every path of every official, and then to its file."""
    wall, cpu = time.monotonic(), time.process_time()
    with connect(memory_mb=_MEMORY_MB, spill=folder / "spill") as duck:
        _open(duck, folder)
        graph.open_part(duck, folder, "hub", {"n": "UINTEGER", "kind": "VARCHAR", "count": "BIGINT"})
        put_related(duck, hops=HOPS)
        paths = duck.execute("SELECT count(*) FROM related").fetchall()[0][0]
        cut = duck.execute("SELECT count(DISTINCT official) FROM cut").fetchall()[0][0]
        took = time.process_time() - cpu
        found = {"cpu_s": round(took, 2), "wall_s": round(time.monotonic() - wall, 2), "paths": paths}
        graph.keep(duck, "SELECT * FROM related ORDER BY official", folder / "related.parquet")
    kept = round(time.process_time() - cpu - took, 2)
    return {**found, "officials_cut": cut, "kept_cpu_s": kept, "peak_mb": _peak_mb()}


def _igraph(folder: Path) -> dict[str, Any]:
    from steelyard.identity.ties.walker import Walker

    size = json.loads((folder / "size.json").read_text())
    with connect(memory_mb=_MEMORY_MB) as duck:
        _open(duck, folder)
        asked = [row[0] for row in duck.execute("SELECT n FROM asked ORDER BY n").fetchall()]
        # Which officials are compared is no secret.
        chosen = random.Random(7).sample(asked, min(size["sample"], len(asked)))  # noqa: S311
        cpu = time.process_time()
        walker = Walker(duck)
        built = round(time.process_time() - cpu, 2)
        cpu = time.process_time()
        reached = {official: walker.reached(official) for official in chosen}
        walked = round(time.process_time() - cpu, 2)
        listed = ", ".join(str(official) for official in chosen)
        ours: dict[int, set[int]] = {official: set() for official in chosen}
        for official, party in duck.execute(
            f"SELECT DISTINCT official, party FROM '{folder / 'related.parquet'}' WHERE official IN ({listed})"
        ).fetchall():
            ours[official].add(party)
    return {
        "build_cpu_s": built, "walk_cpu_s": walked, "sample": len(chosen), "peak_mb": _peak_mb(),
        "reached": sum(len(parties) for parties in reached.values()),
        "disagree": sum(reached[official] != ours[official] for official in chosen),
    }  # fmt: skip


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    parts = {"make": _make, "hubs": _hubs, "related": _related, "igraph": _igraph}
    print(json.dumps(parts[sys.argv[1]](Path(sys.argv[2]))))
