"""The whole inbox, the systems beside it, the truth, the cast and the manifest of a county."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.contracts import Contract, load_contracts
from steelyard.sources.interfaces import Interface
from steelyard.synth.build import Made, make_county
from steelyard.synth.chance import Chance
from steelyard.synth.delivery import ocds
from steelyard.synth.delivery.dirt import Dirt, misread, soil
from steelyard.synth.delivery.mentions import Mentions
from steelyard.synth.delivery.shape import Shape, by_dataset, read_shapes
from steelyard.synth.delivery.sheet import Sheet, from_columns, from_part, from_rows, joined
from steelyard.synth.delivery.systems import SYSTEMS, engine, system_bytes
from steelyard.synth.delivery.write import Members, file_bytes, save
from steelyard.synth.employment import insurance_months, month_text
from steelyard.synth.ledger import Part

SEPARATOR = "!"
"""Between a file and its member or sheet, as readers name them."""
FILLER = {"经办机构": "清源县社会保险事业管理中心"}
MISREAD = (
    ("rent_receipt", "handler_id", 24),
    ("village_project", "acceptor_id", 12),
    ("village_purchase", "buyer_id", 9),
)


@dataclass(frozen=True)
class Manifest:
    """What was written: ``hash`` names the county, ``files`` each file's own hash and rows."""

    seed: int
    until: dt.date
    hash: str
    rows: int
    files: Mapping[str, Mapping[str, Any]]

    def told(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "until": self.until.isoformat(),
            "hash": self.hash,
            "rows": self.rows,
            "files": dict(self.files),
        }


def write_county(catalogue: Path, seed: int, until: dt.date, out: Path) -> Manifest:
    """Make the county of a seed and write all that its departments hold, and the truth about it.

    ``inbox/<department>/``: files as they are dropped; ``sftp/<department>/``: files that wait on a department's own
    server; ``systems/<interface>.parquet``: what stands in databases, behind APIs, and is pushed (see ``systems``),
    listed in ``systems/index.json``; ``truth.json``, ``cast.json``, ``manifest.json``.
    ``catalogue``: its contracts and interfaces give everything its form.
    """
    contracts = load_contracts(catalogue / "contracts")
    shapes = read_shapes(catalogue / "interfaces")
    made = make_county(seed, until)
    post = _Post(contracts, by_dataset(shapes), out, Chance(seed, "mistakes"), made)
    for dataset in sorted(made.county.ledger.rows):
        post.send_rows(dataset, made)
    for dataset, register in sorted(made.county.ledger.registers.items()):
        post.send(from_columns(post.shapes[dataset], contracts[dataset], register), post.stamp)
    _insurance(post, made)
    post.send_tenders(made)
    _books(post, made, shapes)
    return _seal(post, made, seed, until, out)


class _Post:
    """Writes sheets as files and systems, and keeps count."""

    def __init__(
        self, contracts: Mapping[str, Contract], shapes: Mapping[str, Shape], out: Path, chance: Chance, made: Made
    ) -> None:
        self.contracts = contracts
        self.shapes = shapes
        self.stamp = f"{made.county.until:%Y%m%d}"
        self.mentions = Mentions(made.county)
        self.dirt = Dirt()
        self.beside = Dirt()
        """Mistakes in what does not lie in the inbox."""
        self.files: dict[str, dict[str, Any]] = {}
        self.systems: dict[str, dict[str, Any]] = {}
        self._out = out
        self._chance = chance
        self._until = made.county.until

    def send_rows(self, dataset: str, made: Made) -> None:
        shape, contract = self.shapes[dataset], self.contracts[dataset]
        self.send(from_rows(shape, contract, made.county.ledger.rows[dataset]), self.stamp)

    def send(self, sheet: Sheet, stamp: str) -> None:
        """Soil a sheet of the ledger and write it in its department's format."""
        shape, contract = sheet.shape, self.contracts[sheet.shape.dataset]
        file = Path(shape.file(stamp)).name
        sheet = soil(sheet, contract, file, self._chance, self.dirt)
        for dataset, column, count in MISREAD:
            if dataset == shape.dataset:
                misread(sheet, contract, file, column, self._chance, self.dirt, count)
        self._write([("", self.mentions.plant(sheet, contract, file, self.dirt))], stamp)

    def send_members(
        self, shapes: Sequence[Shape], members: Mapping[str, Mapping[str, Part]], stamp: str, chance: Chance
    ) -> None:
        """Soil what the books hold for one interface and write it as one file, of several members, or one system."""
        written = [(name, self._member(shapes, name, members[name], stamp, chance)) for name in sorted(members)]
        self._write(written, stamp)

    def _member(
        self, shapes: Sequence[Shape], name: str, parts: Mapping[str, Part], stamp: str, chance: Chance
    ) -> Sheet:
        interface = shapes[0].interface
        file = "" if interface.connector in SYSTEMS else Path(shapes[0].file(stamp)).name
        if name:
            file += SEPARATOR + name + (".csv" if interface.file_format == "zip" else "")
        dirt = self.dirt if interface.connector == "file" else self.beside
        sheets: list[Sheet] = []
        for shape in shapes:
            if shape.dataset in parts:
                contract = self.contracts[shape.dataset]
                sheet = from_part(shape, contract, parts[shape.dataset])
                sheet = soil(sheet, contract, file, chance, dirt, sum(map(len, sheets)))
                sheets.append(self.mentions.plant(sheet, contract, file, dirt))
        return joined(sheets)

    def send_tenders(self, made: Made) -> None:
        name = f"ocds_{self.stamp}.jsonl"
        lines = ocds.release_lines(made.market.tenders, name, self._chance, self.dirt)
        self.keep(f"public-trading/{name}", lines, len(made.market.tenders) + 1)

    def _write(self, members: Members, stamp: str) -> None:
        shape = members[0][1].shape
        interface = shape.interface
        if interface.connector in SYSTEMS:
            self._system(members[0][1], interface)
            return
        above = "" if interface.connector == "file" else "../sftp/"
        contracts = [self.contracts[feed.dataset] for feed in interface.feeds]
        content = file_bytes(members, contracts, filler=FILLER)
        self.keep(above + shape.file(stamp), content, sum(len(sheet) for _, sheet in members))

    def _system(self, sheet: Sheet, interface: Interface) -> None:
        name = f"{interface.id}.parquet"
        self.keep(f"../systems/{name}", system_bytes(sheet, self._until), len(sheet))
        self.systems[interface.id] = {
            "file": name,
            "connector": interface.connector,
            "engine": engine(interface),
            "rows": len(sheet),
            "watermark": interface.fetch.column,
        }

    def keep(self, file: str, content: bytes, rows: int) -> None:
        """Save a file below the inbox (or beside it) and note its hash."""
        save(self._out / "inbox" / file, content)
        self.files[file] = {"sha256": hashlib.sha256(content).hexdigest(), "rows": rows}


def _books(post: _Post, made: Made, shapes: Mapping[str, tuple[Shape, ...]]) -> None:
    for (interface, stamp), members in sorted(made.county.books.deliveries.items()):
        chance = Chance(made.county.seed, f"mistakes {interface} {stamp}")
        post.send_members(shapes[interface], members, stamp or post.stamp, chance)


def _insurance(post: _Post, made: Made) -> None:
    shape, contract = post.shapes["social_insurance"], post.contracts["social_insurance"]
    for month, columns in insurance_months(made.county.work, made.county.people, made.county.firms).items():
        name = month_text(month)[:7].replace("-", "") if month else "history"
        post.send(from_columns(shape, contract, columns), name)


def _seal(post: _Post, made: Made, seed: int, until: dt.date, out: Path) -> Manifest:
    truth = made.county.truth
    documents = {
        "truth.json": {
            "scale": "county",
            "seed": seed,
            "until": until.isoformat(),
            "villages": len(made.county.places.villages),
            "wrongs": truth.wrongs,
            "look_alikes": truth.look_alikes,
            "quarantined": post.dirt.quarantined,
            "superseded": post.dirt.superseded,
            "questions": post.dirt.questions,
            "mentions": post.mentions.told,
            "thin": made.county.truth.thin,
            "beside": {"quarantined": post.beside.quarantined, "superseded": post.beside.superseded},
        },
        "cast.json": made.cast,
        "systems/index.json": post.systems,
    }
    for name, document in documents.items():
        content = json.dumps(document, ensure_ascii=False, indent=1).encode()
        save(out / name, content)
        post.files[f"../{name}"] = {"sha256": hashlib.sha256(content).hexdigest()}
    whole = hashlib.sha256()
    for file in sorted(post.files):
        whole.update(f"{file} {post.files[file]['sha256']}\n".encode())
    rows = sum(int(entry.get("rows", 0)) for entry in post.files.values())
    manifest = Manifest(seed, until, whole.hexdigest(), rows, post.files)
    save(out / "manifest.json", json.dumps(manifest.told(), ensure_ascii=False, indent=1).encode())
    return manifest
