"""What the hub, the network and the environment refuse: one line with the command that goes on."""

import socket
import ssl
from http.client import BadStatusLine, IncompleteRead
from typing import Any
from urllib.request import HTTPHandler

import pytest

from indexer.checkpoints import endpoint
from indexer.checkpoints import hub as checkpoints
from lexicon.errors import HubRefused, HubUnreachable, InvalidSettings, LexiconError
from lexicon.settings import Settings
from tests.indexer.checkpoints.hub_server import FILES, REPO, Hub, commit_of
from tests.indexer.checkpoints.pulling import AGAIN, refusal


@pytest.mark.parametrize(
    ("where", "status", "headers", "kind", "words"),
    [
        ("/api/", 401, {"X-Error-Code": "GatedRepo"}, HubRefused, "is gated (401); accept"),
        ("/resolve/", 403, {"X-Error-Code": "GatedRepo"}, HubRefused, "HF_TOKEN"),
        ("/api/", 401, {"X-Error-Code": "RepoNotFound"}, HubRefused, "keeps it private (401)"),
        ("/api/", 404, {}, HubRefused, "check the name"),
        ("/resolve/", 404, {"X-Error-Code": "EntryNotFound"}, HubRefused, "has no 1_Pooling/"),
        ("/api/", 400, {}, HubRefused, "answered 400"),
        ("/api/", 500, {}, HubUnreachable, "answered 500"),
        ("/resolve/", 503, {}, HubUnreachable, "answered 503"),
        ("/api/", 429, {"Retry-After": "7"}, HubUnreachable, "in 7 seconds run"),
        ("/api/", 429, {}, HubUnreachable, "in some minutes run"),
        ("/api/", 407, {}, HubUnreachable, "into HTTPS_PROXY"),
        ("/api/", 302, {"Location": "ftp://127.0.0.1/x"}, HubUnreachable, "ftp"),
        ("/api/", 302, {"Location": "/api/loop"}, HubRefused, "answered 302"),
    ],
)
def test_what_the_hub_refuses(
    hub: Hub,
    settings: Settings,
    where: str,
    status: int,
    headers: dict[str, str],
    kind: type[LexiconError],
    words: str,
) -> None:
    hub.fails[where] = status, headers
    line = refusal(kind, settings)
    assert words in line
    assert line.endswith(AGAIN)


def test_a_revision_that_is_not_there(hub: Hub, settings: Settings) -> None:
    line = refusal(HubRefused, settings, "v9")
    assert f"no {REPO} at revision 'v9' (404)" in line
    assert line.endswith(f"{AGAIN} --revision main")


def test_a_token_that_is_not_accepted(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.fails["/api/"] = 401, {}
    line = refusal(HubRefused, settings)
    assert "token of HF_TOKEN (401)" in line
    assert "hf_secret" not in line


@pytest.mark.parametrize("name", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
def test_the_token_goes_to_the_endpoint_and_nowhere_else(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, " hf_secret\n")
    hub.redirects = True
    checkpoints.pull(settings, "labse")
    sent = {(one.server, one.headers.get("Authorization")) for one in hub.asked}
    assert sent == {("hub", "Bearer hf_secret"), ("elsewhere", None)}


def test_the_token_follows_a_renamed_repository(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.fails["/revision/main"] = (
        307,
        {"Location": f"/api/models/{REPO}/revision/{commit_of(1)}?blobs=true"},
    )
    checkpoints.pull(settings, "labse")
    assert {one.headers.get("Authorization") for one in hub.asked} == {"Bearer hf_secret"}


def test_without_a_token_none_is_sent(hub: Hub, settings: Settings) -> None:
    checkpoints.pull(settings, "labse")
    assert not any("Authorization" in one.headers for one in hub.asked)


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_means_that_nothing_is_asked(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    line = refusal(HubUnreachable, settings)
    assert line.endswith(f"{name}=0 {AGAIN}")
    assert hub.asked == []


@pytest.mark.parametrize("path", ["/api/", "/resolve/"])
def test_a_silent_hub_is_given_up(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(endpoint, "TIMEOUT", 0.2)
    hub.hangs.add(path)
    assert "no answer within 0.2 seconds" in refusal(HubUnreachable, settings)


def test_nobody_listens(hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{held.getsockname()[1]}")
        line = refusal(HubUnreachable, settings)
    assert "Connection refused" in line
    assert line.endswith(f"check the network, then run: {AGAIN}")


def test_a_name_that_cannot_be_resolved(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "its name cannot be resolved" in refusal(HubUnreachable, settings)


def test_a_proxy_that_is_not_there_is_named_without_its_password(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://me:word@127.0.0.1:{held.getsockname()[1]}")
        line = refusal(HubUnreachable, settings)
    assert "through the proxy of http_proxy (" in line
    assert "word" not in line


@pytest.mark.parametrize("listing", [b"<html>", b"{}", b'{"sha": "x", "siblings": []}'])
def test_what_is_no_hub(hub: Hub, settings: Settings, listing: bytes) -> None:
    hub.listing = listing
    assert "check HF_ENDPOINT" in refusal(HubRefused, settings)


def test_another_commit_than_the_one_asked_for(hub: Hub, settings: Settings) -> None:
    hub.listing = hub.described(commit_of(1))
    hub.commits[commit_of(2)] = dict(FILES)
    assert f"gives commit {commit_of(1)}" in refusal(HubRefused, settings, commit_of(2))


def test_a_hub_that_tells_no_digests(hub: Hub, settings: Settings) -> None:
    hub.listing = hub.described(commit_of(1)).replace(b"blobId", b"other")
    assert "size and the digest of 1_Pooling/config.json" in refusal(HubRefused, settings)


@pytest.mark.parametrize("url", ["file:///etc", "hub", "http://", "http://a b", "http://u:p@h"])
def test_an_endpoint_that_is_none(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", url)
    assert refusal(InvalidSettings, settings).startswith("HF_ENDPOINT=")


def test_a_token_that_is_none(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret\r\nX: y")
    line = refusal(InvalidSettings, settings)
    assert line.startswith("HF_TOKEN")
    assert "secret" not in line


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_message = "self-signed"
    return error


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (_untrusted(), "not trusted: self-signed); set SSL_CERT_FILE to the certificates"),
        (IncompleteRead(b"", 5), "(the connection broke off)"),
        (BadStatusLine("not\nHTTP"), "(not HTTP)"),
        (OSError("Tunnel connection failed: 407"), "(Tunnel connection failed: 407)"),
    ],
)
def test_connections_that_do_not_come_about(
    hub: Hub,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    cause: Exception,
    words: str,
) -> None:
    def fails(*_: object) -> None:
        raise cause

    monkeypatch.setattr(HTTPHandler, "http_open", fails)
    assert words in refusal(HubUnreachable, settings)
