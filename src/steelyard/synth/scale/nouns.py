"""The nouns of a made-up province.

Each is a module with ``tables(size)``, and where wrongs are done with it ``planted(size)`` and ``look_alikes(size)``.
``people_named(size)`` and ``companies_named(size)`` are SQL of the numbers of those whom these wrongs name, so that
the register knows them.
"""

from types import ModuleType

from steelyard.synth.scale import (
    bidding,
    books,
    civil,
    companies,
    courts,
    enterprise_contracts,
    enterprise_money,
    enterprise_people,
    enterprise_purchases,
    enterprises,
    funds,
    leases,
    livelihood,
    papers,
    people,
    places,
    prices,
    programmes,
    purchases,
    relief,
    seals,
    sharing,
    special_funds,
    subsidies,
    tenders,
    village_accounts,
    village_works,
    villages,
    works,
)

NOUNS: tuple[ModuleType, ...] = (
    places,
    people,
    companies,
    livelihood,
    programmes,
    subsidies,
    relief,
    civil,
    prices,
    tenders,
    bidding,
    works,
    courts,
    villages,
    village_works,
    leases,
    enterprises,
    enterprise_purchases,
    enterprise_contracts,
    enterprise_people,
    enterprise_money,
    funds,
    books,
    special_funds,
    sharing,
    village_accounts,
    papers,
    purchases,
    seals,
)
