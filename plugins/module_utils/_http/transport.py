# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP requests and responses: the only file that uses the network."""

from __future__ import annotations

import os
import re
import ssl
import threading
import traceback
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

REQUESTS_IMPORT_ERROR: str | None
try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxySchemeUnknown, ReadTimeoutError
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

    class _Session(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> None:
            """Return None, because requests would parse the target even if redirects are not followed, and may fail."""


# Seconds. The error that requests itself raises at the timeout is more precise than ours.
GRACE_SECONDS = 0.25


class HttpRequest(NamedTuple):
    """A request as it is sent, with a percent-encoded URL and an encoded body."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class HttpResponse(NamedTuple):
    """``date`` is the header with the service's time, or empty."""

    status: int
    content_type: str
    body: bytes
    date: str = ""


class NotSent(Exception):
    """The request certainly never reached the service. ``final``: a retry cannot help."""

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class ResponseLost(Exception):
    """The request may have reached the service, but there was no complete response."""

    def __init__(self, reason: str, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out


class Transport:
    """One pooled ``requests`` session. Honours HTTP_PROXY, HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE.

    With ``direct`` no proxy is used: it could not reach a service on this machine, and must not see its keys.
    """

    def __init__(
        self,
        *,
        validate_certs: bool = True,
        ca_path: str | None = None,
        connections: int = 1,
        direct: bool = False,
    ) -> None:
        self._session = _Session()
        self._session.trust_env = not direct
        # With trust_env and without an auth, requests would read credentials from ~/.netrc and overwrite the
        # Authorization header with our signature.
        self._session.auth = _leave_unchanged
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)
        # Passed with every request, because REQUESTS_CA_BUNDLE would override a setting of the session.
        self._verify: bool | str = (ca_path or True) if validate_certs else False

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        """Make one attempt, which takes at most ``timeout`` and GRACE_SECONDS, both in seconds.

        Raises NotSent and ResponseLost only. Redirects are not followed, because a signature is for one address.
        """
        outcomes: list[HttpResponse | NotSent | ResponseLost] = []

        def attempt() -> None:
            try:
                outcomes.append(self._exchange(request, timeout))
            except (NotSent, ResponseLost) as error:
                outcomes.append(error)

        # requests applies its timeout to each wait; a trickling response or a hanging DNS lookup would never time out.
        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        thread.join(timeout + GRACE_SECONDS)
        outcome = (
            outcomes[0]
            if outcomes
            else ResponseLost("there was no complete response within the timeout", timed_out=True)
        )
        if isinstance(outcome, HttpResponse):
            return outcome
        raise outcome

    def _exchange(self, request: HttpRequest, timeout: float) -> HttpResponse:
        try:
            response = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                timeout=timeout,
                allow_redirects=False,
                verify=self._verify,
            )
        except requests.exceptions.InvalidSchema as error:
            reason = _no_socks(request.url) if "SOCKS" in str(error) else str(error)
            raise NotSent(reason, final=True) from error
        except requests.exceptions.RequestException as error:
            if isinstance(_cause(error), ProxySchemeUnknown):
                raise NotSent(_unknown_proxy(request.url), final=True) from error
            raise _classify(error) from error
        except (OSError, UnicodeEncodeError) as error:  # a missing CA bundle, an impossible host name
            raise NotSent(str(error), final=True) from error
        except Exception as error:  # requests fails on a cookie for 10**400 seconds, for example
            if "SOCKS version" in str(error):
                raise NotSent(_unknown_proxy(request.url), final=True) from error
            # Its message is left out, because it may contain a proxy's URL with the password.
            raise ResponseLost(f"the exchange failed with {type(error).__name__}") from error
        headers = response.headers
        date = headers.get("Date", "")
        return HttpResponse(response.status_code, headers.get("Content-Type", ""), response.content, date)

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()


def _leave_unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _proxy_variable(url: str) -> str:
    """Return the environment variable that names the proxy for this address. Its value may contain a password."""
    scheme = url.partition(":")[0]
    for name in (f"{scheme}_proxy", "all_proxy"):
        # Python reads the name in any case, and prefers the lower one.
        spellings = sorted((n for n in os.environ if n.lower() == name and os.environ[n]), key=lambda n: n != name)
        if spellings:
            return spellings[0]
    return "HTTPS_PROXY"  # the system's settings, on macOS and Windows


def _no_socks(url: str) -> str:
    package = "the Python package PySocks, which requests[socks] installs"
    return f"{_proxy_variable(url)} names a SOCKS proxy, which requires {package}, on the host that runs the module"


def _unknown_proxy(url: str) -> str:
    return (
        f"{_proxy_variable(url)} names a proxy of a kind that is not supported; write http://, https:// or socks5h://"
    )


def _classify(error: requests.exceptions.RequestException) -> NotSent | ResponseLost:
    """Return NotSent only if that is certain; any other request may have arrived."""
    cause = _cause(error)
    return _never_tried(error, cause) or _not_connected(error, cause) or _response_lost(error, cause)


def _never_tried(error: requests.exceptions.RequestException, cause: BaseException) -> NotSent | None:
    """Return the failure of a request that could not even be tried."""
    kinds = requests.exceptions
    if isinstance(error, kinds.InvalidURL):
        # The exception would quote a proxy's password with a slash in it as an invalid port.
        reason = "the URL of the service, or of the proxy in HTTP_PROXY or HTTPS_PROXY, is not valid"
        return NotSent(reason, final=True)
    if isinstance(error, kinds.MissingSchema):
        return NotSent(str(error), final=True)
    if isinstance(error, kinds.InvalidHeader) and cause is error:  # one of ours; urllib3 finds those of a response
        return NotSent(str(error), final=True)
    return None


def _not_connected(error: requests.exceptions.RequestException, cause: BaseException) -> NotSent | None:
    """Return the failure of a connection on which no request was sent."""
    kinds = requests.exceptions
    if isinstance(cause, ssl.SSLError) and _before_any_request(cause):
        return NotSent(f"the TLS connection was refused: {cause}", final=True)
    if isinstance(cause, (NewConnectionError, ConnectTimeoutError)):
        if isinstance(error, kinds.ProxyError):
            return NotSent(f"the proxy did not answer: {_system_message(cause)}")
        return NotSent(f"no connection to {_host(error)}: {_system_message(cause)}")
    if isinstance(error, kinds.ProxyError) and "unnel connection failed" in str(cause):
        return NotSent(f"the proxy did not connect: {cause}")
    return None


def _host(error: requests.exceptions.RequestException) -> str:
    """Return the host, and the port unless it is the default, without the password that a URL can contain."""
    url = str(error.request.url) if error.request is not None else ""
    return urlsplit(url).netloc.rpartition("@")[2] or "the service"


def _response_lost(error: requests.exceptions.RequestException, cause: BaseException) -> ResponseLost:
    if isinstance(error, requests.exceptions.ReadTimeout) or isinstance(cause, ReadTimeoutError):
        return ResponseLost("there was no response within the timeout", timed_out=True)
    return ResponseLost(f"the connection was lost before the response was complete: {_system_message(cause)}")


def _before_any_request(error: ssl.SSLError) -> bool:
    """Return whether TLS failed before any request: in the handshake, or while a CA bundle was loaded."""
    in_handshake = any(
        frame.f_code.co_name == "do_handshake" for frame, dummy in traceback.walk_tb(error.__traceback__)
    )
    return in_handshake or error.reason == "NO_CERTIFICATE_OR_CRL_FOUND"


def _cause(error: BaseException) -> BaseException:
    """Return the wrapped exception that shows how far the request got."""
    while not isinstance(error, (NewConnectionError, ConnectTimeoutError, ReadTimeoutError)):
        wrapped = (getattr(error, "reason", None), getattr(error, "original_error", None), *error.args)
        inner = next((each for each in wrapped if isinstance(each, BaseException)), None)
        if inner is None:
            break
        error = inner
    return error


def _system_message(error: BaseException) -> str:
    """Return the message of the operating system without the object that urllib3 prepends."""
    return re.split(r"[>)]: ", str(error), maxsplit=1)[-1]
