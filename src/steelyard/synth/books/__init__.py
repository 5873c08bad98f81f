"""The other books of the departments: ordinary and honest rows about the county's own people, firms and bodies.

They are written when the county is finished, each with draws of its own, so that none changes another or a matter
that was planted.
"""

from steelyard.synth.books.accounts import accounts
from steelyard.synth.books.budgets import budgets
from steelyard.synth.books.enterprises import enterprises
from steelyard.synth.books.folk import Folk
from steelyard.synth.books.land import land, parcels
from steelyard.synth.books.offices import offices
from steelyard.synth.books.property import property_books
from steelyard.synth.books.registry import registry
from steelyard.synth.books.relief import Relieved, relief
from steelyard.synth.books.residents import residents
from steelyard.synth.books.subsidies import subsidies
from steelyard.synth.books.taxes import taxes
from steelyard.synth.books.tendering import tendering
from steelyard.synth.books.villages import village_books
from steelyard.synth.books.works import works_books
from steelyard.synth.county import County
from steelyard.synth.tenders.market import Market
from steelyard.synth.villages.papers import Papers


def fill_books(county: County, market: Market, papers: Papers) -> None:
    """Write all books of a finished county.

    Offices, enterprises and penalties come before relief and subsidies: who is in one of these gets none of those.
    """
    folk = Folk(county)
    residents(folk)
    offices(folk)
    enterprises(folk)
    registry(folk)
    relieved, fields = Relieved(folk), parcels(folk)
    relief(folk, relieved)
    land(folk, fields)
    property_books(folk, fields, relieved)
    subsidies(folk, fields, relieved, papers)
    taxes(county)
    accounts(folk, papers)
    village_books(folk, papers)
    budgets(folk, market)
    works_books(folk, market)
    tendering(folk, market)
