"""Every text the engine may leave for a steward has words in both languages."""

import ast
import re
from pathlib import Path

import pytest
from django.utils import translation

import steelyard.pool
import steelyard.sources
from steelyard.contracts import load_contracts, load_vocabularies
from steelyard.pool.incidents import KINDS
from steelyard.sources import load_interfaces
from steelyard.web.intake.causes import cause
from steelyard.web.intake.conditions import BY_CODE
from steelyard.web.intake.noticed import WORDS, noticed

CATALOGUE = Path(__file__).parents[5] / "catalogue"
FILES = [
    path
    for room in (steelyard.pool, steelyard.sources)
    for path in Path(str(room.__file__)).parent.glob("*.py")
]  # fmt: skip
FAILURES = {"FetchFailed", "SourceDrifted", "SignatureRejected", "SourceRefused", "FileRefused", "ReferenceMissing"}
HAN = re.compile("[\u4e00-\u9fff]")


def written():
    return [node for path in FILES for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]


def text_of(node):
    """The text of a literal; what is put in stands in braces by its name."""
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or f"{{{getattr(part.value, 'id', '')}}}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def named_texts():
    """Texts that have a name of their own, such as TOO_LONG; of one name every text."""
    found = {}
    for node in written():
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and text_of(node.value):
            found.setdefault(node.targets[0].id, []).append(text_of(node.value))
    return found


def failures():
    """Texts of the errors that a run or a refused delivery keeps; those made of another text alone tell nothing."""
    found = set()
    for node in written():
        if isinstance(node, ast.Call) and node.args:
            made = node.func
            names = (
                {made.id} if isinstance(made, ast.Name) else {n.id for n in ast.walk(made) if isinstance(n, ast.Name)}
            )
            found |= {text_of(node.args[0])} if names & FAILURES else set()
    named = named_texts()
    for name in re.findall("{([A-Z_]+)}", " ".join(found)):
        found |= {text.replace(f"{{{name}}}", one) for text in found for one in named.get(name, ())}
    found = {re.sub("{[a-z_]*}", "7", text) for text in found if not re.search("{[A-Z_]+}", text)}
    return sorted(text for text in found if re.search("[a-z]{3}", text))


def signal_kinds():
    found = set()
    for node in written():
        if isinstance(node, ast.Dict):
            pairs = {text_of(key): text_of(value) for key, value in zip(node.keys, node.values, strict=True) if key}
            found.add(pairs.get("kind", ""))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "signal":
            found.add(text_of(node.args[0]))
    return sorted(found - {""})


@pytest.mark.parametrize("text", failures())
def test_every_failure_of_a_fetch_or_a_file_has_a_line_in_words(text):
    with translation.override("zh-hans"):
        assert HAN.search(cause(text)), text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("GET /rows: no answer in 30 s", "对方未在规定时间内应答。"),
        ("GET /rows: answered 503", "对方系统报告自身故障。"),
        ("GET /rows: answered 403: we are not let in", "对方拒绝访问：账号、密钥或签名未被接受。"),
        ("GET /rows: answered 503: it asks us to wait 900 s", "对方系统繁忙，要求稍后再试。"),
        ("tax/x: relation \"x\" does not exist", "约定的位置上已没有数据。"),
        ("tax/x: column \"x\" does not exist", "缺少接口需要读取的列。"),
        ("a.csv: the column 姓名 is missing", "缺少接口需要读取的列。"),
        ("rent: 40 of 90 rows are bad, more than 5.0%; the first: a.csv row 2, line: line",
         "违反契约的行超过允许比例，整批拒收。"),
        ("rent: 3 rows, 900 in the delivery before; at most 20% may be gone",
         "与上一批相比缺失行数过多，可能只报送了半个文件。"),
        ("rent: 3 rows, at least 10 are expected", "行数少于契约的要求。"),
        ("the signature does not fit the message", "收到的内容不是用约定的密钥签名的。"),
    ],
)  # fmt: skip
def test_a_failure_is_told_as_what_it_is(text, words):
    with translation.override("zh-hans"):
        assert cause(text) == words


def test_a_text_nobody_foresaw_has_no_class():
    assert cause("the moon is full") == ""


def test_every_kind_of_signal_has_words():
    assert len(signal_kinds()) >= 8
    assert set(signal_kinds()) == set(WORDS)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", sorted(WORDS))
def test_a_signal_is_told_in_words_and_not_by_its_kind(kind, language):
    signal = {
        "kind": kind, "dataset": "rent_receipt", "column": "contract_id", "refers_to": "asset_contract.contract_id",
        "rows": 12, "file": "a.csv", "row": 3, "zh": "金额过大", "en": "A large amount", "columns": ["新列"],
        "expectation": "max_change", "before": 5, "most": 0.2,
    }  # fmt: skip
    with translation.override(language):
        told = noticed(signal)
    assert bool(HAN.search(told.words.replace("新列", ""))) is (language == "zh-hans")
    assert "rent_receipt" not in told.words
    assert "a.csv" in told.place


def test_a_reference_names_column_datasets_and_rows():
    signal = {"kind": "reference", "dataset": "rent_receipt", "column": "contract_id", "rows": 1_200,
              "refers_to": "asset_contract.contract_id"}  # fmt: skip
    known = load_contracts(CATALOGUE / "contracts")
    with translation.override("en"):
        told = noticed(signal).words
    assert "1,200 rows" in told
    assert known["rent_receipt"].title.en in told
    assert known["rent_receipt"].columns["contract_id"].title.en in told


def test_every_kind_of_incident_is_a_condition():
    assert set(KINDS) <= set(BY_CODE)


def test_every_department_has_a_name():
    named = set(load_vocabularies(CATALOGUE / "vocabulary")["department"].terms)
    owners = {one.department for one in load_contracts(CATALOGUE / "contracts").values()}
    senders = {one.department for one in load_interfaces(CATALOGUE / "interfaces").values()}
    assert owners | senders | {"open-contracting"} <= named
