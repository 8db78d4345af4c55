"""The synsets of several lexicons, joined into concepts.

Lexicons meet in a concept by ``dc:identifier``, which is where our own files keep the key, or else
by their interlingual index (ILI).
"""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode

from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry, checked_lists
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Rejected, Row, Skipped

if TYPE_CHECKING:
    from wn._metadata import Metadata
    from wn.lmf import Lexicon, Synset

FIELD = "wordnet"
"""The field of a synset that names no lexicographer file."""

_POS_READ = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv", "p": "adp"}
_POS_READ |= {"c": "conj", "x": "x", "u": "x", "t": "x"}
_POS_WRITTEN = {"noun": "n", "propn": "n", "verb": "v", "adj": "a", "adv": "r", "adp": "p"}
_POS_WRITTEN |= {"conj": "c"}

# What WN-LMF has no attribute for, in the metadata of a synset.
_UNSENSED = "unsensed"
_EXTERNAL = "semantic-lexicon:"
_PLAIN_ILI = re.compile("i[0-9]+")


def pos_code(pos: str) -> str:
    """The part of speech as WN-LMF writes it; ``x`` for those that it does not tell apart."""
    return _POS_WRITTEN.get(pos, "x")


def identified(entry: ConceptEntry) -> tuple[str, "Metadata"]:
    """The ILI of a concept's synsets, empty without one, and their metadata."""
    external = {scheme: ids for scheme, ids in sorted(entry.external.items()) if ids}
    ili = external.get("ili", ("",))[0]
    if not _PLAIN_ILI.fullmatch(ili):
        ili = ""
    meta: Metadata = {"identifier": entry.key, "type": entry.pos}
    if external != ({"ili": (ili,)} if ili else {}):
        meta["relation"] = _EXTERNAL + urlencode(external, doseq=True)
    if entry.unsensed:
        meta["note"] = _UNSENSED
    return ili, meta


def primary(language: str) -> str:
    return re.split("[-_]", language.strip().lower())[0]


@dataclass
class Concept:
    """What the synsets of one concept say, while the file is gone through."""

    line: int
    synset: str
    lexicons: set[int] = field(default_factory=set)
    identifier: str = ""
    pos: str = ""
    lexfile: str = ""
    unsensed: bool = False
    external: dict[str, list[str]] = field(default_factory=dict)
    definitions: dict[bool, str] = field(default_factory=dict)
    forms: dict[str, list[str]] = field(default_factory=dict)

    def take(self, code: str, language: str, synset: "Synset", words: list["Word"]) -> None:
        meta = _meta(synset)
        kind = meta.get("type", "")
        if kind not in PARTS_OF_SPEECH:
            given = synset.get("partOfSpeech") or next((word.pos for word in words), "")
            kind = _POS_READ.get(given, given)
        self.pos = self.pos or kind
        self.lexfile = self.lexfile or synset.get("lexfile", "").strip() or meta.get("subject", "")
        self.unsensed = self.unsensed or meta.get("note") == _UNSENSED
        for scheme, identifier in _external(synset):
            if identifier not in self.external.setdefault(scheme, []):
                self.external[scheme].append(identifier)
        for definition in synset.get("definitions", []):
            english = primary(definition.get("language") or language) == "en"
            if definition["text"]:
                self.definitions.setdefault(english, definition["text"])
        rank = {member: place for place, member in enumerate(synset.get("members", []))}
        # Members are entries in some wordnets and senses in others; both are within the standard.
        words = sorted(
            words, key=lambda word: rank.get(word.sense, rank.get(word.entry, len(rank)))
        )
        if words:
            self.forms.setdefault(code, []).extend(word.lemma for word in words)

    def record(self) -> Row[ConceptEntry] | Rejected | Skipped:
        if not self.forms:
            return Skipped(self.line)
        lemmas = next(iter(self.forms.values()))
        gloss = self.definitions.get(True) or self.definitions.get(False) or ", ".join(lemmas)
        key = self.identifier or self.synset
        try:
            entry = checked_lists(
                key,
                self.pos or "x",
                self.lexfile or FIELD,
                gloss,
                self.forms,
                self.external,
                self.unsensed,
            )
        except InvalidInput as error:
            return Rejected.of(self.line, error, f"{key}: {', '.join(lemmas)}")
        return Row(self.line, entry)


class Concepts:
    """The concepts met so far, by what identifies them across lexicons."""

    def __init__(self) -> None:
        self.order: list[Concept | Skipped] = []
        self._identified: dict[str, Concept] = {}
        self._ili: dict[str, Concept] = {}

    def of(self, line: int, lexicon: int, synset: "Synset") -> Concept:
        """The concept of a synset, which is a new one unless another lexicon has named it."""
        identifier, ili = _meta(synset).get("identifier", ""), _ili(synset)
        concept = self._identified.get(identifier)
        if concept is None:
            concept = self._ili.get(ili)
            # Two synsets of one lexicon are two meanings, even where they share an ILI.
            if concept and (lexicon in concept.lexicons or (identifier and concept.identifier)):
                concept = None
        if concept is None:
            concept = Concept(line, synset["id"])
            self.order.append(concept)
        concept.lexicons.add(lexicon)
        if identifier:
            concept.identifier = concept.identifier or identifier
            self._identified.setdefault(identifier, concept)
        if ili:
            self._ili.setdefault(ili, concept)
        return concept


class Word(NamedTuple):
    entry: str
    sense: str
    lemma: str
    pos: str


def words_of(lexicon: "Lexicon") -> dict[str, list[Word]]:
    """The words of each synset, in the order of the file."""
    found: dict[str, list[Word]] = {}
    for entry in lexicon.get("entries", []):
        lemma = entry["lemma"]
        for sense in entry.get("senses", []):
            word = Word(entry["id"], sense["id"], lemma["writtenForm"], lemma["partOfSpeech"])
            found.setdefault(sense["synset"], []).append(word)
    return found


def _meta(synset: "Synset") -> "Metadata":
    return synset.get("meta") or {}


def _ili(synset: "Synset") -> str:
    ili = synset["ili"].strip()
    return "" if ili == "in" else ili  # "in" proposes a new one


def _external(synset: "Synset") -> list[tuple[str, str]]:
    relation = _meta(synset).get("relation", "")
    if relation.startswith(_EXTERNAL):
        return parse_qsl(relation.removeprefix(_EXTERNAL))
    return [("ili", ili)] if (ili := _ili(synset)) else []
