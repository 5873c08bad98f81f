"""A model as one signed file: how a county's model comes to a city and a province."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steelyard.catalogue import Catalogue, SupervisionModel
from steelyard.catalogue.lock import entry
from steelyard.catalogue.reader import MODEL_FILES
from steelyard.kit.ed25519 import SigningKey, verify
from steelyard.kit.errors import SteelyardError

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
GUIDES = ("guide.zh.md", "guide.en.md")
REPORTS = ("backtest", "precision")
MOST_BYTES = 4_000_000
"""Of one member, unpacked: a model's folder is text."""
_EPOCH = (2000, 1, 1, 0, 0, 0)


class BundleBroken(SteelyardError):
    """A file is no bundle of a model, or not all of one."""


class NotTrusted(SteelyardError):
    """The key that signed a bundle is not trusted here."""


@dataclass(frozen=True)
class Bundle:
    """What a signed file holds, checked against its signature and its hashes."""

    model: str
    version: str
    sha256: str
    """Of the model's three files, as the lock writes it."""
    came_from: str
    public_key: str
    files: Mapping[str, bytes]
    """Files of the folder by name."""
    reports: Mapping[str, Any]
    manifest: Mapping[str, Any]


def pack(
    model: SupervisionModel, catalogue: Catalogue, key: SigningKey, *, came_from: str, reports: Mapping[str, Any],
    made_on: str,
) -> bytes:  # fmt: skip
    """One zip: the folder, its entry in the lock, reports, and a signature over all of it.

    The same model and reports on the same day give the same bytes.
    """
    members = {f"model/{name}": (model.path / name).read_bytes() for name in MODEL_FILES}
    members |= {f"model/{name}": (model.path / name).read_bytes() for name in GUIDES if (model.path / name).is_file()}
    for name, said in sorted(reports.items()):
        members[f"reports/{name}.json"] = _json(said)
    manifest = _json(
        {
            "format": FORMAT, "model": model.id, "lock": entry(model, catalogue), "from": came_from, "made_on": made_on,
            "public_key": key.public,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(members.items())},
        }
    )  # fmt: skip
    members[MANIFEST], members[SIGNATURE] = manifest, key.sign(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return out.getvalue()


def unpack(content: bytes, trusted: Mapping[str, str]) -> Bundle:
    """Read a bundle whose signer is trusted.  ``trusted``: public key to name.

    Raises BundleBroken, NotTrusted, SignatureFalse.
    """
    members = _members(content)
    manifest = _manifest(members)
    public = str(manifest.get("public_key", ""))
    if public not in trusted:
        raise NotTrusted(
            f"signed with {public[:16]}…, which is not trusted here: steelyard model trust KEY --name NAME"
        )
    verify(public, members[MANIFEST], members[SIGNATURE].decode("ascii", "replace"))
    _same(members, manifest)
    lock = manifest["lock"]
    return Bundle(
        model=str(manifest["model"]), version=str(lock["version"]), sha256=str(lock["sha256"]),
        came_from=trusted[public], public_key=public, manifest=manifest,
        files={name.removeprefix("model/"): content for name, content in members.items() if name.startswith("model/")},
        reports={
            Path(name).stem: json.loads(content) for name, content in members.items() if name.startswith("reports/")
        },
    )  # fmt: skip


def _members(content: bytes) -> dict[str, bytes]:
    known = {MANIFEST, SIGNATURE, *(f"model/{name}" for name in (*MODEL_FILES, *GUIDES))}
    known |= {f"reports/{name}.json" for name in REPORTS}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            names = [one.filename for one in listed]
            strange = sorted(set(names) - known)
            if strange or len(set(names)) != len(names):
                raise BundleBroken(f"a bundle holds no {', '.join(strange) or 'member twice'}")
            if any(one.file_size > MOST_BYTES for one in listed):
                raise BundleBroken(f"a member is larger than {MOST_BYTES} bytes")
            found = {one.filename: archive.read(one) for one in listed}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleBroken(f"not a zip file that can be read: {error}") from error
    missing = sorted({MANIFEST, SIGNATURE, *(f"model/{name}" for name in MODEL_FILES)} - set(found))
    if missing:
        raise BundleBroken(f"a bundle without {', '.join(missing)}")
    return found


def _manifest(members: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        said = json.loads(members[MANIFEST])
        if said["format"] != FORMAT or not isinstance(said["files"], dict):
            raise BundleBroken(f"the manifest has another format than {FORMAT}")
        known = (said["lock"]["version"], said["lock"]["sha256"], said["model"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BundleBroken("the manifest cannot be read") from error
    if not all(isinstance(value, str) for value in known):
        raise BundleBroken("the manifest cannot be read")
    return dict(said)


def _same(members: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    held = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in members.items()
        if name not in (MANIFEST, SIGNATURE)
    }
    if held != manifest["files"]:
        differs = sorted(name for name in {*held, *manifest["files"]} if held.get(name) != manifest["files"].get(name))
        raise BundleBroken(f"what was signed and what lies here differ: {', '.join(differs)}")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=str).encode()
