"""What went wrong with a fetch or a delivery, in the reader's language.

The engine writes one technical text, in English, for whoever mends it.  A steward reads the line of its class;
the text itself stays below it, for the operator and for the department's own technicians.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CAUSES: tuple[tuple[str, str | Promise], ...] = (
    (r"was withdrawn already", _("The delivery was withdrawn already.")),
    (r"came later and its files are gone|came later through",
     _("A delivery that came later cannot be read again, so nobody can say what the tables would be without this one. "
       "Nothing was changed.")),
    (r"asks us to wait", _("The other side is overloaded and asks us to come back later.")),
    (r"we are not let in|does not let .* in\b|access denied|authentication failed|permission denied|we may not look",
     _("The other side does not let us in: it takes neither account, key nor signature from us.")),
    (r"another key than auth.host_key|the server shows no|certificates of the two sides",
     _("The other side could not prove that it is the one we know. Nothing was sent.")),
    (r"headers .* are needed|whole seconds since|no key is known for this sender|signature does not fit",
     _("What came was not signed with the agreed key.")),
    (r"seconds off our clock", _("What came was signed at another time than ours; a clock is wrong.")),
    (r"no answer in|not through in|timed? ?out",
     _("The other side did not answer in time.")),
    (r"no connection|broke off \(\w+\)$|file server broke|connection .*(refused|failed|closed|reset|lost)"
     r"|can't connect|could not (connect|translate)|server has gone away",
     _("The other side could not be reached, or the line broke.")),
    (r"answered 5\d\d", _("The system of the other side reports a fault of its own.")),
    (r"answered 429", _("The other side says that we ask too often.")),
    (r"nothing at this path|there is no folder|(table|relation|view) .*does(n't| not) exist",
     _("At the agreed place there is nothing any more.")),
    (r"columns? .*\bis missing|unknown column|column .* does(n't| not) exist|invalid identifier|is no column of",
     _("A column that the interface reads is missing.")),
    (r"columns nobody knows", _("Columns came that nobody agreed on.")),
    (r"rows came more than once", _("Many rows came more than once.")),
    (r"rows came, .* were expected", _("Far fewer rows came than usual.")),
    (r"arrived out of order", _("Older rows came behind newer ones.")),
    (r"an answer took .* more than", _("The other side answered more slowly than agreed.")),
    (r"is still being written", _("A file was still being written; it is taken when it is whole.")),
    (r"two pages in a row|more than .* pages|same cursor|a full page, and no|: got .* rows of",
     _("The pages of the answer do not fit together; rows would be missing or come twice.")),
    (r"locked with a password|is encrypted", _("The file is locked with a password. It must be delivered without.")),
    (r"another encoding|is read in utf-8|not UTF-8",
     _("The file is written in another character encoding than agreed.")),
    (r"no heading|has no line|\bcolumn .* stands twice|no sheet\b|has no row|heading cannot be cut"
     r"|columns; the limit|has a heading in row",
     _("The heading is missing, incomplete or names a column twice.")),
    (r"not a readable|not a Parquet|cut short|not an xlsx|: not JSON|binary workbook|packed in a way"
     r"|archive in an archive|is no plain file|cannot be opened|is damaged|without a workbook|entities of its own"
     r"|lies over|leads out of|is a link|the member .* stands twice|cannot be read: |neither read nor ignored"
     r"|no member is called|hold errors|and declares |holds bytes, not text|is nested|of a JSON",
     _("The file is damaged, or of a kind that is not taken.")),
    (r"larger than|the limit\b|unpacks to|(than|as) the archive says|members; |holds texts of"
     r"|a text of .* bytes|line is longer than|needs more than .* MB|takes longer than",
     _("The file or the answer is larger than what is taken at once.")),
    (r"lines cannot be read", _("Too many lines of the file cannot be read.")),
    (r"rows are bad, more than", _("More rows break the contract than it allows; the delivery was refused whole.")),
    (r"refuses the delivery", _("A check failed that refuses the whole delivery.")),
    (r"rows, at least .* are expected", _("Fewer rows came than the contract asks for.")),
    (r"may be gone", _("So many rows are gone since the delivery before that it may be half a file.")),
    (r"changed while it was copied", _("The file was changed while it was copied.")),
    (r"answered .*, not JSON|no whole JSON|the answer is no object|no list of rows|is no number of rows|which is no "
     r"|have a zone and some",
     _("The answer has another shape than agreed.")),
    (r"has not succeeded|nothing came since|nothing has ever come", _("Nothing came by the agreed day.")),
    (r"another run of it", _("Another run was still under way.")),
    (r"^failed .* times; the next try", _("After several failures the platform waits before it tries again.")),
    (r"is not set: give it|among the hosts we may|only read over https|address (of an API|of a file server|is not)"
     r"|the address is no|none of the databases|needs a driver|read-only account|\bauth\.|\bfetch\.|location\.query"
     r"|overlap counts|holds bytes: list|can be looked at without|is not asked, it delivers|cannot be signed"
     r"|redirects|names another host|no access_token|offers no SFTP",
     _("The interface is not set up right. The operator must mend its settings.")),
    (r"answered \d", _("The other side refused the request.")),
)  # fmt: skip
_KNOWN = tuple((re.compile(pattern, re.IGNORECASE), words) for pattern, words in _CAUSES)


def cause(text: str) -> str:
    """The class of what a technical text tells, as a sentence; empty where none fits."""
    return next((str(words) for pattern, words in _KNOWN if pattern.search(text)), "")
