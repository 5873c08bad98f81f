"""Bids made on one machine, sent over one line, or by one team."""

import datetime as dt
from dataclasses import replace

from steelyard.synth.tenders.objects import Bid
from steelyard.synth.wrongs.stage import Stage, pair

DEVICE = "tender-reg-collusion/same-device"
LINE = "tender-reg-collusion/same-ip-upload"
TEAM = "tender-reg-collusion/same-contact-or-team"
MINUTE = dt.timedelta(minutes=1)


def _meet(one: Bid, other: Bid, ip: str, minutes: int) -> None:
    """Two bids go up over one line, some minutes apart."""
    one.ip = other.ip = ip
    early = min(one.uploaded, other.uploaded)
    one.uploaded, other.uploaded = early, early + minutes * MINUTE
    other.submitted = max(other.submitted, other.uploaded + MINUTE)


def one_laptop(stage: Stage) -> None:
    """A cost consultant writes the bids of several firms on his own machine."""
    for act in range(6):
        tender, section = stage.fresh(count=5)
        ring = section.bids[: 3 if act == 0 else 2]
        his = ring[0].office
        for bid in ring[1:]:
            if act < 3:
                bid.office = replace(bid.office, mac=his.mac, cpu=his.cpu, disk=his.disk)
            elif act < 5:
                bid.office = replace(bid.office, lock=his.lock)
            else:
                bid.office = replace(bid.office, ca=his.ca)
        stage.finish(tender, section)
        firms = [bid.firm for bid in ring]
        stage.truth.expect_pairs(DEVICE, section.number, firms, "red", story="one consultant's laptop")
    for act in range(30):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[:2]
        if act % 4 == 0:
            # The virtual machine of the trading hall reports no address of its own.
            one.office = replace(one.office, mac="00:00:00:00:00:00", cpu="UNKNOWN")
            other.office = replace(other.office, mac="00:00:00:00:00:00", cpu="UNKNOWN")
            why = "default address of the trading hall's virtual machine"
        elif act % 4 == 1:
            other.office = replace(other.office, disk=one.office.disk)
            other.withdrawn = True
            why = "one of the two withdrew its bid"
        elif act % 4 == 2:
            other.office = replace(other.office, mac=one.office.mac)
            stage.stopped(tender)
            why = "the tender was stopped"
        else:
            other.author = one.author
            why = "only the author's name is the same"
        if tender.status != "cancelled":
            stage.finish(tender, section)
        stage.truth.spare(DEVICE, pair(section, one.firm, other.firm), why)


def one_line(stage: Stage) -> None:
    """Two firms sit in one room: they upload, or fetch the documents, over the same line within the hour."""
    for act in range(6):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[:2]
        grade, note = "yellow", ""
        if act == 1:
            other.download_ip = one.download_ip
            other.downloaded = one.downloaded + stage.chance.number(3, 50) * MINUTE
            other.fetched_without_number = True
            note = "rests on who fetched the documents by name and telephone alone: yellow until two people say so"
        elif act < 4:
            _meet(one, other, f"115.236.{act + 10}.{stage.chance.number(2, 250)}", stage.chance.number(2, 55))
        else:
            other.download_ip = one.download_ip
            other.downloaded = one.downloaded + stage.chance.number(3, 50) * MINUTE
        if act < 2:
            other.office = replace(other.office, disk=one.office.disk)
            grade = "red"
            stage.truth.expect_pairs(DEVICE, section.number, [one.firm, other.firm], "red", story="one room, one disk")
        stage.finish(tender, section)
        stage.truth.expect_pairs(
            LINE, section.number, [one.firm, other.firm], grade, story="two firms in one room", note=note
        )
    for act in range(18):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[:2]
        key = pair(section, one.firm, other.firm)
        if act % 4 == 0:
            _meet(one, other, f"122.224.{act + 10}.{stage.chance.number(2, 250)}", stage.chance.number(75, 300))
            why = "business park, hours apart"
        elif act % 4 == 1:
            _meet(one, other, "127.0.0.1", 5)
            why = "local address reported by the client"
        elif act % 4 == 2:
            _meet(one, other, f"122.225.{act + 10}.9", 10)
            stage.stopped(tender)
            why = "the tender was stopped"
        else:
            guest = stage.chance.one(
                [f for f in stage.market.bidders(tender.kind) if f not in {b.firm for b in section.bids}]
            )
            section.lookers = [(guest, one.download_ip, one.downloaded + 9 * MINUTE)]
            key = pair(section, one.firm, guest)
            why = "the other firm fetched the documents and did not bid"
        if tender.status != "cancelled":
            stage.finish(tender, section)
        stage.truth.spare(LINE, key, why)


def one_team(stage: Stage) -> None:
    """A firm lends its people or its telephone to a competitor."""
    work = stage.county.work
    for act in range(6):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[1:3]
        if act < 2:
            lent = one.team[0]
            other.team[1] = (lent[0], "technical_lead", "")
        elif act < 4:
            person, role, _phone = other.team[0]
            other.team[0] = (person, role, one.team[0][2])
        else:
            person = stage.county.people.next_worker()
            other.team[1] = (person, "technical_lead", f"138{person.index:08d}")
            month = tender.deadline.date().replace(day=1) - dt.timedelta(days=20)
            work.insure(person, one.firm, month - dt.timedelta(days=120), month)
        stage.market.decide(tender, section, winner=section.bids[0])
        stage.market.sign(tender, section)
        stage.truth.expect_pairs(TEAM, section.number, [one.firm, other.firm], "red", story="lent people")
    for act in range(18):
        tender, section = stage.fresh(count=5)
        one, other = section.bids[1:3]
        if act % 4 == 0:
            person = stage.county.people.next_worker()
            month = tender.deadline.date() - dt.timedelta(days=230)
            work.insure(person, one.firm, month - dt.timedelta(days=300), month)
            other.team[1] = (person, "technical_lead", f"138{person.index:08d}")
            why = "had left the other firm seven months before"
        elif act % 4 == 1:
            namesake = stage.county.namesake(one.team[0][0])
            other.team[0] = (namesake, "contact", f"138{namesake.index:08d}")
            why = "same name, another person"
        elif act % 4 == 2:
            one.team = [(person, role, "") for person, role, _phone in one.team]
            other.team = [(person, role, "") for person, role, _phone in other.team]
            why = "neither gave a telephone number"
        else:
            other.team[1] = (one.team[0][0], "technical_lead", "")
            stage.stopped(tender)
            why = "the tender was stopped"
        if tender.status != "cancelled":
            stage.market.decide(tender, section, winner=section.bids[0])
            stage.market.sign(tender, section)
        stage.truth.spare(TEAM, pair(section, one.firm, other.firm), why)
