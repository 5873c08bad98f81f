"""Shapes of numbers, as expressions that Python, DuckDB (RE2) and Spark (Java) read alike: no look-around.

Sources: GB 11643-1999 and its 15-digit forerunner, GB 32100-2015, GB 11714-1997, GS 15-2006, GA 36-2018 with the
eight-character plates of new-energy vehicles, and the layouts printed on passports and permits.
"""

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
EARLIEST_BIRTH = "18500101"
PLAIN_BIRTH = "19000101"
"""A resident born before this day is possible only on paper; a flag, no reason to refuse."""

_MONTH_DAY = (
    "(?:(?:0[13578]|1[02])(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)(?:0[1-9]|[12][0-9]|30)|02(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
DAY = f"(?:[0-9]{{4}}{_MONTH_DAY}|{_LEAP_YEAR}0229)"
"""A day of the Gregorian calendar, as eight digits."""
RESIDENT_LETTERS = "[1-9][0-9]{16}[0-9X]"
RESIDENT = f"[1-9][0-9]{{5}}{DAY}[0-9]{{3}}[0-9X]"
OLD_RESIDENT = "[1-9][0-9]{14}"
CREDIT = f"[{CREDIT_ALPHABET}]{{2}}[0-9]{{6}}[{CREDIT_ALPHABET}]{{10}}"
ORGANISATION = "[0-9A-Z]{8}[0-9X]"
REGISTRATION = "[1-9][0-9]{14}"
BANK_CARD = "[1-9][0-9]{15,18}"
MOBILE = "1[3-9][0-9]{9}"
LANDLINE = "0(?:10|2[0-9])[0-9]{8}|0[3-9][0-9]{2}[0-9]{7,8}"
SERVICE = "[48]00[0-9]{7}"
_PROVINCES = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
PLATE = (
    f"{_PROVINCES}[A-Z](?:[0-9A-HJ-NP-Z]{{4}}[0-9A-HJ-NP-Z学警挂港澳领]|[A-HJK][0-9A-HJ-NP-Z][0-9]{{4}}|[0-9]{{5}}[A-HJK])"
    f"|使[0-9]{{6}}|[0-9]{{6}}使|WJ{_PROVINCES}?[0-9A-Z]{{5}}"
)
PASSPORT = "E[A-HJ-NP-Z][0-9]{7}|[EGDSPK][0-9]{8}|(?:DE|SE|PE)[0-9]{7}|14[0-9]{7}|15[0-9]{7}"
HK_MACAO_RETURN = "[HM][0-9]{8}(?:[0-9]{2})?"
"""Permit of a resident of Hong Kong or Macao for the mainland."""
HK_MACAO_PERMIT = "C[A-HJ-NP-Z][0-9]{7}|[CW][0-9]{8}"
"""Permit of a mainland resident for Hong Kong and Macao."""
TAIWAN_RETURN = "[0-9]{8}|[0-9]{10}[A-Z]"
"""Permit of a resident of Taiwan for the mainland."""
TAIWAN_PERMIT = "L[0-9]{8}|T[0-9]{8}"
"""Permit of a mainland resident for Taiwan."""
FOREIGNER = f"[A-Z]{{3}}[0-9]{{4}}[0-9]{{2}}{_MONTH_DAY}[0-9]{{2}}|[A-Z]{{3}}[0-9]{{4}}[0-9]{{2}}0229[0-9]{{2}}"
"""Foreigner's permanent residence card until 2023: country, place, birth date, two digits.

The newer one has 18 digits that begin with 9 and is checked as a resident number.
"""
SCIENTIFIC = "[0-9](?:\\.[0-9]+)?E\\+?[0-9]+"
"""What a spreadsheet leaves of a long number."""
COVERED = "[*＊]"
