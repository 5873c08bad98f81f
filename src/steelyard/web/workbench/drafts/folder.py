"""The three texts of a model as a folder: begun from a pattern or a model, packed into a zip, taken out of one."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from steelyard.catalogue import SupervisionModel
from steelyard.catalogue.reader import MODEL_FILES
from steelyard.web.audit.errors import WebError

ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$")
MOST_BYTES = 1 << 20
_EPOCH = (2000, 1, 1, 0, 0, 0)

SQL = """SELECT
  p.project_id,
  p.village_code,
  p.contract_amount,
  'yellow' AS grade
FROM village_project AS p
JOIN param AS q
  ON q.area_code = p.village_code
WHERE p.contract_amount >= q.least_amount
"""
YAML = """format: 1
id: {id}
version: 0.1.0
status: draft
title: {{zh: 新模型, en: New model}}
purpose:
  zh: 说明这个模型要发现什么。
  en: Say what this model looks for.
domain: village.project
line: supervisory
stage: contract
pattern: outlier-or-threshold-deviation
zone: common
owner: {{role: model-steward, reviewers: [model-board]}}
legal_basis:
  - {{ref: 农村基层干部廉洁履行职责若干规定(试行), status: instrument-only}}
data:
  village_project: {{needs: [project_id, village_code, contract_amount], freshness: P1D, min_coverage: 0.85}}
key: [project_id]
unit: [project_id]
clock: none
area: village_code
subjects: {{}}
parameters:
  least_amount: {{type: decimal, default: 100000, min: 1, change_by: county, zh: 最低金额, en: least amount}}
grade: {{column: grade, values: [yellow]}}
disposal:
  handler:  {{level: town, role: discipline-commission}}
  reviewer: {{level: county, role: discipline-commission}}
  checklist:
    - {{zh: 核对合同, en: check the contract}}
false_positives:
  - {{zh: 已依法招标, en: lawfully tendered, verdict: legitimate}}
snooze: {{by: [project_id], max: P180D, approve: {{level: county}}}}
text:
  title:
    zh: '{{village_code:area}}工程合同{{contract_amount:money}}元。来源为村级工程数据，是线索，待核实。'
    en: 'Contract of {{village_code:area}} for CNY {{contract_amount:money}}. From projects; a clue, to be verified.'
evidence:
  - name: project
    zh: 工程
    en: project
    sql: |-
      SELECT p.project_id, p.contract_amount, p.sign_date
      FROM village_project AS p
      JOIN hit AS h ON p.project_id = h.project_id
      ORDER BY p.project_id
run_limits: {{max_new: 500, max_growth: 5}}
"""
CASES = """defaults:
  as_of: 2025-06-30
  given:
    region:
      - {area_code: '339921101201', name: Wulong, level: village}
cases:
- name: a-large-contract
  kind: positive
  given:
    village_project:
      - {project_id: j1, village_code: '339921101201', contract_amount: 100000, sign_date: 2025-02-01}
  expect: [{project_id: j1, grade: yellow}]
- name: a-larger-contract
  kind: positive
  given:
    village_project:
      - {project_id: j1, village_code: '339921101201', contract_amount: 250000, sign_date: 2025-02-01}
  expect: [{project_id: j1, grade: yellow}]
- name: two-contracts
  kind: positive
  given:
    village_project:
      - {project_id: j1, village_code: '339921101201', contract_amount: 120000, sign_date: 2025-02-01}
      - {project_id: j2, village_code: '339921101201', contract_amount: 130000, sign_date: 2025-03-01}
  expect: [{project_id: j1}, {project_id: j2}]
- name: one-yuan-less
  kind: negative
  given:
    village_project:
      - {project_id: j1, village_code: '339921101201', contract_amount: 99999, sign_date: 2025-02-01}
  expect: []
- name: no-amount
  kind: negative
  given:
    village_project:
      - {project_id: j1, village_code: '339921101201', sign_date: 2025-02-01}
  expect: []
- name: a-small-contract
  kind: negative
  given:
    village_project:
      - {project_id: j1, village_code: '339921101201', contract_amount: 1000, sign_date: 2025-02-01}
  expect: []
"""


class NotAFolder(WebError):
    text = _("This is no folder of a model: it holds model.yaml, model.sql and cases.yaml, each of at most 1 MB.")


class NoId(WebError):
    text = _("An id is field/model, in small letters, digits and hyphens.")


def begun(model_id: str) -> dict[str, str]:
    """The texts a new model begins with."""
    checked(model_id)
    return {"model.yaml": YAML.format(id=model_id), "model.sql": SQL, "cases.yaml": CASES}


def copied(model: SupervisionModel) -> dict[str, str]:
    """The texts of a model of the catalogue."""
    return {name: (model.path / name).read_bytes().decode("utf-8") for name in MODEL_FILES}


def checked(model_id: str) -> str:
    """An id, if it is one.  Raises NoId."""
    if len(model_id) > 120 or not ID.match(model_id):
        raise NoId
    return model_id


def packed(model_id: str, files: Mapping[str, str]) -> bytes:
    """A zip of the folder ``<field>/<model>``; the same texts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
        for name in MODEL_FILES:
            about = zipfile.ZipInfo(f"{model_id}/{name}", _EPOCH)
            about.compress_type = zipfile.ZIP_DEFLATED
            packing.writestr(about, files[name].encode("utf-8"))
    return out.getvalue()


def unpacked(content: bytes) -> tuple[str, dict[str, str]]:
    """(id, texts) of such a zip.  Raises NotAFolder, NoId."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packing:
            found = [one for one in packing.infolist() if not one.is_dir()]
            folders = {str(PurePosixPath(one.filename).parent) for one in found}
            names = sorted(PurePosixPath(one.filename).name for one in found)
            if names != sorted(MODEL_FILES) or len(folders) != 1:
                raise NotAFolder
            files = {PurePosixPath(one.filename).name: _text(packing, one) for one in found}
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise NotAFolder from error
    return checked("/".join(PurePosixPath(folders.pop()).parts[-2:])), files


def _text(packing: zipfile.ZipFile, about: zipfile.ZipInfo) -> str:
    with packing.open(about) as stream:
        # What a zip says of a file's length may be a lie; what comes out is counted.
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NotAFolder
    return content.decode("utf-8")
