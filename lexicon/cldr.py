"""Names that the Unicode CLDR has in every language of the lexicon: a source of its own.

Babel carries the data; nothing of it is copied into this project.
"""

import re
from collections.abc import Iterator, Mapping

from babel import Locale
from babel.core import UnknownLocaleError, get_cldr_version, get_global

from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.languages import SEED, LanguageSeed
from lexicon.normalize import clean, search_key

LICENCE = "Unicode-3.0"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Descriptions rather than names: "Hong Kong SAR China (Special …)", "Bosnia & Herzegovina".
_NOT_A_NAME = re.compile(r"[\d(),&\[\]/]")

# Codes for no place, no language or several.
_NOT_ONE = {"ZZ", "XA", "XB", "und", "mul", "zxx"}


def version() -> str:
    """The CLDR release that the installed Babel carries, such as ``47``."""
    return get_cldr_version()


def language(code: str) -> LanguageSeed:
    """What the CLDR says of a language, such as ``de``; :class:`InvalidInput` when it knows none.

    >>> language("de")
    LanguageSeed(code='de', name='German', autonym='Deutsch', script='Latn')
    """
    try:
        locale = Locale.parse(code, sep="-")
        subtags = get_global("likely_subtags").get(str(locale), "").split("_")
    except (UnknownLocaleError, ValueError):
        raise InvalidInput(
            f"{code!r} is no language code that the CLDR knows; use BCP 47, such as de or pt-BR"
        ) from None
    script = locale.script or (subtags[1] if len(subtags) > 1 else "Zyyy")
    return LanguageSeed(
        code, locale.get_display_name("en") or code, locale.get_display_name() or code, script
    )


def _tables(locale: Locale) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """(field, gloss, names by code) of one locale."""
    yield "territory", "country, territory or region", dict(locale.territories)
    yield "language", "language", dict(locale.languages)
    months = locale.months["stand-alone"]["wide"]
    yield "month", "month of the year", {f"{number:02}": name for number, name in months.items()}
    days = locale.days["stand-alone"]["wide"]
    yield "weekday", "day of the week", {WEEKDAYS[day]: name for day, name in days.items()}


def entries() -> Iterator[ConceptEntry]:
    """Territories, languages, months and weekdays that all four languages name.

    A name that Hindi or Kannada leaves untranslated (equal to the English) is left out.
    """
    by_language = {seed.code: list(_tables(Locale.parse(seed.code))) for seed in SEED}
    seen: set[tuple[str, ...]] = set()
    for position, (field, gloss, english) in enumerate(by_language["en"]):
        for code in sorted(english):
            names = [tables[position][2].get(code) for tables in by_language.values()]
            if code in _NOT_ONE or any(not name or _NOT_A_NAME.search(name) for name in names):
                continue
            forms = tuple(clean(str(name)) for name in names)
            keys = tuple(map(search_key, forms))
            # CLDR lists some codes twice under one name (Moldavian and Romanian, for example).
            if keys in seen or keys[0] in keys[2:]:
                continue
            seen.add(keys)
            yield ConceptEntry(
                key=f"{field}.{code}",
                pos="propn",
                field=field,
                gloss=gloss,
                forms={seed.code: (form,) for seed, form in zip(SEED, forms, strict=True)},
            )
