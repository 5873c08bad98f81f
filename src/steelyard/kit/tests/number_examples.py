"""One table of numbers for Python, DuckDB and Spark: as delivered, normal form, what it can be, what is wrong.

All resident numbers are made up on areas and serials that were never given out, or printed in the standards.
"""

import datetime as dt

from steelyard.kit import check_digits
from steelyard.kit.identifiers import make_credit_code, make_resident_id, resident_check_character

TODAY = dt.date(2026, 6, 30)
BORN = dt.date(1990, 1, 1)
RESIDENT = make_resident_id("339921", BORN, 123)
COLLECTIVE = make_credit_code("N2", "339921", "MF1234567")
COMPANY = "91350100M000100Y43"
OLD = "110105491231002"
REGISTERED = "33992100001234" + check_digits.registration_check("33992100001234")
FOREIGN = "91112419810803002" + resident_check_character("91112419810803002")


def _wrong(number):
    """The number with another check character."""
    return number[:-1] + ("1" if number[-1] == "0" else "0")


def _unborn(day):
    body = f"339921{day}012"
    return body + resident_check_character(body)


# As delivered, normal form, first kind or None, fault or None.
EXAMPLES = [
    ("11010519491231002X", "11010519491231002X", "resident", None),
    (" １１０１０５ 19491231 002x ", "11010519491231002X", "resident", None),
    (OLD, "11010519491231002X", "resident", None),
    (RESIDENT, RESIDENT, "resident", None),
    (FOREIGN, FOREIGN, "resident", None),
    (_unborn("18991231"), _unborn("18991231"), "resident", None),
    (COMPANY, COMPANY, "credit", None),
    (COMPANY.lower(), COMPANY, "credit", None),
    (COLLECTIVE, COLLECTIVE, "credit", None),
    ("", "", None, "empty"),
    ("　", "", None, "empty"),
    ("330182********0011", "330182********0011", None, "covered"),
    ("3.30182E+17", "3.30182E+17", None, "destroyed"),
    ("3.30182e17", "3.30182E17", None, "destroyed"),
    ("339921199001011000", "339921199001011000", None, "destroyed"),
    ("33992119900101O23" + RESIDENT[-1], "33992119900101O23" + RESIDENT[-1], None, "letter-for-digit"),
    ("3399211990o1o1123" + RESIDENT[-1], "3399211990O1O1123" + RESIDENT[-1], None, "letter-for-digit"),
    ("33992l19900101l23" + RESIDENT[-1], "33992L19900101L23" + RESIDENT[-1], None, "letter-for-digit"),
    ("9135O100M000100Y43", "9135O100M000100Y43", None, "letter-for-digit"),
    (_wrong(RESIDENT), _wrong(RESIDENT), None, "check-character"),
    (_wrong(COMPANY), _wrong(COMPANY), None, "check-character"),
    (_wrong(COLLECTIVE), _wrong(COLLECTIVE), None, "check-character"),
    (RESIDENT[:-1] + "Z", RESIDENT[:-1] + "Z", None, "characters"),
    ("91350100S000100Y43", "91350100S000100Y43", None, "characters"),
    (RESIDENT[:12], RESIDENT[:12], None, "length"),
    (RESIDENT + "1", RESIDENT + "1", None, "length"),
    (COMPANY[:-2], COMPANY[:-2], None, "length"),
    (_unborn("19900230"), _unborn("19900230"), None, "no-such-day"),
    (_unborn("19000229"), _unborn("19000229"), None, "no-such-day"),
    (_unborn("18490101"), _unborn("18490101"), None, "birth-too-early"),
    (_unborn("20260701"), _unborn("20260701"), None, "future-birth"),
    ("无", "无", None, "length"),
    (REGISTERED, REGISTERED, "registration", "no-such-day"),
    ("D2143569-X", "D2143569X", "organisation", "length"),
    ("６２２２ ０２１２ ３４５６ ７８９０ １２８", "6222021234567890128", "bank-card", "length"),
    ("4111-1111-1111-1111", "4111111111111111", "bank-card", "length"),
    ("4111 1111 1111 1112", "4111111111111112", None, "length"),
    ("+86 138-0013-8000", "13800138000", "mobile", "length"),
    ("0086 13800138000", "13800138000", "mobile", "characters"),
    ("8613800138000", "13800138000", "mobile", "length"),
    ("013800138000", "13800138000", "mobile", "length"),
    ("(0571) 8788-6666", "057187886666", "landline", "characters"),
    ("+86 571 87886666", "057187886666", "landline", "length"),
    ("+86 (0)10 6554 1234", "01065541234", "landline", "length"),
    ("010-65541234-801", "01065541234", "landline", "length"),
    ("0571-87886666转8001", "057187886666", "landline", "characters"),
    ("400-820-8820", "4008208820", "service", "length"),
    ("浙A·12345", "浙A12345", "plate", "length"),
    ("浙ａＤ12345", "浙AD12345", "plate", "length"),
    ("浙A12345D", "浙A12345D", "plate", "length"),
    ("粤Z1234港", "粤Z1234港", "plate", "length"),
    ("浙AI2345", "浙AI2345", None, "length"),
    ("E12345678", "E12345678", "passport", "length"),
    ("ea1234567", "EA1234567", "passport", "length"),
    ("H12345678", "H12345678", "hk-macao-return", "length"),
    ("M1234567802", "M1234567802", "hk-macao-return", "length"),
    ("C12345678", "C12345678", "hk-macao-permit", "length"),
    ("CA1234567", "CA1234567", "hk-macao-permit", "length"),
    ("12345678", "12345678", "taiwan-return", "length"),
    ("L12345678", "L12345678", "taiwan-permit", "length"),
    ("USA330181080312", "USA330181080312", "foreigner", "length"),
    ("USA330181130312", "USA330181130312", None, "length"),
]
