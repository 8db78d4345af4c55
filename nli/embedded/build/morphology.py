"""Which other forms of a word there are, and how much of a word its endings leave alone."""

from collections.abc import Iterator

# Endings of the three French conjugations, without accents; the future and the conditional too,
# for what they add to a meaning is less than what a word in pieces loses.
ER = "er e es ons ez ent ais ait ions iez aient ai as a erent asse ant ee"
ER += " erai eras era erons erez eront erais erait erions eriez eraient ees"
IR = "ir is it issons issez issent issais issait issions issiez issaient irent issant i ie"
IR += " irai iras ira irons irez iront irais irait irions iriez iraient ies isse"
RE = "re s ons ez ent ais ait ions iez aient is it irent ant u ue"
RE += " rai ras ra rons rez ront rais rait rions riez raient us ues e"
CONJUGATIONS = (("er", ER.split()), ("ir", IR.split()), ("re", RE.split()))

SHORTEST_STEM = 3
"""Code points; what is shorter begins too many other words."""

HINDI_VOWELS = "\u093e\u0940\u0947\u094b"
KANNADA_VOWELS = "\u0cc1\u0cbf\u0cc6"


def french(word: str, pos: str) -> Iterator[str]:
    """Inflected forms of a word spelt as in ``normalising.spelling``; the word itself is not one.

    >>> list(french("cheval", "noun")), list(french("heureux", "adj"))
    (['chevaux'], ['heureuse', 'heureuses', 'heureusement'])
    """
    if pos == "verb":
        for infinitive, endings in CONJUGATIONS:
            if word.endswith(infinitive) and len(word) > len(infinitive) + 1:
                stem = word.removesuffix(infinitive)
                for ending in endings:
                    if stem + ending != word:
                        yield _spelt(stem, ending)
                break
        return
    if pos == "adj":
        yield from _feminine(word)
    if word.endswith("al"):
        yield word[:-1] + "ux"
    elif word.endswith("eau"):
        yield word + "x"
    elif word[-1] not in "sxz":
        yield word + "s"


def _spelt(stem: str, ending: str) -> str:
    # mangeons; the cedilla of commençons is gone with the accents.
    return stem + ("e" if stem.endswith("g") and ending[0] in "ao" else "") + ending


def _feminine(word: str) -> Iterator[str]:
    changes = (("eux", "euse"), ("if", "ive"), ("el", "elle"), ("en", "enne"), ("er", "ere"))
    for ending, changed in changes:
        if word.endswith(ending):
            form = word.removesuffix(ending) + changed
            break
    else:
        form = word if word.endswith("e") else word + "e"
    if form != word:
        yield form
        yield form + "s"
    yield form + "ment"


def hindi(word: str, pos: str) -> Iterator[str]:
    """What endings such as -ों and -ता are added to.

    >>> list(hindi("लड़का", "noun")), list(hindi("लिखना", "verb"))
    (['लड़क'], ['लिख'])
    """
    stem = word
    if pos == "verb" and word.endswith("ना"):
        stem = word[:-2]
    elif word[-1] in HINDI_VOWELS:
        stem = word[:-1]
    if stem != word and (len(stem) >= SHORTEST_STEM or (pos == "verb" and len(stem) > 1)):
        yield stem


def kannada(word: str, pos: str) -> Iterator[str]:
    """What endings such as -ಿನಲ್ಲಿ and -ುವುದಿಲ್ಲ are added to.

    >>> list(kannada("ಊರು", "noun")), list(kannada("ಬರೆ", "verb"))
    (['ಊರ'], [])
    """
    if word[-1] == KANNADA_VOWELS[0] or (pos != "verb" and word[-1] in KANNADA_VOWELS):
        stem = word[:-1]
        if len(stem) >= SHORTEST_STEM or (len(stem) > 1 and word[-1] == KANNADA_VOWELS[0]):
            yield stem


DERIVED = {"fr": french, "hi": hindi, "kn": kannada}
