from steelyard.web.intake.catalogue_files import contracts
from steelyard.web.intake.masking import kind_of, masked_value


def test_a_stewards_page_covers_every_private_column():
    private = [
        (contract, column.name)
        for contract in contracts().values()
        for column in contract.columns.values()
        if column.private and not column.subject
    ]
    assert private
    assert [one for one in private if "1234567" in masked_value(kind_of(*one), "AB-1234567-9 Lane")] == []
