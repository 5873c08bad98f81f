"""What stands in the book around the catalogue's own texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from steelyard.catalogue.model import Catalogue
from steelyard.contracts import Words
from steelyard.kit import yamlfile

LABELS: Mapping[str, Words] = {
    "title": Words("监督模型手册", "Handbook of supervision models"),
    "contents": Words("目录", "Contents"),
    "accuses": Words(
        "模型只说明哪些数据放在一起值得人去核实，不认定任何人有问题。每条预警都是线索，待核实。",
        "A model says which rows, taken together, are worth a person's attention. It accuses nobody: every alert is a "
        "clue, to be verified.",
    ),
    "unchecked": Words(
        "未核实的法规依据不印入本手册。核实结论为“数据有误”的，应告知数据提供部门。",
        "Legal references that nobody has checked are not printed. Where the verdict is wrong data, its supplier is "
        "to be told.",
    ),
    "share": Words(
        "“查实比例”为查实数除以查实、模型有误与正当三者之和，附数量与95%置信区间（Wilson）。尚无结论的不写比例。",
        "Found true is the share among alerts found true, wrong by the model or legitimate, with its n and Wilson "
        "interval at 95 per cent. Where there is no verdict yet, no share is given.",
    ),
    "printed": Words("印制日期：{day}", "Printed on {day}"),
    "models": Words("收录模型：{n}个（目录共{all}个）", "Models in this book: {n} (of {all} in the catalogue)"),
    "chosen": Words("选取条件：{chosen}", "Chosen by: {chosen}"),
    "digest": Words("目录校验值：{digest}", "Hash of the catalogue: {digest}"),
    "foot": Words("{title} · {day} · 目录校验值 {digest}", "{title} · {day} · catalogue {digest}"),
    "page": Words("第{n}页", "page {n}"),
    "head": Words("{id} · 版本{version} · {line} · {stage}", "{id} · version {version} · {line} · {stage}"),
    "purpose": Words("查什么", "What it looks for"),
    "logic": Words("规则说明", "The rule in words"),
    "grades": Words("等级", "Grades"),
    "data": Words("需要的数据", "Data it needs"),
    "fresh": Words("；时效{days}天", "; age in days: up to {days}"),
    "optional": Words("（可缺）", " (optional)"),
    "limits": Words("可调参数", "Limits that can be set"),
    "limit": Words(
        "{title}：默认{default}，允许{allowed}，由{level}级修改",
        "{title}: {default} by default, allowed: {allowed}, changed by the {level}",
    ),
    "between": Words("{least}至{most}", "{least} to {most}"),
    "least": Words("不低于{least}", "{least} or more"),
    "most": Words("不高于{most}", "{most} or less"),
    "any": Words("不限", "any"),
    "checklist": Words("下一步核查", "What to check"),
    "who": Words("由谁办理", "Who acts"),
    "handler": Words("办理：{level}级{body}", "Handled by: {body}, {level}"),
    "reviewer": Words("复核：{level}级{body}", "Reviewed by: {body}, {level}"),
    "innocent": Words("可能的正常情形", "What could be innocent"),
    "verdict": Words("{text} —— 结论应为“{verdict}”", "{text} — verdict: {verdict}"),
    "law": Words("依据", "Law"),
    "no_law": Words("尚无已核实的依据。", "No checked reference yet."),
    "evidence": Words("预警附带的证据", "Evidence shown with an alert"),
    "here": Words("在本地", "Here"),
}  # fmt: skip

SHAPES = {"red": "▲", "yellow": "◆", "blue": "●"}
"""A grade is never colour alone."""


@dataclass(frozen=True)
class Speech:
    """One language, over one catalogue."""

    catalogue: Catalogue
    language: str
    """``zh`` or ``en``."""

    def say(self, value: Any) -> str:
        """Words, or a mapping ``{zh, en}`` of a model's file."""
        if isinstance(value, Words):
            return value.zh if self.language == "zh" else value.en
        return str(value.get(self.language) or "") if isinstance(value, Mapping) else str(value or "")

    def label(self, name: str, **values: object) -> str:
        return self.say(LABELS[name]).format(**values)

    def term(self, vocabulary: str, code: str) -> str:
        """The name of a code; the code itself where it has none."""
        known = self.catalogue.vocabulary.get(vocabulary)
        return self.say(known.terms[code].words) if known and code in known.terms else code

    def dataset(self, name: str) -> str:
        found = self.catalogue.contracts.get(name) or self.catalogue.relations.get(name)
        return self.say(found.title) if found else name

    def column(self, dataset: str, name: str) -> str:
        found = self.catalogue.columns(dataset).get(name) if self.catalogue.knows(dataset) else None
        return self.say(found.title) if found else name

    def body(self, role: str) -> str:
        """The kind of body behind a role of a model's file, by the routing table where that names it otherwise."""
        return self.term("org_type", self._bodies.get(role, role))

    @cached_property
    def _bodies(self) -> Mapping[str, str]:
        """Kinds of bodies by the roles that models name; empty without a routing table."""
        path = self.catalogue.root / "workflows" / "routing.yaml"
        listed = yamlfile.load(path).data.get("roles") if path.is_file() else None
        return {str(role): str(kind) for role, kind in listed.items()} if isinstance(listed, Mapping) else {}
