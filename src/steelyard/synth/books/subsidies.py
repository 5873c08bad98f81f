"""Subsidies: the programmes, what is paid under each to those who are entitled, pensions, posts and training."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from steelyard.synth.books.folk import SCHOOLS, Folk
from steelyard.synth.books.land import Fields
from steelyard.synth.books.registers import (
    Pair,
    Whole,
    numbers,
    same,
    tenths,
    yuan,
)
from steelyard.synth.books.relief import ON_RELIEF, Relieved
from steelyard.synth.employment import insured_of, month_number, month_text
from steelyard.synth.ledger import Columns, Yuan
from steelyard.synth.villages.papers import Papers

MONTHS = 2
PENSIONERS = 10_000
LAND_PAYMENTS = 4_000
POSTS, TRAINED, ENTERPRISES = 450, 700, 900
PROGRAMS = (
    ("BT001", "耕地地力保护补贴", "agriculture", 10_300, "亩"),
    ("BT002", "低保金", "civil_affairs", 78_000, "月"),
    ("BT003", "困难残疾人生活补贴", "civil_affairs", 26_200, "月"),
    ("BT004", "高龄津贴", "civil_affairs", 10_000, "月"),
    ("BT005", "低边家庭补贴", "civil_affairs", 31_000, "月"),
    ("BT006", "特困供养金", "civil_affairs", 125_000, "月"),
    ("BT007", "农机购置补贴", "agriculture", None, "台"),
    ("BT008", "公益性岗位补贴", "human_resources", None, "月"),
    ("BT009", "职业培训补贴", "human_resources", None, "人次"),
    ("QY001", "技术改造补助", "development_reform", None, "项"),
    ("QY002", "稳岗返还", "human_resources", None, "人"),
)
"""Code, name, department, standard in fen, unit."""
OLD = 80
SHOWN_BEFORE = 12
"""Days for which a list is shown before it is paid."""
COURSES = ("电工", "焊工", "育婴员", "家政服务", "电子商务", "养老护理")


@dataclass
class Entitled:
    """Who gets something under a programme: people, quantity in tenths, fen."""

    program: str
    index: Whole
    tenths: Whole
    fen: Whole


def subsidies(folk: Folk, fields: Fields, relieved: Relieved, papers: Papers) -> None:
    """Enter all books of subsidies."""
    _programs(folk)
    _monthly(folk, fields, relieved, papers)
    _pensions(folk)
    _posts(folk)
    _trained(folk)
    _enterprises(folk)


def _programs(folk: Folk) -> None:
    places = folk.county.places
    for code, name, department, fen, unit in PROGRAMS:
        folk.county.books.enter(
            "finance/subsidy-programs", "subsidy_program", program_code=code, name=name,
            dept_org_id=places.body(department, "339921000000"), standard=Yuan(fen) if fen else None, unit=unit,
            exclusive_with="BT005|BT006" if code == "BT002" else None,
            exclude_public_employee=code.startswith("BT00") and code != "BT001", start_date=dt.date(2019, 1, 1),
        )  # fmt: skip


def _monthly(folk: Folk, fields: Fields, relieved: Relieved, papers: Papers) -> None:
    """The last months by file, what was paid since by push; each by the standard, to people alive."""
    last = folk.county.work.last_month
    each_month = _entitled(folk, relieved)
    for month in range(last - MONTHS + 1, last + 1):
        groups = [*each_month, _for_land(folk, fields)] if month == last - 1 else each_month
        pay_day = f"{month_text(month)[:8]}15"
        register = _payments(folk, groups, month, np.full(sum(len(group.index) for group in groups), 0), pay_day)
        _show(folk, papers, register)
        folk.county.books.keep(
            "finance/subsidies-monthly", "subsidy_payment", register, stamp=month_text(month)[:7].replace("-", "")
        )
    running = [_share(each_month[2], 10)]
    day = min(folk.until, dt.date.fromisoformat(f"{month_text(last + 1)[:8]}15")).isoformat()
    register = _payments(folk, running, last + 1, np.zeros(len(running[0].index), dtype=np.int64), day)
    _show(folk, papers, register)
    folk.county.books.keep("finance/subsidies-daily", "subsidy_payment", register)


def _show(folk: Folk, papers: Papers, register: Columns) -> None:
    """Each village shows the list of those who will be paid, in time before it."""
    batch, pay_day = register.plain["batch_no"][0].as_py(), register.plain["pay_date"][0].as_py()
    day = dt.date.fromisoformat(pay_day) - dt.timedelta(days=SHOWN_BEFORE)
    villages = set(register.plain["village_code"].to_pylist())
    for village in folk.county.places.villages:
        if village.code in villages:
            papers.disclose(village, "subsidy", batch, "village_affairs", day)


def _entitled(folk: Folk, relieved: Relieved) -> list[Entitled]:
    standards = {kind: fen for kind, _sheet, _count, fen in ON_RELIEF}
    program = {"subsistence": "BT002", "marginal": "BT005", "destitute": "BT006"}
    groups = [_flat(program[kind], relieved.kinds[kind], fen) for kind, fen in standards.items()]
    groups.append(_flat("BT003", relieved.disabled[relieved.valid], 26_200))
    aged = np.nonzero(folk.quiet & (folk.people.age >= OLD))[0]
    groups.append(_flat("BT004", aged, 10_000))
    return groups


def _flat(program: str, index: Whole, fen: int) -> Entitled:
    return Entitled(program, index, np.full(len(index), 10), np.full(len(index), fen))


def _for_land(folk: Folk, fields: Fields) -> Entitled:
    """Once a year, for the measure of the contract."""
    quiet = np.nonzero(folk.quiet[fields.head])[0][:: max(1, len(fields.head) // LAND_PAYMENTS // 2)][:LAND_PAYMENTS]
    area = fields.area[quiet]
    return Entitled("BT001", fields.head[quiet], area, area * 1_030)


def _share(group: Entitled, step: int) -> Entitled:
    return Entitled(group.program, group.index[::step], group.tenths[::step], group.fen[::step])


def _payments(folk: Folk, groups: list[Entitled], month: int, shift: Whole, pay_day: str) -> Columns:
    index = np.concatenate([group.index for group in groups])
    count = len(index)
    program = pa.concat_arrays([same(group.program, len(group.index)) for group in groups])
    compact = month_text(month)[:7].replace("-", "")
    declarers: Pair = folk.officers(index, "accountant")
    return Columns(
        plain={
            "pay_id": numbers(f"YKT{compact}", np.arange(count) + shift, 6),
            "program_code": program,
            "amount": yuan(np.concatenate([group.fen for group in groups])),
            "pay_date": same(pay_day, count),
            "account_no": folk.account(index),
            "village_code": folk.village(index),
            "batch_no": same(f"PC{compact}", count),
            "basis_qty": tenths(np.concatenate([group.tenths for group in groups])),
        },
        subjects={"person_id": folk.named(index), "declarer_id": declarers},
    )


def _pensions(folk: Folk) -> None:
    """Residents past sixty, two months, one file a month with a member for each half of the county."""
    chance = folk.county.chance("book of pensions")
    last = folk.county.work.last_month
    alive = np.nonzero(folk.quiet & (folk.people.age >= 61))[0]
    index = folk.some(chance, alive, PENSIONERS)
    fen = chance.between(29_000, 42_000, len(index))
    half = folk.people.village[index] >= len(folk.county.places.villages) // 2
    for month in (last - 1, last):
        for rows, member in ((np.nonzero(~half)[0], "东片"), (np.nonzero(half)[0], "西片")):
            register = Columns(
                plain={
                    "month": same(month_text(month), len(rows)),
                    "amount": yuan(fen[rows]),
                    "account_no": folk.account(index[rows]),
                },
                subjects={"person_id": folk.named(index[rows])},
            )
            folk.county.books.keep(
                "human-resources/pension-payments", "pension_payment", register,
                stamp=month_text(month)[:7].replace("-", ""), member=member,
            )  # fmt: skip


def _posts(folk: Folk) -> None:
    """People of the village sweep its roads and guard its woods."""
    chance, people = folk.county.chance("book of posts"), folk.people
    index = folk.some(chance, np.nonzero(folk.quiet & (people.age >= 40) & (people.age < 60))[0], POSTS)
    for place, (at, code) in enumerate(zip(index.tolist(), folk.village(index).to_pylist(), strict=True)):
        began = folk.day(chance.number(60, 700))
        folk.county.books.enter(
            "human-resources/job-posts", "job_post", post_id=f"GYGW{place:05d}", person_id=people.who(at),
            village_code=code, org_id=folk.county.places.body("village_committee", code),
            post_type=chance.one(("保洁", "护林", "治安巡逻", "养老服务")), from_date=began,
            to_date=began.replace(year=began.year + 3, day=min(began.day, 28)), monthly_amount=Yuan(120_000),
        )  # fmt: skip


def _trained(folk: Folk) -> None:
    chance, people = folk.county.chance("book of training"), folk.people
    index = folk.some(chance, np.nonzero(folk.quiet & (people.age >= 20) & (people.age < 58))[0], TRAINED)
    for place, at in enumerate(index.tolist()):
        began = folk.day(chance.number(40, 900))
        folk.county.books.enter(
            "human-resources/training-subsidies", "training_subsidy", record_id=f"PXBT{place:05d}",
            person_id=people.who(at), training_org_id=chance.one(SCHOOLS), course=chance.one(COURSES), from_date=began,
            to_date=began + dt.timedelta(days=chance.number(5, 25)), amount=Yuan(chance.number(6, 20) * 10_000),
        )  # fmt: skip


def _enterprises(folk: Folk) -> None:
    """Factories that declare what they have: those whom they insured at the end of the year before."""
    chance, county = folk.county.chance("book of grants"), folk.county
    approver = folk.county_staff("finance", "deputy_chief")
    factories = [at for at, firm in enumerate(county.firms.firms) if firm.kind == "factory"]
    paid = [folk.day(chance.number(20, 500)) for _ in range(ENTERPRISES)]
    years = {day.year for day in paid}
    staff = {year: insured_of(county.work, county.firms, month_number(dt.date(year - 1, 12, 1))) for year in years}
    for place, day in enumerate(paid):
        at = factories[place % len(factories)]
        declared = int(staff[day.year][at])
        if not declared:
            continue
        county.books.enter(
            "industry/enterprise-subsidies", "enterprise_subsidy", pay_id=f"QYBZ{place:06d}",
            company_id=county.firms.firms[at], program_code="QY002",
            amount=Yuan(declared * 50_000), pay_date=day, approver_id=approver,
            declared_metric="staff", declared_value=str(declared),
        )  # fmt: skip
