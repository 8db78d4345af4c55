"""JSON lines: one concept a line, as one object.

::

    {"concept": "water.noun.1", "pos": "noun", "field": "water", "gloss": "clear liquid",
     "forms": {"en": ["water"], "fr": ["eau", "flotte"]}}

``forms`` maps a language code to the words, best first; at least one language has one. Three more
keys may follow, and the writer leaves them out when they would say nothing: ``"external":
{"ili": ["i84891"]}``, ``"unsensed": true``, and ``"frequencies": {"en": {"water": 5.4}}``, Zipf
values of words that stand among the forms. There are no other keys: a misspelt one would be lost
without a word, so it rejects its line.

Any order of keys is read. Written are the order above, languages and schemes sorted, and letters
as themselves rather than as escapes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import IO, Any, NoReturn

from lexicon.entries import ConceptEntry, checked_lists
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input, Rejected, Row
from lexicon.normalize import clean

TEXTS = ("concept", "pos", "field", "gloss")
REQUIRED = (*TEXTS, "forms")
OPTIONAL = ("external", "unsensed", "frequencies")

MAX_ZIPF = 10.0
"""A word of Zipf value 9 is every word there is; beyond 10 it is another unit."""


def records(source: Input) -> Iterator[Row[ConceptEntry] | Rejected]:
    """Every line as an entry or a reject, in the order of the file."""
    for number, line in source.lines():
        key = ""
        try:
            decoded = _decoded(line)
            key = str(decoded.get("concept", "")) if isinstance(decoded, dict) else ""
            yield Row(number, _entry(decoded))
        except InvalidInput as error:
            yield Rejected.of(number, error, line, key)


def write(entries: Iterable[ConceptEntry], stream: IO[str]) -> int:
    """Write an object a line; returns how many.

    >>> import sys
    >>> write([ConceptEntry("k", "noun", "f", "g", {"fr": ("été",)})], sys.stdout)
    {"concept": "k", "pos": "noun", "field": "f", "gloss": "g", "forms": {"fr": ["été"]}}
    1
    """
    count = 0
    for entry in entries:
        stream.write(json.dumps(_object(entry), ensure_ascii=False, allow_nan=False) + "\n")
        count += 1
    return count


def _object(entry: ConceptEntry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "concept": entry.key,
        "pos": entry.pos,
        "field": entry.field,
        "gloss": entry.gloss,
        "forms": {language: list(entry.forms[language]) for language in sorted(entry.forms)},
    }
    if external := {scheme: list(ids) for scheme, ids in sorted(entry.external.items()) if ids}:
        found["external"] = external
    if entry.unsensed:
        found["unsensed"] = True
    frequencies: dict[str, dict[str, float]] = {}
    for language, lemmas in found["forms"].items():
        for lemma in lemmas:
            if (zipf := entry.frequencies.get((language, lemma))) is not None:
                frequencies.setdefault(language, {})[lemma] = float(zipf)
    if frequencies:
        found["frequencies"] = frequencies
    return found


def _decoded(line: str) -> Any:
    try:
        return json.loads(line, object_pairs_hook=_unique, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"not JSON ({error.msg}, column {error.colno}); write one object a line"
        ) from error
    except RecursionError:
        raise InvalidInput("nested too deeply; write one flat object a line") from None
    except ValueError as error:  # an integer of thousands of digits
        raise InvalidInput(f"not JSON that can be read ({error}); shorten the number") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInput(f"the key {_shown(twice)} stands twice in one object; keep one")
    return found


def _no_number(name: str) -> NoReturn:
    raise InvalidInput(f"{name} is not a number of JSON; give a finite one")


def _entry(given: Any) -> ConceptEntry:
    if not isinstance(given, dict):
        raise InvalidInput(f"{_kind(given)}, not an object; write one object a line")
    known = (*REQUIRED, *OPTIONAL)
    for key in given:
        if key not in known:
            raise InvalidInput(f"unknown key {_shown(key)}; known: {', '.join(known)}")
    for key in REQUIRED:
        if key not in given:
            raise InvalidInput(f"no key {key!r}; needed: {', '.join(REQUIRED)}")
    for key in TEXTS:
        _text(given[key], key)
    unsensed = given.get("unsensed", False)
    if not isinstance(unsensed, bool):
        raise InvalidInput(f"unsensed is {_kind(unsensed)}; write true or false")
    entry = checked_lists(
        given["concept"],
        given["pos"],
        given["field"],
        given["gloss"],
        _lists(given["forms"], "forms", "form"),
        _lists(given.get("external", {}), "external", "identifier"),
        unsensed,
    )
    return replace(entry, frequencies=_frequencies(given.get("frequencies", {}), entry.forms))


def _lists(given: Any, what: str, one: str) -> dict[str, list[str]]:
    found = {}
    for name, texts in _named(given, what):
        if not isinstance(texts, list):
            raise InvalidInput(f"{what} of {name!r} is {_kind(texts)}; write a list of texts")
        # Cleaned here already, so that what differs in spaces alone is kept once.
        unique = (clean(_text(text, f"{what} of {name!r}"), f"{name} {one}") for text in texts)
        found[name] = list(dict.fromkeys(unique))
    return found


def _frequencies(given: Any, forms: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, str], float]:
    found = {}
    for language, values in _named(given, "frequencies"):
        for lemma, zipf in _named(values, f"frequencies of {language!r}"):
            if lemma not in forms.get(language, ()):
                raise InvalidInput(
                    f"frequency of {lemma!r}, which is no form of {language!r} here; "
                    "give it with the forms or leave it out"
                )
            if isinstance(zipf, bool) or not isinstance(zipf, int | float):
                raise InvalidInput(f"frequency of {lemma!r} is {_kind(zipf)}; write a number")
            if not 0 <= zipf <= MAX_ZIPF:
                raise InvalidInput(
                    f"frequency of {lemma!r} is {zipf!s:.20}; a Zipf value is 0 to {MAX_ZIPF:g}"
                )
            found[language, lemma] = float(zipf)
    return found


def _named(given: Any, what: str) -> list[tuple[str, Any]]:
    """The members of an object, their names made canonical."""
    if not isinstance(given, dict):
        raise InvalidInput(f"{what} is {_kind(given)}; write an object")
    pairs = [(clean(name, f"key in {what}"), one) for name, one in given.items()]
    return list(_unique(pairs).items())


def _text(given: Any, what: str) -> str:
    if not isinstance(given, str):
        raise InvalidInput(f"{what} is {_kind(given)}; write a text in quotes")
    return given


def _kind(given: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", type(None): "null"}.get(
        type(given), "true or false" if isinstance(given, bool) else "a number"
    )


def _shown(key: str) -> str:
    return repr(key[:80])
