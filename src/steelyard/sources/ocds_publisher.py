"""Who published a release."""

import re
from collections.abc import Mapping
from typing import Any

CALLED = {
    "AM-PPS": "亚美尼亚 Armenia",
    "GACM": "墨西哥城机场集团 GACM, Mexico",
    "ocds-03ad3f": "巴拉圭 Paraguay",
    "ocds-07smqs": "墨西哥联邦 Mexico, federal",
    "ocds-34a6hz": "加拿大 Canada",
    "ocds-43qwtd": "新南威尔士 New South Wales",
    "ocds-6as3t2": "台湾地区 Taiwan region",
    "ocds-87sd3t": "墨西哥城 Mexico City",
    "ocds-a12345": "蒙特利尔 Montréal",
    "ocds-b5fd17": "英国 United Kingdom",
    "ocds-be6bcu": "乌克兰 Ukraine",
    "ocds-gyl66f": "尼日利亚 Nigeria",
    "ocds-k50g02": "哥伦比亚 Colombia",
    "ocds-ngfbwp": "摩尔多瓦 Moldova",
    "ocds-rdvc92": "乌干达 Uganda",
    "ocds-xs1qbl": "哈利斯科州 Jalisco",
}
"""Short names for publishers that call themselves differently from file to file, or not at all."""
_REGISTERED = re.compile(r"^(?:ocds|ocid)-([0-9a-z]{6})", re.IGNORECASE)
_LETTERS = re.compile(r"^([A-Za-z]+(?:-[A-Za-z]+)+)-")


def publisher_of(release: Mapping[str, Any], package: Mapping[str, Any]) -> tuple[str, str]:
    """Id and name of the publisher.

    The registered prefix of an ocid belongs to one publisher; files without one are told apart by the name in
    the package information, else by the leading letters of the ocid.  A publisher without a name is called by its id.
    """
    ocid = str(release["ocid"])
    said = said_name(release) or said_name(package)
    registered = _REGISTERED.match(ocid)
    if registered:
        key = f"ocds-{registered[1].lower()}"
        return key, CALLED.get(key) or said or key
    letters = _LETTERS.match(ocid)
    if letters and not said:
        return letters[1].upper(), CALLED.get(letters[1].upper(), letters[1].upper())
    if said:
        return said[:80], CALLED.get(said, said)
    return "unknown", "unknown"


def said_name(container: Mapping[str, Any]) -> str:
    """The publisher's name in a release's or package's own words; empty where there is none."""
    information = container.get("packageInfo")
    publisher = information.get("publisher") if isinstance(information, dict) else container.get("publisher")
    name = publisher.get("name") if isinstance(publisher, dict) else publisher
    return name.strip() if isinstance(name, str) else ""
