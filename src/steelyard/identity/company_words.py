"""Legal forms and common words of companies abroad, in small Latin letters without points."""

_FORMS = {
    "limited": "limited|ltd|ltda|limitada|co ltd|company limited|company ltd|co limited|pte ltd|pty ltd|pvt ltd|"
    "private limited",
    "llc": "llc|l l c|limited liability company|ooo|o o o|obshchestvo s ogranichennoi otvetstvennostiu|tov",
    "inc": "inc|incorporated",
    "corporation": "corp|corporation|company|co|kompaniia",
    "plc": "plc|p l c|public limited company",
    "ag": "ag|aktiengesellschaft|a g",
    "gmbh": "gmbh|g m b h|gesellschaft mit beschrankter haftung|mbh",
    "kg": "kg|kommanditgesellschaft|gmbh and co kg",
    "jsc": "jsc|ojsc|cjsc|pjsc|oao|zao|pao|ao|joint stock company|open joint stock company|public joint stock company|"
    "closed joint stock company|aktsionernoe obshchestvo|otkritoe aktsionernoe obshchestvo|"
    "otkrytoe aktsionernoe obshchestvo|zakrytoe aktsionernoe obshchestvo|publichnoe aktsionernoe obshchestvo",
    "sa": "sa|s a|societe anonyme|sociedad anonima|sociedade anonima|sa de cv|spa|s p a|societa per azioni",
    "srl": "srl|s r l|sarl|s a r l|societatea cu raspundere limitata|societe a responsabilite limitee|"
    "sociedad de responsabilidad limitada|sp z o o|sp zoo|spolka z ograniczona odpowiedzialnoscia|sro|s r o|doo|d o o",
    "bv": "bv|b v|besloten vennootschap",
    "nv": "nv|n v|naamloze vennootschap",
    "ab": "ab|aktiebolag",
    "as": "as|a s|aksjeselskap|aktieselskab",
    "oy": "oy|oyj",
    "llp": "llp|lp|l p|limited partnership|limited liability partnership",
    "kk": "kk|kabushiki kaisha",
    "na": "na|n a|national association",
    "ano": "ano",
    "fze": "fze|fzco|fzc",
}
LEGAL_FORMS = sorted(
    ((tuple(text.split()), form) for form, texts in _FORMS.items() for text in texts.split("|")),
    key=lambda f: -len(f[0]),
)
"""Words of a legal form, as tuples, with the form they stand for; the longest first."""
GENERIC = frozenset(
    [
        "group",
        "holding",
        "holdings",
        "international",
        "global",
        "company",
        "co",
        "corporation",
        "corp",
        "trust",
        "fund",
        "foundation",
        "industries",
        "industry",
        "systems",
        "services",
        "trading",
        "trade",
        "bank",
        "capital",
        "investment",
        "investments",
        "enterprise",
        "enterprises",
        "general",
        "national",
        "business",
        "technology",
        "technologies",
        "management",
        "partners",
        "center",
        "centre",
        "tsentr",
        "organization",
    ]
)
SPELLED = {
    "intl": "international", "int": "international", "labour": "labor", "organisation": "organization",
    "centre": "center",
    "first": "1", "1st": "1", "second": "2", "2nd": "2", "third": "3", "3rd": "3", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "bros": "brothers",
    "mfg": "manufacturing", "assn": "association", "dept": "department", "univ": "university", "us": "united states",
}  # fmt: skip
"""Words and what they are written as for comparison."""


def legal_form(words: list[str]) -> tuple[list[str], str]:
    """Words without legal forms at either end, and the form; an empty one where there is none."""
    rest, found = list(words), ""
    while True:
        for text, form in LEGAL_FORMS:
            size = len(text)
            if size < len(rest) and tuple(rest[-size:]) == text:
                rest, found = rest[:-size], found or form
                break
            if size < len(rest) and tuple(rest[:size]) == text and form != "corporation":
                rest, found = rest[size:], found or form
                break
        else:
            return rest, found
