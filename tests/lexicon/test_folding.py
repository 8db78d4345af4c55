"""Folds: what is spelt in several ways has one, and what is another word has another."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexicon.folding import fold, fold_romanised

HINDI = (
    ("पानी", "paani pani pānī Paani PANI pānī"),
    ("धन्यवाद", "dhanyavaad dhanyavad dhanyawad dhanyvaad danyavad"),
    ("मछली", "machhli machli machhalee machhlee"),
    ("नमस्ते", "namaste namasthe"),
    ("किताब", "kitaab kitab"),
    ("दूध", "doodh dudh dūdh"),
    ("चाँद", "chaand chand chānd"),
    ("चांद", "chaand chand"),
    ("बच्चा", "bachcha bachchaa bacha baccha"),
    ("अच्छा", "accha achha achchha acha"),
    ("ख़ुशी", "khushi khushee kushi"),
    ("खुशी", "khushi khushee kushi"),
    ("फूल", "phool fool phul"),
    ("सूरज", "suraj sooraj sūraj"),
    ("प्यार", "pyaar pyar"),
    ("ज़िंदगी", "zindagi jindagi zindagee"),
    ("ज़िन्दगी", "zindagi jindagi"),
    ("हवा", "hawa hava hawaa"),
    ("आसमान", "aasmaan aasman asmaan"),
    ("लड़की", "ladki ladkee"),
    ("शक्कर", "shakkar shakar"),
    ("भारत", "bhaarat bharat"),
    ("हिन्दी", "hindi hindee"),
    ("हिंदी", "hindi hindee"),
    ("विज्ञान", "vigyan vigyaan vignyan"),
    ("क्षमा", "kshama xama kshamaa"),
    ("लम्बा", "lamba lambaa lanba"),
    ("लंबा", "lamba lambaa"),
    ("कुत्ता", "kutta kuttaa"),
    ("घोड़ा", "ghoda ghodaa goda"),
    ("छोटा", "chhota chota chhotaa"),
    ("सफ़ेद", "safed saphed"),
    ("दुःख", "dukh"),
    ("ऋषि", "rishi rishee"),
    ("कृष्ण", "krishna krishn"),
    ("मौसम", "mausam"),
    ("क़िला", "qila kila"),
    ("ग़ज़ल", "ghazal gazal gajal"),
    ("वह", "vah wah"),
    ("गाय", "gaay gay gaai"),
)
KANNADA = (
    ("ನೀರು", "neeru niru nīru"),
    ("ಹೂವು", "huvu hoovu hūvu"),
    ("ಕನ್ನಡ", "kannada kannaDa kanada"),
    ("ಹಾಲು", "haalu halu"),
    ("ಅಕ್ಕ", "akka akkaa aka"),
    ("ತಂಗಿ", "tangi thangi"),
    ("ಬೆಂಗಳೂರು", "bengaluru bengalooru"),
    ("ಮೈಸೂರು", "mysuru maisuru mysooru"),
    ("ಕರ್ನಾಟಕ", "karnataka karnaataka karnaTaka"),
    ("ನಮಸ್ಕಾರ", "namaskara namaskaara"),
    ("ಧನ್ಯವಾದಗಳು", "dhanyavadagalu dhanyavaadagalu"),
    ("ಪುಸ್ತಕ", "pustaka pusthaka"),
    ("ಶಾಲೆ", "shaale shale"),
    ("ಊಟ", "oota uta"),
    ("ಸೂರ್ಯ", "surya soorya sūrya"),
    ("ನಕ್ಷತ್ರ", "nakshatra nakshathra"),
    ("ಪ್ರೀತಿ", "preeti preethi priti"),
    ("ಬೆಟ್ಟ", "betta betṭa"),
    ("ಹಕ್ಕಿ", "hakki haki"),
    ("ನಾಯಿ", "naayi nayi"),
    ("ಮೂಗು", "moogu mugu"),
    ("ಜ್ಞಾನ", "jnana jnaana"),
    ("ಒಂದು", "ondu"),
    ("ಒಂಬತ್ತು", "ombattu ombathu onbattu"),
    ("ಸಾವಿರ", "saavira savira"),
    ("ಕೆಂಪು", "kempu kenpu"),
    ("ಹೃದಯ", "hridaya"),
)
TYPED = [(word, typed) for word, ways in HINDI + KANNADA for typed in ways.split()]


@pytest.mark.parametrize(("word", "typed"), TYPED)
def test_a_word_is_found_as_it_is_typed_in_latin_letters(word: str, typed: str) -> None:
    assert fold_romanised(typed) == fold(word) != ""


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("पानी", "pni"),
        ("धन्यवाद", "dnivd"),
        ("मछली", "mcli"),
        ("आम", "am"),
        ("ನೀರು", "niru"),
        ("ಹೂವು", "huvu"),
        ("ಕನ್ನಡ", "knd"),
        ("ॐ", "om"),
        ("कॻ", "k"),
        ("SIM ಕಾರ್ಡ್", "simkrd"),
    ],
)
def test_a_word_of_india_is_reduced_to_its_skeleton(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Éléphant", "elephant"),
        ("ÇA", "ca"),
        ("naïve", "naive"),
        ("Noël", "noel"),
        ("où", "ou"),
        ("œuf", "oeuf"),
        ("Œuvre", "oeuvre"),
        ("ex æquo", "exaequo"),
        ("Straße", "strasse"),
        ("smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("Ǽthel", "aethel"),
        ("Ǿ", "o"),
        ("l'été", "lete"),
        ("L\u2019ÉTÉ", "lete"),
        ("well-being", "wellbeing"),
        ("New York", "newyork"),
        ("A4", "a4"),
        ("ﬁn", "fin"),
        ("e\u0301te\u0301", "ete"),
    ],
)
def test_a_latin_word_loses_accents_case_and_signs(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ज़मीन", "जमीन"),
        ("फ़ल", "फल"),
        ("\u095b", "ज\u093c"),
        ("हिंदी", "हिन्दी"),
        ("ಅಕ್ಕ", "ಅಕ"),
        ("दिल्ली", "दिली"),
        ("ಕ್\u200cಷ", "ಕ್ಷ"),
        ("क्\u200dष", "क्ष"),
        ("पानी-पानी", "पानी पानी"),
        ("दुःख", "दुख"),
        ("नीला", "निला"),
        ("ದೂರ", "ದುರ"),
        ("पानी", "ಪಾನೀ"),
    ],
)
def test_two_ways_of_writing_a_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("पानी", "रानी"),
        ("फूल", "फल"),
        ("दिन", "दान"),
        ("सात", "सेत"),
        ("मोर", "मौर"),
        ("ಮನೆ", "ಮರ"),
        ("ಹೂವು", "ಹಾವು"),
        ("ಎಲೆ", "ಅಲೆ"),
        ("ship", "sheep"),
        ("rose", "roses"),
        ("better", "beter"),
        ("été", "étai"),
    ],
)
def test_other_words_fold_differently(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("12", "12"), ("१२", "12"), ("೧೨", "12"), ("२ फूल", "2ful"), ("4ever", "4ever")],
)
def test_digits_of_every_script_are_kept(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["", " ", "?!", "\u200d", "।", "\u093c", "日本", "привет", "😀"])
def test_what_has_no_letter_of_these_scripts_folds_to_nothing(text: str) -> None:
    assert fold(text) == ""


@pytest.mark.parametrize("text", ["", " ", "?!", "पानी", "ನೀರು"])
def test_what_is_not_in_latin_letters_was_not_romanised(text: str) -> None:
    assert fold_romanised(text) == ""


def test_a_doubled_latin_letter_counts_unless_the_word_was_romanised() -> None:
    assert fold("Anna") == "anna"
    assert fold_romanised("anna") == fold_romanised("ana") == fold("ಅನ್ನ")


LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x24F)
DEVANAGARI = st.characters(min_codepoint=0x900, max_codepoint=0x97F)
KANNADA_LETTERS = st.characters(min_codepoint=0xC80, max_codepoint=0xCFF)
SIGNS = st.sampled_from(" -'.,|0123456789\u2019\u200c\u200d\u0300\u0301\u0327")
FOUR = st.text(LATIN | DEVANAGARI | KANNADA_LETTERS | SIGNS, max_size=12)
ANY = st.text(st.characters(exclude_categories=()), max_size=12)
LETTERS = re.compile("[a-z0-9]*")

quick = settings(deadline=None, derandomize=True, database=None, max_examples=300)


@quick
@given(text=FOUR | ANY)
def test_a_fold_is_of_plain_letters_and_digits(text: str) -> None:
    assert LETTERS.fullmatch(fold(text))
    assert LETTERS.fullmatch(fold_romanised(text))


@quick
@given(text=FOUR | ANY)
def test_the_fold_of_a_latin_fold_is_itself(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


@quick
@given(text=st.text(LATIN | SIGNS, max_size=12))
def test_a_latin_fold_minds_neither_case_nor_composition(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert fold(fold(text).upper()) == fold(text)


@quick
@given(text=st.text(DEVANAGARI | KANNADA_LETTERS, min_size=1, max_size=8))
def test_joiners_inside_a_word_change_nothing(text: str) -> None:
    assert fold("\u200d".join(text)) == fold("\u200c".join(text))


@quick
@given(word=st.text(st.sampled_from("कखगचजटडतदनपबमयरलवशसह"), min_size=1, max_size=6))
def test_the_two_scripts_of_india_share_their_skeletons(word: str) -> None:
    # The blocks are laid out alike, 0x380 apart.
    assert fold("".join(chr(ord(letter) + 0x380) for letter in word)) == fold(word)
