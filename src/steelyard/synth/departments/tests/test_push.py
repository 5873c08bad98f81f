"""Departments that push: signed batches under keys, to a site that says what it thinks of them."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from steelyard.kit import signature
from steelyard.synth.departments import Kind, Wish, post_to
from steelyard.synth.departments.push import messages
from steelyard.synth.departments.tests.conftest import ROWS, table

NOTARIES = "justice/notaries"


@pytest.fixture
def site():
    """A site that keeps what is pushed to it; its first answers can be set."""
    heard, first = [], []

    class Site(BaseHTTPRequestHandler):
        def log_message(self, *_given):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = first.pop(0) if first else 202
            heard.append((self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(b"{}")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    server.heard, server.first = heard, first
    server.address = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def push(province, site):
    return province.push(post_to(site.address))


def proves(province, message):
    path, headers, body = message
    signature.verify(province.environment.values["JUSTICE_KEY"], "POST", path, body, headers, int(time.time()))


def test_every_row_is_pushed_in_a_signed_batch_with_a_key(province, site):
    assert [answer.status for answer in push(province, site)] == [202]
    path, headers, body = site.heard[0]
    assert path == f"/api/v1/push/{NOTARIES}"
    assert len(json.loads(body)["rows"]) == ROWS
    assert headers["X-Steelyard-Key"] == "justice"
    proves(province, site.heard[0])


def test_the_same_rows_carry_the_same_keys_and_batches_stay_small(province, interfaces):
    made = [list(messages(interfaces[NOTARIES], table(), "key", frozenset(), now=1, batch=15)) for _ in range(2)]
    assert [message.key for message in made[0]] == [message.key for message in made[1]]
    assert len({message.key for message in made[0]}) == 3
    assert [len(json.loads(message.body)["rows"]) for message in made[0]] == [15, 15, 10]


def test_a_busy_site_is_asked_again(province, site):
    site.first += [429, 503]
    assert [answer.status for answer in push(province, site)] == [202]
    assert len(site.heard) == 3


def test_no_site_is_told_and_not_raised(province):
    answers = province.push(post_to("http://127.0.0.1:9"))
    assert [answer.status for answer in answers] == [0]


def test_a_late_department_pushes_nothing(province, site):
    province.faults.switch(Wish(Kind.LATE, NOTARIES))
    assert push(province, site) == []


def test_a_doubled_batch_keeps_its_key(province, site):
    province.faults.switch(Wish(Kind.DUPLICATED, NOTARIES))
    push(province, site)
    assert len(site.heard) == 2
    assert len({headers["Idempotency-Key"] for _, headers, _ in site.heard}) == 1


def test_half_a_body_is_signed_and_no_json(province, site):
    province.faults.switch(Wish(Kind.HALF, NOTARIES))
    push(province, site)
    proves(province, site.heard[0])
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter|codec"):
        json.loads(site.heard[0][2])


def test_a_wrong_signature_proves_nothing(province, site):
    province.faults.switch(Wish(Kind.SIGNATURE, NOTARIES))
    push(province, site)
    with pytest.raises(signature.SignatureWrong):
        proves(province, site.heard[0])


def test_drift_encoding_and_order_in_pushed_rows(province, site):
    for kind in (Kind.DRIFT, Kind.ENCODING, Kind.OUT_OF_ORDER):
        province.faults.switch(Wish(kind, NOTARIES))
    push(province, site)
    first = json.loads(site.heard[0][2].decode("gb18030"))["rows"][0]
    assert list(first) == ["BH", "MC", "GXSJ_新", "新增字段"]
    assert first["BH"] == f"{ROWS - 1:04}"


def test_a_slow_sender_sends_the_same_bytes(province, site):
    push(province, site)
    province.faults.switch(Wish(Kind.DRIP, NOTARIES))
    push(province, site)
    assert site.heard[0][2] == site.heard[1][2]
