"""``lexicon keys``."""

import re

from indexer.service import LexiconService
from lexicon import keys
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal, usage_error


def test_a_key_is_printed_once(tiny: LexiconService) -> None:
    made = invoke("keys", "create", "crawler", "--scope", "write", "--expires", "2")
    key = made.stdout.strip()
    assert re.fullmatch(r"lex_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", key)
    assert re.fullmatch(
        r"crawler: may write, until \d{4}-\d\d-\d\d; this is shown once, keep it safe\n",
        made.stderr,
    )
    (row,) = as_json("keys", "list")
    assert {**row, "created_at": "", "expires_at": ""} == {
        "name": "crawler",
        "prefix": key[:12],
        "scope": "write",
        "state": "active",
        "created_at": "",
        "expires_at": "",
        "revoked_at": None,
    }
    assert key not in output("keys", "list") + str(as_json("keys", "list"))


def test_a_revoked_key_is_listed_as_that(tiny: LexiconService) -> None:
    key = output("keys", "create", "reader").strip()
    assert invoke("keys", "revoke", "reader").stderr == f"reader ({key[:12]}): revoked\n"
    (row,) = as_csv("keys", "list")
    assert (row["scope"], row["state"]) == ("read", "revoked")
    assert "revoked" in output("keys", "list")
    with tiny.sessions() as session:
        (held,) = keys.list_keys(session)
    assert held.revoked_at is not None
    assert refusal("keys", "revoke", "reader").startswith("no key in use is called 'reader'")


def test_a_wrong_scope_is_a_usage_error(tiny: LexiconService) -> None:
    assert "--scope" in usage_error("keys", "create", "me", "--scope", "admin")
