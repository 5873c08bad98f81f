"""Raw → checked → versioned tables; inbox, quarantine, lineage, coverage."""

from steelyard.pool import spreadsheet
from steelyard.pool.changes import Changes
from steelyard.pool.compaction import Compacted
from steelyard.pool.coverage import Coverage
from steelyard.pool.dropped import UnknownInterface
from steelyard.pool.erasure import Erased, Expired, StillNeeded, TwoPersonsNeeded, Unknown
from steelyard.pool.fetching import CannotBeAsked
from steelyard.pool.inbox import KeyReused, TooManyRows
from steelyard.pool.incidents import Incident
from steelyard.pool.keeping import NotInPool
from steelyard.pool.keys import Keys, Question
from steelyard.pool.land import UnknownDataset
from steelyard.pool.lineage import Lineage
from steelyard.pool.locks import locked
from steelyard.pool.making import Making, PoolNotEmpty, begin
from steelyard.pool.masking import masked
from steelyard.pool.moments import Moment, above_of, beneath_of, laid, lay_over, new_rows, touched
from steelyard.pool.parts import ROW_GROUP_ROWS, Part
from steelyard.pool.pool import OCDS_IMPORT, NothingDelivered, Pool
from steelyard.pool.quarantine import Quarantined
from steelyard.pool.receipts import Delivery, Landing, Receipt
from steelyard.pool.regions import RegionCoverage, prefix
from steelyard.pool.rehearsal import NothingToTry, Rehearsal
from steelyard.pool.replaying import NoSuchRow, NothingToReplay
from steelyard.pool.retelling import CannotTellAgain
from steelyard.pool.runs import Run, Standing
from steelyard.pool.tables import LINEAGE
from steelyard.pool.timetable import late_since
from steelyard.pool.vacuum import KEEP_DAYS, Vacuumed
from steelyard.pool.versions import Listed, PoolVersion, VersionUnknown, VersionUnreadable
from steelyard.pool.withdrawing import NotWithdrawable, Undone, Withdrawal

__all__ = [
    "KEEP_DAYS",
    "LINEAGE",
    "OCDS_IMPORT",
    "ROW_GROUP_ROWS",
    "CannotBeAsked",
    "CannotTellAgain",
    "Changes",
    "Compacted",
    "Coverage",
    "Delivery",
    "Erased",
    "Expired",
    "Incident",
    "KeyReused",
    "Keys",
    "Landing",
    "Lineage",
    "Listed",
    "Making",
    "Moment",
    "NoSuchRow",
    "NotInPool",
    "NotWithdrawable",
    "NothingDelivered",
    "NothingToReplay",
    "NothingToTry",
    "Part",
    "Pool",
    "PoolNotEmpty",
    "PoolVersion",
    "Quarantined",
    "Question",
    "Receipt",
    "RegionCoverage",
    "Rehearsal",
    "Run",
    "Standing",
    "StillNeeded",
    "TooManyRows",
    "TwoPersonsNeeded",
    "Undone",
    "Unknown",
    "UnknownDataset",
    "UnknownInterface",
    "Vacuumed",
    "VersionUnknown",
    "VersionUnreadable",
    "Withdrawal",
    "above_of",
    "begin",
    "beneath_of",
    "laid",
    "late_since",
    "lay_over",
    "locked",
    "masked",
    "new_rows",
    "prefix",
    "spreadsheet",
    "touched",
]
