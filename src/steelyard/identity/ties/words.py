"""Paths in words, Chinese and English."""

import datetime as dt
from collections.abc import Callable, Iterable

from steelyard.identity.ties.kinds import KINDS
from steelyard.identity.ties.shapes import Step

ROLES = {
    "legal_rep": ("法定代表人", "legal representative"),
    "shareholder": ("股东", "shareholder"),
    "group_parent": ("集团母公司", "group parent"),
    "director": ("董事", "director"),
    "supervisor": ("监事", "supervisor"),
    "manager": ("经理", "manager"),
    "finance": ("财务负责人", "finance officer"),
    "officer": ("主要人员", "officer"),
    "declared": ("申报企业", "declared company"),
    "agent": ("登记代办", "filing agent"),
    "insured": ("参保", "insured through"),
    "employee": ("职工", "employee"),
    "guarantor": ("保函出具", "guarantor"),
    "bond_payer": ("代缴保证金", "pays the bond"),
    "premium_payer": ("代缴保费", "pays the premium"),
    "guarantee": ("担保", "guarantee"),
    "配偶": ("配偶", "spouse"),
    "spouse": ("配偶", "spouse"),
    "父亲": ("父亲", "father"),
    "母亲": ("母亲", "mother"),
    "父母": ("父母", "parent"),
    "parent": ("父母", "parent"),
    "子女": ("子女", "child"),
    "child": ("子女", "child"),
    "儿子": ("儿子", "son"),
    "女儿": ("女儿", "daughter"),
    "兄弟姐妹": ("兄弟姐妹", "sibling"),
    "sibling": ("兄弟姐妹", "sibling"),
    "grandparent": ("祖父母", "grandparent"),
    "grandchild": ("孙子女", "grandchild"),
    "parent_in_law": ("配偶父母", "parent-in-law"),
    "child_in_law": ("子女配偶", "child-in-law"),
    "sibling_in_law": ("兄弟姐妹配偶或配偶兄弟姐妹", "sibling-in-law"),
    "uncle_aunt": ("叔伯姑舅姨", "uncle or aunt"),
    "nephew_niece": ("侄甥", "nephew or niece"),
    "cousin": ("堂表兄弟姐妹", "cousin"),
}
"""Words for the roles that are known; any other is shown as it was delivered."""
_ZH, _EN = 0, 1


def role_words(step: Step, language: str) -> str:
    """What the step is: 配偶, legal representative, shared phone …"""
    kind = KINDS[step.kind]
    if step.role:
        known = ROLES.get(step.role)
        return known[_ZH if language == "zh" else _EN] if known else step.role
    word = kind.zh if language == "zh" else kind.en
    if step.against and kind.directed:
        role = step.ties[0].role or ""
        told = ROLES.get(role, (role or kind.zh, role or kind.en))[_ZH if language == "zh" else _EN]
        return f"{told}（反向）" if language == "zh" else f"{told} (the other way)"
    return word


def period_words(begin: dt.date | None, end: dt.date | None, language: str) -> str:
    """A period as people read it; open ends are left open."""
    if begin is None and end is None:
        return "期间未载" if language == "zh" else "no period told"
    return f"{begin or ''} – {end or ''}"


def in_words(steps: Iterable[Step], name: Callable[[str], str], language: str) -> str:
    """The chain in one line: ``张三 —[配偶]→ 李四 —[法定代表人]→ 甲公司``."""
    line = ""
    for step in steps:
        line = (line or name(step.start)) + f" —[{role_words(step, language)}]→ {name(step.end)}"
    return line
