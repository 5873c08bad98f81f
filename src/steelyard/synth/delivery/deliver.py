"""The whole inbox, the truth, the cast and the manifest of a county."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.contracts import Contract, load_contracts
from steelyard.synth.build import Made, make_county
from steelyard.synth.chance import Chance
from steelyard.synth.delivery import ocds
from steelyard.synth.delivery.dirt import Dirt, misread, soil
from steelyard.synth.delivery.shape import Shape, read_shapes
from steelyard.synth.delivery.sheet import Sheet, from_columns, from_rows
from steelyard.synth.delivery.write import csv_bytes, jsonl_bytes, save, xlsx_bytes
from steelyard.synth.employment import insurance_months, month_text

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
    """Make the county of a seed and write ``inbox/``, ``truth.json``, ``cast.json`` and ``manifest.json``.

    ``catalogue``: its contracts and interfaces give the files their form.
    """
    contracts = load_contracts(catalogue / "contracts")
    shapes = read_shapes(catalogue / "interfaces")
    made = make_county(seed, until)
    post = _Post(contracts, shapes, out / "inbox", Chance(seed, "mistakes"), f"{until:%Y%m%d}")
    for dataset in sorted(made.county.ledger.rows):
        post.send_rows(dataset, made)
    for dataset, register in sorted(made.county.ledger.registers.items()):
        post.send(from_columns(shapes[dataset], contracts[dataset], register), shapes[dataset].file(post.stamp))
    _insurance(post, made)
    post.send_tenders(made)
    return _seal(post, made, seed, until, out)


class _Post:
    """Writes sheets as files and keeps count."""

    def __init__(
        self, contracts: Mapping[str, Contract], shapes: Mapping[str, Shape], inbox: Path, chance: Chance, stamp: str
    ) -> None:
        self.contracts = contracts
        self.shapes = shapes
        self.stamp = stamp
        self.dirt = Dirt()
        self.files: dict[str, dict[str, Any]] = {}
        self._inbox = inbox
        self._chance = chance

    def send_rows(self, dataset: str, made: Made) -> None:
        shape, contract = self.shapes[dataset], self.contracts[dataset]
        self.send(from_rows(shape, contract, made.county.ledger.rows[dataset]), shape.file(self.stamp))

    def send(self, sheet: Sheet, file: str) -> None:
        """Soil a sheet and write it in its department's format."""
        shape, contract = sheet.shape, self.contracts[sheet.shape.dataset]
        sheet = soil(sheet, contract, Path(file).name, self._chance, self.dirt)
        for dataset, column, count in MISREAD:
            if dataset == shape.dataset:
                misread(sheet, contract, Path(file).name, column, self._chance, self.dirt, count)
        kind = shape.interface.file_format
        if kind == "jsonl":
            content = jsonl_bytes(sheet, contract)
        elif kind == "xlsx":
            content = xlsx_bytes(sheet, f"清源县{shape.interface.title['zh']}")
        else:
            content = csv_bytes(sheet, filler=FILLER)
        self.keep(file, content, len(sheet))

    def send_tenders(self, made: Made) -> None:
        name = f"ocds_{self.stamp}.jsonl"
        lines = ocds.release_lines(made.market.tenders, name, self._chance, self.dirt)
        self.keep(f"public-trading/{name}", lines, len(made.market.tenders) + 1)

    def keep(self, file: str, content: bytes, rows: int) -> None:
        save(self._inbox / file, content)
        self.files[file] = {"sha256": hashlib.sha256(content).hexdigest(), "rows": rows}


def _insurance(post: _Post, made: Made) -> None:
    shape, contract = post.shapes["social_insurance"], post.contracts["social_insurance"]
    for month, columns in insurance_months(made.county.work, made.county.people, made.county.firms).items():
        name = month_text(month)[:7].replace("-", "") if month else "history"
        post.send(from_columns(shape, contract, columns), shape.file(name))


def _seal(post: _Post, made: Made, seed: int, until: dt.date, out: Path) -> Manifest:
    truth = made.county.truth
    documents = {
        "truth.json": {
            "seed": seed,
            "until": until.isoformat(),
            "wrongs": truth.wrongs,
            "look_alikes": truth.look_alikes,
            "quarantined": post.dirt.quarantined,
            "superseded": post.dirt.superseded,
            "questions": post.dirt.questions,
        },
        "cast.json": made.cast,
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
