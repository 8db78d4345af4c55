"""Keys in the store: shown once, found by prefix, ended for good."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lexicon import keys
from lexicon.errors import InvalidInput, UnknownKey
from lexicon.models import ApiKey
from lexicon.settings import Settings
from lexicon.store import Sessions, open_store, writing

NOW = datetime.now(UTC)


def test_a_key_is_found_by_its_prefix_and_only_its_digest_is_kept(sessions: Sessions) -> None:
    with writing(sessions) as session:
        made, key = keys.create(session, "  crawler ", "write")
    assert re.fullmatch(r"lex_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", key)
    assert keys.prefix_of(key) == made.prefix
    with sessions() as session:
        assert keys.find(session, made.prefix) == made
        row = session.scalars(select(ApiKey)).one()
        kept = {column.name: getattr(row, column.name) for column in ApiKey.__table__.columns}
    assert (made.name, made.scope, made.state(NOW)) == ("crawler", "write", "active")
    assert key not in str(kept)
    assert key[13:] not in str(kept)
    assert keys.matches(made, key)


@pytest.mark.parametrize(
    "text", ["", "lex_0a1b2c3d", "lex_0a1b2c3d_" + "x" * 42, "Lex_" + "0" * 52]
)
def test_what_is_written_otherwise_has_no_prefix(text: str) -> None:
    assert keys.prefix_of(text) is None


def test_another_key_of_the_prefix_does_not_match(sessions: Sessions) -> None:
    with writing(sessions) as session:
        made, key = keys.create(session, "one", "read")
    assert not keys.matches(made, key[:-1] + ("A" if key[-1] != "A" else "B"))
    assert not keys.matches(None, key)


def test_a_key_ends_on_its_day(sessions: Sessions) -> None:
    with writing(sessions) as session:
        made, _ = keys.create(session, "one", "read", NOW + timedelta(days=1))
    with sessions() as session:
        (held,) = keys.list_keys(session)
    assert held == made
    assert held.state(NOW) == "active"
    assert held.state(NOW + timedelta(days=1)) == "expired"


@pytest.mark.parametrize("by", ["name", "prefix", "key"])
def test_a_revoked_key_is_listed_and_its_name_is_free(sessions: Sessions, by: str) -> None:
    with writing(sessions) as session:
        made, key = keys.create(session, "one", "read")
        called = {"name": made.name, "prefix": made.prefix, "key": key}[by]
        assert keys.revoke(session, called).state(NOW) == "revoked"
        again, _ = keys.create(session, "one", "read")
        with pytest.raises(UnknownKey, match="lexicon keys list") as caught:
            keys.revoke(session, key)
    assert str(caught.value).count(made.prefix) == 1
    assert key not in str(caught.value)
    with sessions() as session:
        assert [held.prefix for held in keys.list_keys(session)] == [made.prefix, again.prefix]


def test_a_prefix_is_given_once(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["0" * 8, "0" * 8, "1" * 8])
    monkeypatch.setattr("lexicon.keys.secrets.token_hex", lambda _size: next(drawn))
    with writing(sessions) as session:
        prefixes = [keys.create(session, name, "read")[0].prefix for name in ("a", "b")]
    assert prefixes == ["lex_00000000", "lex_11111111"]


@pytest.mark.parametrize(
    ("name", "scope", "said"),
    [
        ("one", "admin", "unknown scope 'admin'; known: read, write"),
        ("lex_one", "read", "looks like a key"),
        ("", "read", "empty name of a key"),
        ("a\0b", "read", "U+0000"),
        ("x" * 101, "read", "longer than 100"),
        ("it is", "read", "lexicon keys revoke 'it is'"),
    ],
)
def test_what_is_no_key_is_refused(sessions: Sessions, name: str, scope: str, said: str) -> None:
    with writing(sessions) as session:
        keys.create(session, "it is", "read")
        with pytest.raises(InvalidInput, match=re.escape(said)):
            keys.create(session, name, scope)


def test_postgresql_gives_the_same_moments(postgres_url: str, settings: Settings) -> None:
    sessions = open_store(settings.model_copy(update={"database_url": postgres_url}))
    with writing(sessions) as session:
        made, _ = keys.create(session, "one", "read", NOW + timedelta(days=1))
    with sessions() as session:
        assert keys.list_keys(session) == [made]
    sessions.kw["bind"].dispose()
