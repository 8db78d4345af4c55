"""Wiktionary as wiktextract extracts it (kaikki.org): one JSON object a line, one word entry each.

An entry is one word as one part of speech, with its ``senses``. By wiktextract's README,
translations stand inside a sense when they are known to be of it; the others stand beside the
senses, where their ``sense`` "is a free-text string, and may not match any gloss exactly". Such a
label is tied to a sense only where the words of both leave no doubt (:func:`sense_of`). Any other
label is a meaning of its own: a concept too many does less harm than a word of the wrong sense.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from lexicon.entries import ConceptEntry, checked_lists, require_scripts
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.normalize import MAX_TEXT, clean

FIELD = "wiktionary"

SHARED, COVERED, LEAD = 3, 2 / 3, 1 / 3
"""A label is tied to a gloss that says the same otherwise when so many of its content words stand
in it, this part of them, and a part larger by this much than in any other gloss, each at least."""

# Affixes, phrases, proverbs, characters and whatever wiktextract may add are "x".
_POS = {pos: pos for pos in ("noun", "verb", "adj", "adv", "pron", "conj", "det", "num", "intj")}
_POS |= {"name": "propn", "particle": "part", "determiner": "det", "article": "det"}
_POS |= dict.fromkeys(("prep", "postp", "ambiposition", "circumpos"), "adp")

# What editors write where there is no word, and above words that nobody has checked.
_NO_WORD = re.compile(r"(?i)\[|please add this|no equivalent|not used$|different structure")
_UNCHECKED = re.compile(r"(?i):?(the )?translations .*to be checked|traductions à trier")

# Words in which a label and a gloss may differ and still say the same.
_NO_CONTENT = re.compile(
    "[,;]|a|an|the|of|to|or|and|that|which|who|where|is|are|be|in|on|at|for|by|with|from|as|its"
    "|le|la|les|un|une|des|du|de|d|l|au|aux|et|ou|en|par|pour|sur|qui|que|où"
)
_MARK = dict.fromkeys(";.:()\u0964", " ; ") | {",": " , "}
_MARKS = re.compile("(?:[,;] )+")


class _Translation(NamedTuple):
    language: str
    word: str
    label: str  # empty where the source does not say which sense is meant


@dataclass
class _Draft:
    key: str
    gloss: str
    unsensed: bool
    forms: dict[str, list[str]]

    def extend(self, translations: Sequence[_Translation]) -> None:
        for one in translations:
            self.forms.setdefault(one.language, []).append(one.word)


def records(
    source: Input, scripts: Mapping[str, str]
) -> Iterator[Row[ConceptEntry] | Rejected | Skipped]:
    """The concepts of every entry whose language is a key of ``scripts``, line by line.

    ``scripts`` maps language codes to ISO 15924 codes; a word in another script, such as Hindi in
    Urdu or Latin letters, is left out; so are senses that only say what the word is a form of. A
    line gives a row for each concept, or a skip: an entry of another language, a redirect, a form.
    """
    for number, line in source.lines():
        try:
            pos, drafts = _entry(_object(line), scripts)
        except InvalidInput as error:
            yield Rejected.of(number, error, line)
            continue
        if not drafts:
            yield Skipped(number)
        for one in drafts:
            try:
                made = checked_lists(one.key, pos, FIELD, one.gloss, one.forms, {}, one.unsensed)
                yield Row(number, made)
            except InvalidInput as error:
                yield Rejected.of(number, error, line)


def _entry(entry: Mapping[str, Any], scripts: Mapping[str, str]) -> tuple[str, list[_Draft]]:
    """The entry's part of speech and its concepts: none when it is not for this store."""
    if "redirect" in entry:
        return "x", []
    word, language = _text(entry, "word"), _text(entry, "lang_code")
    if not word or not language:
        raise InvalidInput(f"the entry has no {'lang_code' if word else 'word'}")
    if language not in scripts:
        return "x", []
    word, pos = clean(word, "word"), _text(entry, "pos") or "x"
    # Words that are written alike are told apart: the second etymology's keys hold a ".2".
    number = entry.get("etymology_number")
    again = f".{number}" if isinstance(number, int | str) and number not in (1, "1") else ""
    base = f"wiktionary.{language}.{word}.{pos}{again}"
    concepts = _Concepts(base, language, word)
    for sense in _list(entry, "senses", dict):
        glosses = _list(sense, "glosses", str) or _list(sense, "raw_glosses", str)
        gloss = _tidy(glosses[-1]) if glosses else ""
        name, translations = _text(sense, "id"), _translations(sense, scripts)
        of_another = [*_list(sense, "form_of", dict), *_list(sense, "alt_of", dict)]
        if gloss and not of_another and not {"form-of", "alt-of"} & {*_list(sense, "tags", str)}:
            key = f"wiktionary.{name}" if name else f"{base}.{_hash(gloss)}"
            concepts.add(key, gloss, translations)
    labels = {_label(one) for one in _list(entry, "translations", dict)} - {""}
    concepts.tie(_translations(entry, scripts), sole=len(labels) == 1)
    # Editions other than the English one tag the entry of a form rather than its senses.
    if "form-of" in _list(entry, "tags", str) or not _word(language, word, scripts):
        return "x", []
    return _POS.get(pos, "x"), list(concepts.drafts.values())


class _Concepts:
    """The concepts of one entry, by key; ``base`` begins the keys that the source does not give."""

    def __init__(self, base: str, language: str, word: str) -> None:
        self.base, self.language, self.word = base, language, word
        self.drafts: dict[str, _Draft] = {}

    def add(
        self, key: str, gloss: str, translations: Sequence[_Translation], unsensed: bool = False
    ) -> None:
        """What says the same under the same key is one concept; what does not is numbered."""
        count = 1
        draft = _Draft(key, _cut(gloss), unsensed, {self.language: [self.word]})
        while self.drafts.setdefault(draft.key, draft).gloss != draft.gloss:
            count += 1
            draft.key = f"{key}.{count}"
        self.drafts[draft.key].extend(translations)

    def tie(self, translations: Sequence[_Translation], sole: bool) -> None:
        """Give the translations beside the senses to the concepts that they are of.

        The only sense takes those without a label, and those of the ``sole`` label that there is
        in any language: no other can be meant. Without a sense there is nothing to translate.
        """
        senses = list(self.drafts.values())
        labelled: dict[str, list[_Translation]] = {}
        for one in translations if senses else ():
            labelled.setdefault(one.label, []).append(one)
        for label, group in labelled.items():
            place = sense_of(label, [sense.gloss for sense in senses])
            if place is None and len(senses) == 1 and (sole or not label):
                place = 0
            if place is not None:
                senses[place].extend(group)
            elif label:
                self.add(f"{self.base}.label.{_hash(label)}", label, group)
            else:
                for one in group:
                    key = f"{self.base}.pair.{_hash(f'{one.language} {one.word}')}"
                    self.add(key, f"{self.word} = {one.word}", [one], unsensed=True)


def sense_of(label: str, glosses: Sequence[str]) -> int | None:
    """The place of the one gloss that ``label`` must mean, None when there is a doubt.

    Case, punctuation and function words aside, the label is tied to the gloss that it equals;
    else to the one that it leads or that leads it (:func:`_leads`); else to the one that shares
    its words (``SHARED``, ``COVERED``, ``LEAD``). Two that pass one test are a doubt.

    >>> sense_of("edge of a river", ["An institution.", "An edge of river, lake, or sea."])
    1
    >>> sense_of("money", ["A container for money.", "A row of money machines."]) is None
    True
    """
    said, others = _said(label), [_said(gloss) for gloss in glosses]
    for found in (
        [place for place, gloss in enumerate(others) if said.words == gloss.words != ""],
        [place for place, gloss in enumerate(others) if _leads(said, gloss) or _leads(gloss, said)],
    ):
        if found:
            return found[0] if len(found) == 1 else None
    meant = set(said.words.split())
    shared = [len(meant.intersection(gloss.words.split())) for gloss in others]
    second, best = sorted([0, 0, *shared])[-2:]
    if best < max(SHARED, COVERED * len(meant)) or best - second < LEAD * len(meant):
        return None
    return shared.index(best)


class _Said(NamedTuple):
    """A text's content words (all, if it has no other), with a space at both ends so that they are
    found whole; and these with ``,`` where a phrase ends and ``;`` where a clause does."""

    words: str
    marked: str


def _leads(part: _Said, whole: _Said) -> bool:
    """Whether three content words or more stand in ``whole`` as they are, or fewer lead it.

    *Water* means neither "a body of water" nor "water bird": a lone word must be the whole of a
    clause's first phrase; two may also end it, as *light waves* in "visible light waves".
    """
    words = part.words.split()
    stands = part.words in whole.words
    if not stands or len(words) not in (1, 2):
        return stands and len(words) > 2
    before = "; (?:[^,;]* )?" if len(words) == 2 else "; "
    return re.search(before + " (?:, )?".join(words) + " [,;]", whole.marked) is not None


@lru_cache(maxsize=512)
def _said(text: str) -> _Said:
    # Vowel signs are marks, so that \w would cut Hindi and Kannada words.
    every = "".join(
        letter if unicodedata.category(letter)[0] in "LMN" else _MARK.get(letter, " ")
        for letter in unicodedata.normalize("NFC", text).casefold()
    ).split()
    content = [word for word in every if not _NO_CONTENT.fullmatch(word)]
    if content:
        kept = {*content, ";"}
        every = [word if word in kept else "," for word in every]
    words = " ".join(content or [word for word in every if word not in (",", ";")])
    marked = _MARKS.sub(lambda run: "; " if ";" in run[0] else ", ", f"; {' '.join(every)} ; ")
    return _Said(f" {words} " if words else "", marked)


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not JSON that can be read: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput(f"a JSON {type(found).__name__}; a word entry is an object")
    return found


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"{name} is a JSON {type(value).__name__}, not a text")
    return (value or "").strip()


def _list(given: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    value = given.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, kind) for one in value):
        raise InvalidInput(f"{name} is not a list of {'objects' if kind is dict else 'texts'}")
    return value


def _translations(given: Mapping[str, Any], scripts: Mapping[str, str]) -> list[_Translation]:
    """Those that are words of the store's languages, in file order."""
    found = []
    for one in _list(given, "translations", dict):
        text, label = _text(one, "word"), _label(one)
        # wiktextract is renaming "code" to "lang_code".
        language = _text(one, "lang_code") or _text(one, "code")
        if language not in scripts or _NO_WORD.match(text) or _UNCHECKED.match(label):
            continue
        if word := _word(language, text, scripts):
            found.append(_Translation(language, word, label))
    return found


def _label(translation: Mapping[str, Any]) -> str:
    label = _tidy(_text(translation, "sense"))
    return label if _said(label).words else ""


def _word(language: str, text: str, scripts: Mapping[str, str]) -> str | None:
    """``text`` as the store keeps it, None where it is no word in the language's script."""
    if not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        return None
    try:
        entry = checked_lists(FIELD, "x", FIELD, FIELD, {language: [text]})
        require_scripts(entry, scripts)
    except InvalidInput:
        return None
    return entry.forms[language][0]


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _cut(text: str) -> str:
    """``text`` up to the last word that ends within ``MAX_TEXT``, and an ellipsis."""
    kept = text[: MAX_TEXT - 1].rpartition(" ")[0] or text[: MAX_TEXT - 1]
    return text if len(text) <= MAX_TEXT else f"{kept}…"


def _hash(text: str) -> str:
    # JSON may hold half a surrogate pair, which has no UTF-8; its concept is then refused.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
