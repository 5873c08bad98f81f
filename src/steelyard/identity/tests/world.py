"""A small pool: registers of persons and companies, and a list of relief that may name people without numbers."""

import datetime as dt

from steelyard import identity
from steelyard.contracts import load_contracts
from steelyard.engines.duck import connect, register_files, rows
from steelyard.engines.postgres import Role
from steelyard.kit import identifiers
from steelyard.kit.home import Home
from steelyard.pool import Pool
from steelyard.sources import Feed, Interface, Source

DAY = dt.date(2025, 6, 30)
HEAD = """
format: 1
version: 1.0.0
title: {zh: 测试, en: test}
owners: [finance]
mode: upsert
expectations: {rhythm: daily, latest: P2D}
retention: P10Y
purpose: {zh: 测试, en: a test}
sensitivity: L2
"""
PERSON = """
dataset: person
key: [person_id]
columns:
  person_id:          {type: string, subject: person, from: [id_no, name], required: true, zh: 人, en: person}
  name:               {type: string, required: true, private: true, zh: 姓名, en: name}
  sex:                {type: string, of: person_id.sex, zh: 性别, en: sex}
  birth_date:         {type: date, of: person_id.birth_date, zh: 生日, en: born}
  hukou_village_code: {type: string, of: person_id.area, zh: 村, en: village}
  phone:              {type: string, private: true, of: person_id.phone, zh: 电话, en: phone}
  address:            {type: string, private: true, of: person_id.address, zh: 住址, en: address}
"""
COMPANY = """
dataset: company
key: [company_id]
columns:
  company_id: {type: string, subject: company, from: [uscc, company_name], required: true, zh: 企业, en: company}
  name:       {type: string, zh: 名称, en: name}
  area_code:  {type: string, zh: 地区, en: area}
  phone:      {type: string, private: true, zh: 电话, en: phone}
  address:    {type: string, private: true, zh: 地址, en: address}
"""
RELIEF = """
dataset: relief
key: [relief_id]
columns:
  relief_id:    {type: string, required: true, zh: 编号, en: number}
  person_id:    {type: string, subject: person, from: [id_no, name], zh: 领款人, en: who was paid}
  birth_date:   {type: date, of: person_id.birth_date, zh: 生日, en: born}
  village_code: {type: string, of: person_id.area, zh: 村, en: village}
  phone:        {type: string, private: true, of: person_id.phone, zh: 电话, en: phone}
  payer_id:     {type: string, subject: party, from: [payer_no, payer_name], zh: 付款方, en: payer}
  amount:       {type: decimal, zh: 金额, en: amount}
checks:
- {id: amount-not-negative, level: quarantine, sql: "amount >= 0", zh: 金额为负, en: amount is negative}
"""
FIELDS = {
    "person": ("id_no", "name", "sex", "birth_date", "hukou_village_code", "phone", "address"),
    "company": ("uscc", "company_name", "name", "area_code", "phone", "address"),
    "relief": (
        *("relief_id", "id_no", "name", "birth_date", "village_code", "phone", "payer_no", "payer_name", "amount"),
    ),
}
VILLAGE, OTHER_VILLAGE = "339921101201", "339921101202"


def resident(serial, born=dt.date(1980, 5, 1)):
    """A valid number."""
    return identifiers.make_resident_id("339921", born, serial)


class World:
    """Hands rows over, links, judges and reads back."""

    def __init__(self, folder, database):
        self.folder, self.database = folder, database
        (folder / "catalogue" / "finance").mkdir(parents=True)
        for name, text in (("person", PERSON), ("company", COMPANY), ("relief", RELIEF)):
            (folder / "catalogue" / "finance" / f"{name}.yaml").write_text(HEAD.lstrip() + text.lstrip(), "utf-8")
        contracts = load_contracts(folder / "catalogue")
        self.interfaces = {
            name: Interface(f"finance/{name}", {}, (Feed(name, {field: Source((field,)) for field in fields}),))
            for name, fields in FIELDS.items()
        }
        home = Home(folder / "home").make()
        self.pool = Pool(home, database, contracts, {one.id: one for one in self.interfaces.values()})
        self.number = 0

    @property
    def keys(self):
        return identity.IdentityKeys(self.database)

    def land(self, dataset, *lines, **more):
        """Rows as dictionaries of fields."""
        self.number += 1
        path = self.folder / f"{dataset}{self.number}.csv"
        fields = FIELDS[dataset]
        texts = [",".join(str(line.get(field, "")) for field in fields) for line in lines]
        path.write_text("\n".join([",".join(fields), *texts]) + "\n", "utf-8")
        return self.pool.land(self.interfaces[dataset], [path], assign=self.keys, received_on=DAY, **more)

    def people(self, *listed):
        """Put persons into the register: (number, name, birth date, village, phone)."""
        return self.land(
            "person",
            *({"id_no": number, "name": name, "birth_date": born, "hukou_village_code": village, "phone": phone}
              for number, name, born, village, phone in listed),
        )  # fmt: skip

    def relief(self, number, name, **more):
        return {"relief_id": number, "name": name, "amount": 10, "village_code": VILLAGE} | more

    def all(self, sql, values=()):
        with self.database.connect(Role.WORKER) as connection:
            return connection.execute(sql, values).fetchall()

    def one(self, sql, values=()):
        return self.all(sql, values)[0][0]

    def key(self, number):
        with self.database.connect(Role.WORKER) as connection:
            return identity.key_of(connection, number)

    def seen(self, *, sure=False, generation=None):
        """Who was paid, by relief, as a model would read it."""
        with self.database.connect(Role.READER) as connection:
            overlay = identity.Overlay.read(connection, generation)
        duck = connect(memory_mb=256, threads=1)
        register_files(duck, "relief", self.pool.files("relief"), self.pool.schema("relief"))
        overlay.put(duck)
        view = overlay.view_sql("relief", ["relief_id", "person_id"], ["person_id", "payer_id"], "relief", sure=sure)
        return {row["relief_id"]: row["person_id"] for row in rows(duck, f"SELECT relief_id, person_id FROM {view}")}
