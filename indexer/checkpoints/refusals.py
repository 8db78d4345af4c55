"""What went wrong between here and a hub, as one line with the command that goes on."""

import os
import ssl
from http.client import IncompleteRead
from socket import gaierror
from urllib.error import HTTPError
from urllib.request import getproxies

from lexicon.errors import HubRefused, HubUnreachable, LexiconError


def refused(error: HTTPError, what: str, hub: str, with_token: bool, again: str) -> LexiconError:
    """The error for a status of 400 and more, by the reason that the hub gives in a header."""
    status, reason = error.code, error.headers.get("X-Error-Code", "")
    if status == 407:
        return HubUnreachable(
            f"the proxy asks for a name and a password (407); put them into "
            f"{_proxy(hub) or 'HTTPS_PROXY'}, then run: {again}"
        )
    if status == 429:
        wait = error.headers.get("Retry-After", "")
        pause = f"in {wait} seconds" if wait.isdecimal() else "in some minutes"
        return HubUnreachable(f"{hub} has had too many requests (429); {pause} run: {again}")
    if status >= 500:
        return HubUnreachable(
            f"{hub} fails at {what} (it answered {status}); in some minutes run: {again}"
        )
    if reason == "GatedRepo":
        return HubRefused(
            f"{what} is gated ({status}); accept its conditions on its page at {hub}, set HF_TOKEN "
            f"to a token of that account, then run: {again}"
        )
    if reason == "RevisionNotFound":
        return HubRefused(
            f"{hub} has no {what} ({status}); name another revision, or take the newest: "
            f"{again.partition(' --revision')[0]} --revision main"
        )
    if status in (401, 403) and with_token and reason != "RepoNotFound":
        return HubRefused(
            f"{hub} does not give {what} to the token of HF_TOKEN ({status}); "
            f"set one that may read it, or unset it, then run: {again}"
        )
    if status in (401, 403, 404):
        return HubRefused(
            f"{hub} has no {what}, or keeps it private ({status}); check the name, or set "
            f"HF_TOKEN to a token that may read it, then run: {again}"
        )
    return HubRefused(f"{hub} does not give {what} (it answered {status}); run: {again}")


def unreachable(cause: object, what: str, hub: str, timeout: float, again: str) -> HubUnreachable:
    """The error for a connection that does not come about or breaks off."""
    through = f" through the proxy of {name}" if (name := _proxy(hub)) else ""
    remedy = "check the network"
    if isinstance(cause, gaierror):
        why = "its name cannot be resolved"
    elif isinstance(cause, ssl.SSLCertVerificationError):
        why = f"its certificate is not trusted: {cause.verify_message}"
        remedy = "set SSL_CERT_FILE to the certificates of your network"
    elif isinstance(cause, TimeoutError):
        why = f"no answer within {timeout:g} seconds"
    elif isinstance(cause, IncompleteRead):
        why = "the connection broke off"
    elif isinstance(cause, OSError):
        why = cause.strerror or str(cause)
    else:
        why = str(cause) or type(cause).__name__
    line = " ".join(why.split())[:200]
    return HubUnreachable(
        f"cannot get {what} from {hub}{through} ({line}); {remedy}, then run: {again}"
    )


def _proxy(hub: str) -> str | None:
    """The variable that names the proxy to ``hub``; its value may hold a password."""
    scheme = hub.partition(":")[0]
    if scheme not in getproxies():
        return None
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    return next((name for name in names if os.environ.get(name)), "the system's settings")
