"""One call to an API, made with patience and with limits: pace, tries, time, size, host, kind of answer."""

import email.utils
import random
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

from dlt.sources.helpers.rest_client.client import RESTClient
from requests import Response
from requests.auth import AuthBase
from requests.exceptions import ConnectionError as ConnectionBroken
from requests.exceptions import InvalidURL, RequestException, SSLError, Timeout
from urllib3.exceptions import HTTPError

from steelyard.sources.connection import Limits
from steelyard.sources.fetched import FetchFailed, SignatureRejected, SourceDrifted, SourceRefused
from steelyard.sources.json_rows import Document, NotJson
from steelyard.sources.pace import Pace
from steelyard.sources.rest_auth import ClientCredentials, SignedCall

Method = Literal["GET", "POST"]
MAX_ANSWER_BYTES = 64 << 20
LONGEST_WAIT_S = 120.0
"""Who asks for more patience than this gets the next run."""
WHOLE_ANSWER = 4
"""An answer must be through in so many times the seconds we wait for its next byte."""
REDIRECTS = 3


class _Again(Exception):
    """The call may go well another time; ``after``: seconds the other side asks us to wait."""

    def __init__(self, error: FetchFailed, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.after = error, after


class Caller:
    """Makes the calls of one run and counts them."""

    def __init__(
        self, client: RESTClient, limits: Limits, *, sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.client, self.limits = client, limits
        self.sleep, self.clock = sleep, clock
        self.auth: AuthBase | None = None
        self.calls = 0
        self.pace = Pace(clock)
        self._free_at = 0.0
        self.origin = urlsplit(client.base_url)[:2]

    def get(self, path: str, parameters: Mapping[str, str]) -> Document:
        """The answer to a GET.  Raises FetchFailed and its kinds once every try failed."""
        return self._tried(lambda: self._once("GET", path, params=dict(parameters), auth=self.auth))

    def post_form(self, path: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        """The answer to a form, as an object."""
        said = self._tried(lambda: self._once("POST", path, data=dict(form))).value
        if not isinstance(said, dict):
            raise SourceDrifted(f"{path}: the answer is no object")
        return said

    # -- patience --------------------------------------------------------------------------

    def _tried(self, call: Callable[[], Document]) -> Document:
        for attempt in range(1, max(self.limits.attempts, 1) + 1):
            try:
                return call()
            except _Again as again:
                if attempt >= self.limits.attempts:
                    raise again.error from None
                self.sleep(self._pause(attempt, again))
        raise AssertionError("a call is tried at least once")

    def _pause(self, attempt: int, again: _Again) -> float:
        if again.after is None:
            # Spread, so that many interfaces do not come back at the same moment.
            growing = min(self.limits.pause * 2.0 ** (attempt - 1), LONGEST_WAIT_S)
            return growing * random.uniform(0.5, 1.5)  # noqa: S311  # no secret hangs on it
        if again.after > LONGEST_WAIT_S:
            raise FetchFailed(f"{again.error}: it asks us to wait {again.after:.0f} s", permanent=False) from None
        return again.after

    def _keep_pace(self) -> None:
        if not self.limits.per_minute:
            return
        now = self.clock()
        if now < self._free_at:
            self.sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + 60 / self.limits.per_minute

    # -- one try ---------------------------------------------------------------------------

    def _once(self, method: Method, path: str, *, renewed: bool = False, **given: Any) -> Document:
        response, where = self._sent(method, path, **given)
        try:
            if response.status_code == 401 and not renewed and isinstance(given.get("auth"), ClientCredentials):
                given["auth"].renew()
                return self._once(method, path, renewed=True, **given)
            self._require_success(response, where)
            return self._document(response, where)
        finally:
            response.close()

    def _sent(self, method: Method, path: str, **given: Any) -> tuple[Response, str]:
        """The head of an answer, redirections within the host followed; and how to name the call."""
        # The client would ask whatever host a path names, with our credentials; only the address was allowed.
        if urlsplit(path)[:2] not in (("", ""), self.origin):
            raise SourceRefused(f"{method} {urlsplit(path).path or '/'}: the path names another host than the address")
        for _ in range(REDIRECTS + 1):
            where = f"{method} {urlsplit(path).path or '/'}"
            response = self._send(method, path, where, **given)
            if response.status_code not in (301, 302, 303, 307, 308):
                return response, where
            target = urljoin(response.url, response.headers.get("Location", ""))
            response.close()
            if urlsplit(target)[:2] != urlsplit(response.url)[:2] or method != "GET":
                raise SourceRefused(
                    f"{where}: redirects to {urlsplit(target).netloc or 'nowhere'}, which we do not follow"
                )
            path, given["params"] = target, None
        raise SourceRefused(f"{where}: redirects without end")

    def _send(self, method: Method, path: str, where: str, **given: Any) -> Response:
        self._keep_pace()
        self.calls += 1
        try:
            with self.pace.waiting():
                return self.client.request(
                    path, method, stream=True, allow_redirects=False, timeout=self.limits.timeout, **given
                )
        # What the library says holds the address with its query, so only the kind of error is passed on.
        except SSLError:
            raise SourceRefused(f"{where}: the certificates of the two sides do not fit") from None
        except Timeout:
            raise _Again(FetchFailed(f"{where}: no answer in {self.limits.timeout} s", permanent=False)) from None
        except InvalidURL:
            raise SourceRefused(f"{where}: the address is not valid") from None
        except ConnectionBroken:
            raise _Again(FetchFailed(f"{where}: no connection", permanent=False)) from None
        except RequestException as error:
            raise _Again(FetchFailed(f"{where}: {type(error).__name__}", permanent=False)) from None

    def _require_success(self, response: Response, where: str) -> None:
        status = response.status_code
        said = f"{where}: answered {status}"
        if status in (200, 206):
            return
        if status == 429 or status >= 500:
            raise _Again(FetchFailed(said, permanent=False), _retry_after(response))
        if status in (401, 403):
            raise (SignatureRejected if isinstance(self.auth, SignedCall) else SourceRefused)(
                f"{said}: we are not let in"
            )
        if status == 404:
            raise SourceDrifted(f"{said}: there is nothing at this path")
        raise FetchFailed(said)

    def _document(self, response: Response, where: str) -> Document:
        said = response.headers.get("Content-Type", "").lower()
        kind = said.partition(";")[0].strip()
        with self.pace.waiting():
            body = self._body(response, where)
        self.pace.bytes += len(body)
        if kind not in ("application/json", "text/json") and not kind.endswith("+json"):
            raise _Again(SourceDrifted(f"{where}: answered {kind or 'without a type'}, not JSON", permanent=False))
        try:
            return Document(body.decode(_charset(said)))
        except (NotJson, UnicodeDecodeError, LookupError) as error:
            reason = f"{where}: the answer is no whole JSON: {str(error).splitlines()[0][:120]}"
            raise _Again(FetchFailed(reason, permanent=False)) from None

    def _body(self, response: Response, where: str) -> bytes:
        """The whole answer, piece by piece, so that neither size nor slowness is without end."""
        until = self.clock() + self.limits.timeout * WHOLE_ANSWER
        parts, size = [], 0
        try:
            while part := response.raw.read1(1 << 16, decode_content=True):
                parts.append(part)
                size += len(part)
                if size > MAX_ANSWER_BYTES:
                    raise SourceRefused(
                        f"{where}: the answer is larger than {MAX_ANSWER_BYTES >> 20} MB; ask for smaller pages"
                    )
                if self.clock() > until:
                    late = FetchFailed(
                        f"{where}: the answer was not through in {WHOLE_ANSWER * self.limits.timeout} s",
                        permanent=False,
                    )
                    raise _Again(late)
        except (HTTPError, OSError) as error:
            raise _Again(
                FetchFailed(f"{where}: the answer broke off ({type(error).__name__})", permanent=False)
            ) from None
        return b"".join(parts)


def _charset(content_type: str) -> str:
    named = content_type.partition("charset=")[2].partition(";")[0].strip(" \"'")
    return "utf-8-sig" if named in ("", "utf-8", "utf8") else named


def _retry_after(response: Response) -> float | None:
    said = response.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(email.utils.parsedate_to_datetime(said).timestamp() - time.time(), 0.0)
    except (TypeError, ValueError):
        return None
