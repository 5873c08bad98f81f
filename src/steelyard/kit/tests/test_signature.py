"""A signed message is taken once it is whole, in time and from the key's holder, and not otherwise."""

import pytest

from steelyard.kit.signature import SIGNATURE, TIMESTAMP, SignatureWrong, sign, verify

AT = 1_790_000_000
MESSAGE = ("POST", "/api/v1/push/a/b?part=1", b'{"rows": []}')


def test_a_signed_message_is_taken() -> None:
    verify("key", *MESSAGE, sign("key", *MESSAGE, AT), AT + 299)


def test_header_names_may_arrive_in_any_case() -> None:
    verify("key", *MESSAGE, {name.lower(): value for name, value in sign("key", *MESSAGE, AT).items()}, AT)


def test_the_form_is_the_documented_one() -> None:
    # Written out, so that a sender in another language can be checked against it.
    assert sign("secret", "get", "/rows?page=1", b"", 1_700_000_000, key_id="finance") == {
        "X-Steelyard-Key": "finance",
        "X-Steelyard-Timestamp": "1700000000",
        "X-Steelyard-Signature": "af8b7ffd183e6faa02632776e18fdadc1524885405127d7481fcc1133188adc4",
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", MESSAGE[1], MESSAGE[2]),
        (MESSAGE[0], MESSAGE[1] + "2", MESSAGE[2]),
        (MESSAGE[0], MESSAGE[1], MESSAGE[2] + b" "),
    ],
)
def test_a_changed_message_is_refused(method: str, path: str, body: bytes) -> None:
    with pytest.raises(SignatureWrong, match="does not fit"):
        verify("key", method, path, body, sign("key", *MESSAGE, AT), AT)


def test_another_key_is_refused() -> None:
    with pytest.raises(SignatureWrong, match="does not fit"):
        verify("other", *MESSAGE, sign("key", *MESSAGE, AT), AT)


@pytest.mark.parametrize("off", [-301, 301])
def test_an_old_or_early_message_is_refused(off: int) -> None:
    with pytest.raises(SignatureWrong, match="301 seconds"):
        verify("key", *MESSAGE, sign("key", *MESSAGE, AT), AT + off)


@pytest.mark.parametrize("headers", [{}, {TIMESTAMP: str(AT)}, {SIGNATURE: "00"}])
def test_an_unsigned_message_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureWrong, match="needed"):
        verify("key", *MESSAGE, headers, AT)


@pytest.mark.parametrize("time", ["now", "-5", "1e9", "１７", "9" * 13])
def test_a_timestamp_that_is_no_number_is_refused(time: str) -> None:
    with pytest.raises(SignatureWrong, match="whole seconds"):
        verify("key", *MESSAGE, sign("key", *MESSAGE, AT) | {TIMESTAMP: time}, AT)


def test_an_empty_key_proves_nothing() -> None:
    with pytest.raises(SignatureWrong, match="no key"):
        verify("", *MESSAGE, sign("", *MESSAGE, AT), AT)


def test_a_signature_outside_ascii_is_refused_like_any_wrong_one() -> None:
    with pytest.raises(SignatureWrong, match="does not fit"):
        verify("key", *MESSAGE, sign("key", *MESSAGE, AT) | {SIGNATURE: "署名"}, AT)


def test_the_idempotency_key_is_part_of_the_message():
    signed = sign("key", *MESSAGE, AT, once="batch-1")
    verify("key", *MESSAGE, signed, AT)
    for other in (signed | {"Idempotency-Key": "batch-2"}, {n: v for n, v in signed.items() if n != "Idempotency-Key"}):
        with pytest.raises(SignatureWrong):
            verify("key", *MESSAGE, other, AT)
