"""English words as running text has them, and the lemmas that a lexicon keeps."""

import re
from collections.abc import Container, Iterator

WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")

CONTRACTIONS = (
    ("can't", "can not"),
    ("won't", "will not"),
    ("shan't", "shall not"),
    ("n't", " not"),
    ("'re", " are"),
    ("'ve", " have"),
    ("'ll", " will"),
    ("'m", " am"),
    ("'s", " "),
)

IRREGULAR = """
arose:arise ate:eat eaten:eat beaten:beat became:become began:begin begun:begin bent:bend bit:bite
bitten:bite bled:bleed blew:blow blown:blow bought:buy bound:bind brought:bring broke:break
broken:break built:build burnt:burn came:come caught:catch children:child chose:choose
chosen:choose clung:cling crept:creep dealt:deal drank:drink drawn:draw dreamt:dream drew:draw
driven:drive drove:drive drunk:drink dug:dig fallen:fall fed:feed feet:foot fell:fall felt:feel
fled:flee flew:fly flown:fly forgot:forget forgotten:forget fought:fight found:find froze:freeze
frozen:freeze gave:give geese:goose given:give gone:go got:get gotten:get grew:grow grown:grow
heard:hear held:hold hid:hide hidden:hide hung:hang kept:keep knew:know knives:knife known:know
laid:lay leaves:leaf led:lead left:leave lent:lend lives:life lost:lose made:make meant:mean
men:man met:meet mice:mouse paid:pay ran:run rang:ring ridden:ride risen:rise rode:ride rose:rise
said:say sang:sing sank:sink sat:sit saw:see seen:see sent:send shaken:shake shook:shake shone:shine
shot:shoot shown:show slept:sleep slid:slide sold:sell spent:spend spoke:speak spoken:speak
sprang:spring stole:steal stolen:steal stood:stand struck:strike stuck:stick sung:sing swam:swim
swept:sweep swore:swear swum:swim taken:take taught:teach teeth:tooth thought:think threw:throw
thrown:throw told:tell took:take tore:tear torn:tear understood:understand went:go wept:weep
wives:wife woke:wake women:woman won:win wore:wear worn:wear wound:wind written:write wrote:write
better:good best:good worse:bad worst:bad
"""
LEMMAS = dict(pair.split(":") for pair in IRREGULAR.split())

# An ending and what stood in its place.
ENDINGS = (
    ("ies", "y"),
    ("ied", "y"),
    ("s", ""),
    ("es", ""),
    ("ed", "e"),
    ("ed", ""),
    ("ing", "e"),
    ("ing", ""),
    ("ily", "y"),
    ("ly", ""),
    ("er", ""),
    ("est", ""),
)
DOUBLING = ("ed", "ing", "er", "est")


def words(text: str) -> list[str]:
    """Lower-case words and signs, contractions written out.

    >>> words("They won't go, it's Tom's.")
    ['they', 'will', 'not', 'go', ',', 'it', 'tom', '.']
    """
    text = text.lower().replace("\u2019", "'")
    for short, long in CONTRACTIONS:
        text = text.replace(short, long)
    return WORD.findall(text)


def candidates(word: str) -> Iterator[str]:
    """What ``word`` may be a form of, the likeliest first."""
    yield word
    if word in LEMMAS:
        yield LEMMAS[word]
    for ending, before in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word.removesuffix(ending)
            yield stem + before
            if ending in DOUBLING and len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


def lemma(word: str, known: Container[str]) -> str | None:
    """The first candidate that is known.

    >>> [lemma(word, {"run", "city", "go"}) for word in ("running", "cities", "went", "xyz")]
    ['run', 'city', 'go', None]
    """
    return next((form for form in candidates(word) if form in known), None)
