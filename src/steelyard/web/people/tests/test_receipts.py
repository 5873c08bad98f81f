from hypothesis import given
from hypothesis import strategies as st

from steelyard.web.people import receipts

BODIES = st.text("0123456789", min_size=20, max_size=20)


@given(BODIES)
def test_a_receipt_reads_back_as_it_was_shown(body):
    receipt = receipts.with_check_digits(body)
    assert receipts.read(receipts.grouped(receipt)) == receipt


@given(BODIES, st.integers(0, 21), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body, place, step):
    receipt = receipts.with_check_digits(body)
    wrong = str((int(receipt[place]) + step) % 10)
    assert receipts.read(receipt[:place] + wrong + receipt[place + 1 :]) is None


@given(BODIES, st.integers(0, 20))
def test_two_swapped_neighbours_never_pass(body, place):
    receipt = receipts.with_check_digits(body)
    swapped = receipt[:place] + receipt[place + 1] + receipt[place] + receipt[place + 2 :]
    assert swapped == receipt or receipts.read(swapped) is None


def test_full_width_digits_and_dashes_are_read_too():
    receipt = receipts.with_check_digits("1234" * 5)
    wide = receipt.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert receipts.read("-".join(wide[start : start + 4] for start in range(0, 22, 4))) == receipt


def test_the_same_draft_gives_the_same_receipt_and_another_draft_another():
    one, other = receipts.new_draft(), receipts.new_draft()
    assert receipts.receipt_of(one) == receipts.receipt_of(one)
    assert receipts.receipt_of(one) != receipts.receipt_of(other)


def test_the_stored_digest_does_not_hold_the_receipt():
    receipt = receipts.receipt_of(receipts.new_draft())
    assert receipt not in receipts.digest(receipt)
