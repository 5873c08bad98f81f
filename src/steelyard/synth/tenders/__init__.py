"""The county's trading platform: calls, bids, evaluation, awards, contracts and what becomes of them."""
