"""WN-LMF, the XML of the Global WordNet Association: a synset is a concept.

Read is what ``wn`` reads: WN-LMF 1.0 to 1.4. The lexicons of a file, one per language, meet in a
concept by ``dc:identifier`` or else by their interlingual index (ILI). A synset without members
holds the place of its concept for the lexicons after it.

Written is WN-LMF 1.1, the first that knows ``lexfile`` and ``members``, so that older tools read
it too. The order of concepts survives because the first lexicon also names those that it has no
word for. WN-LMF has no place for frequencies; they are left out.
"""

import re
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.formats.synsets import Concepts, identified, pos_code, primary, words_of
from lexicon.formats.xml_prolog import Prolog, copy_content, prolog

if TYPE_CHECKING:
    from wn.lmf import LexicalEntry, Lexicon, Synset

# Importing wn takes 150 ms, which every command would pay if it stood here.

VERSION = "1.1"

_DOCTYPE = re.compile(r"WN-LMF(?:-relaxed)?-([0-9]+\.[0-9]+)\.dtd$")

# wn wants these two lines to the letter.
_HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE LexicalResource SYSTEM "https://globalwordnet.github.io/schemas/WN-LMF-{}.dtd">
"""


class Facts(NamedTuple):
    """What a file says about itself."""

    name: str
    licence: str
    version: str


def source_facts(source: Input) -> Facts | None:
    """Id (else label), licence and version of the first lexicon; None if there is none."""
    with source.binary() as stream:
        begun = prolog(source, stream)
    _checked_version(source, begun)
    if not begun.child:
        return None
    of = begun.child.get
    return Facts(of("id") or of("label", ""), of("license", ""), of("version", ""))


def records(
    source: Input, languages: Collection[str]
) -> Iterator[Row[ConceptEntry] | Rejected | Skipped]:
    """Every concept of a file, at the place of its first synset.

    A line number is the ordinal of the synset in the file (from 1), for ``wn`` tells no lines.
    Skipped is each synset of a language that is not among ``languages`` (primary subtags are
    compared, so *en-GB* is read as *en*), and each concept that no lexicon gives a word.

    Key: ``dc:identifier`` of the synset, else its id. Gloss: the first English definition, else
    the first, else the words. Field: lexfile, else ``dc:subject``, where WN-LMF 1.0 keeps it.
    """
    codes = {primary(code): code for code in languages} | {code.lower(): code for code in languages}
    concepts = Concepts()
    line = 0
    for number, lexicon in enumerate(_lexicons(source)):
        language = lexicon["language"]
        code = codes.get(language.lower()) or codes.get(primary(language))
        words = words_of(lexicon) if code else {}
        for synset in lexicon.get("synsets", []):
            line += 1
            if code:
                concept = concepts.of(line, number, synset)
                concept.take(code, language, synset, words.get(synset["id"], []))
            else:
                concepts.order.append(Skipped(line))
    for found in concepts.order:
        yield found if isinstance(found, Skipped) else found.record()


def _checked_version(source: Input, begun: Prolog) -> str:
    from wn.lmf import SUPPORTED_VERSIONS

    found = _DOCTYPE.search(begun.doctype)
    if begun.root != "LexicalResource" or not found or found[1] not in SUPPORTED_VERSIONS:
        raise InvalidInput(
            f"{source.path} is not WN-LMF (DOCTYPE {begun.doctype[:80]!r}, "
            f"element {begun.root[:40]!r}); give a file of WN-LMF "
            f"{', '.join(sorted(SUPPORTED_VERSIONS))}"
        )
    return found[1]


def _lexicons(source: Input) -> "list[Lexicon]":
    from wn import lmf

    with source.binary() as stream, tempfile.TemporaryDirectory() as folder:
        begun = prolog(source, stream)
        version = _checked_version(source, begun)
        plain = Path(folder, "plain.xml")
        with plain.open("wb") as copy:
            copy_content(source, begun, stream, _HEADER.format(version).encode(), copy)
        try:
            resource = lmf.load(plain, progress_handler=None)
        # wn checks by assertions, and takes the structure of what it checks for granted.
        except (lmf.LMFError, AssertionError, AttributeError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"{source.path} is not sound WN-LMF {version} "
                f"({str(error)[:120] or 'an attribute or element is missing'}); "
                "validate it against the DTD that it names"
            ) from error
    for lexicon in resource["lexicons"]:
        if "extends" in lexicon:
            raise InvalidInput(
                f"{source.path} holds the lexicon extension {lexicon['id'][:80]!r}, which only "
                "changes another lexicon; import a file of whole lexicons"
            )
    return cast("list[Lexicon]", resource["lexicons"])


def write(
    entries: Iterable[ConceptEntry],
    languages: Sequence[str],
    destination: Path | IO[str],
    name: str,
    version: str,
    licence: str,
) -> int:
    """Write a lexicon for each of ``languages`` that has words; returns how many concepts.

    Concepts without a word in these languages are left out.
    """
    from wn import lmf

    kept = [entry for entry in entries if any(entry.forms.get(code) for code in languages)]
    used = [code for code in languages if any(entry.forms.get(code) for entry in kept)]
    lexicons = [
        _lexicon(kept, code, code == used[0], name=name, version=version, licence=licence)
        for code in used
    ]
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, "plain.xml")
        lmf.dump({"lmf_version": VERSION, "lexicons": [*lexicons]}, plain)
        with plain.open(encoding="utf-8") as stream:
            if isinstance(destination, Path):
                with destination.open("w", encoding="utf-8", newline="\n") as out:
                    shutil.copyfileobj(stream, out)
            else:
                shutil.copyfileobj(stream, destination)
    return len(kept)


def _lexicon(
    entries: Sequence[ConceptEntry],
    code: str,
    first: bool,
    *,
    name: str,
    version: str,
    licence: str,
) -> "Lexicon":
    prefix = _xml_id(f"{name}-{code}")
    words: dict[tuple[str, str], LexicalEntry] = {}
    synsets: list[Synset] = []
    for entry in entries:
        lemmas = entry.forms.get(code, ())
        if not lemmas and not first:
            continue
        pos = pos_code(entry.pos)
        ili, meta = identified(entry)
        synset: Synset = {
            "id": f"{prefix}-c{_digest(entry.key)}",
            "ili": ili,
            "partOfSpeech": pos,
            "lexfile": entry.field,
            "lexicalized": bool(lemmas),
            "members": [f"{prefix}-s{_digest(entry.key, lemma)}" for lemma in lemmas],
            "definitions": [{"text": entry.gloss, "language": "en"}],
            "meta": meta,
        }
        synsets.append(synset)
        for lemma, sense in zip(lemmas, synset["members"], strict=True):
            word = words.setdefault(
                (lemma, pos),
                {
                    "id": f"{prefix}-w{_digest(lemma, pos)}",
                    "lemma": {"writtenForm": lemma, "partOfSpeech": pos},
                    "senses": [],
                },
            )
            word["senses"].append({"id": sense, "synset": synset["id"]})
    return {
        "id": prefix,
        "label": name,
        "language": code,
        "email": "",
        "license": licence,
        "version": version,
        "entries": list(words.values()),
        "synsets": synsets,
    }


def _xml_id(text: str) -> str:
    """``text`` as an XML id: ASCII letters, digits and hyphens, a letter first."""
    tidy = re.sub("[^0-9A-Za-z]+", "-", text).strip("-")
    return tidy if tidy[:1].isalpha() else f"lexicon-{tidy}"


def _digest(*texts: str) -> str:
    """A part of an id that stays the same from one export to the next."""
    return sha256("\0".join(texts).encode()).hexdigest()[:16]
