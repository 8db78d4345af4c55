"""``lexicon words add | edit | remove | show | find``: one concept at a time."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output, upkeep
from cli.opened import open_store
from cli.output import Format
from cli.search import OutputFormat

if TYPE_CHECKING:
    from lexicon.entries import ConceptEntry

Forms = Annotated[
    list[str] | None,
    typer.Option("--form", "-w", help="LANGUAGE=WORD, alternatives joined by |; repeatable."),
]
AnyScript = Annotated[
    bool, typer.Option("--any-script", help="Take words in another script than their language.")
]


def add(
    forms: Forms = None,
    pos: Annotated[str, typer.Option("--pos", help="Part of speech, such as noun.")] = "noun",
    gloss: Annotated[str, typer.Option("--gloss", help="The meaning, in English.")] = "",
    field: Annotated[str, typer.Option("--field", help="Semantic field.")] = "unsorted",
    key: Annotated[
        str | None, typer.Option("--key", help="Key of the concept; else made from its word.")
    ] = None,
    any_script: AnyScript = False,
) -> None:
    """Add a concept: its words and what they mean."""
    from dataclasses import replace

    from lexicon import edits
    from lexicon.entries import checked_lists
    from lexicon.errors import InvalidInput
    from lexicon.settings import load_settings
    from lexicon.store import writing

    if not forms or not gloss:
        raise InvalidInput(
            "a concept needs words and a meaning, such as: "
            'lexicon words add -w en=tea -w kn=ಚಹಾ --gloss "hot drink"'
        )
    entry = checked_lists(key or "new", pos, field, gloss, _lists(forms))
    settings = load_settings()
    with writing(open_store(settings)) as session:
        made = edits.add(session, entry if key else replace(entry, key=""), any_script)
    print(made)
    upkeep.after_writing(settings)


def edit(
    key: Annotated[str, typer.Argument(help="Key of the concept, such as water.noun.1.")],
    forms: Forms = None,
    add_form: Annotated[
        list[str] | None, typer.Option("--add", help="LANGUAGE=WORD to add; repeatable.")
    ] = None,
    remove_form: Annotated[
        list[str] | None, typer.Option("--remove", help="LANGUAGE=WORD to remove; repeatable.")
    ] = None,
    pos: Annotated[str | None, typer.Option("--pos", help="New part of speech.")] = None,
    gloss: Annotated[str | None, typer.Option("--gloss", help="New meaning.")] = None,
    field: Annotated[str | None, typer.Option("--field", help="New semantic field.")] = None,
    any_script: AnyScript = False,
) -> None:
    """Change a concept; --form replaces all words of a language, an empty one removes them."""
    from lexicon import browse, edits
    from lexicon.settings import load_settings
    from lexicon.store import writing

    settings = load_settings()
    with writing(open_store(settings)) as session:
        entry = edits.changed(
            browse.concept_entry(session, key),
            pos,
            field,
            gloss,
            _lists(forms or ()),
            _pairs(add_form or ()),
            _pairs(remove_form or ()),
        )
        touched = edits.edit(session, entry, any_script)
    output.notes().print(f"{key}: {'updated' if touched else 'unchanged'}")
    if touched:
        upkeep.after_writing(settings)


def remove(
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="KEY...", help="Keys of concepts.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Remove all that a source brought.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove concepts, or all of a source; words that nothing else uses go with them."""
    from lexicon import browse, edits
    from lexicon.errors import InvalidInput
    from lexicon.settings import load_settings
    from lexicon.store import writing

    if bool(keys) == (source is not None):
        raise InvalidInput("give the keys of concepts, or --source")
    settings = load_settings()
    sessions = open_store(settings)
    say = output.notes()
    if keys:
        with writing(sessions) as session:
            words = edits.remove(session, keys)
        say.print(f"removed {len(keys):,} concepts and {words:,} words")
        upkeep.after_writing(settings)
        return
    assert source is not None
    with sessions() as session:
        browse.require_source(session, source)
    if not yes:
        typer.confirm(f"Remove everything that {source!r} brought?", abort=True, err=True)
    with writing(sessions) as session:
        report = edits.remove_source(session, source)
    say.print(f"removed {source}: {report.retired:,} entries")
    upkeep.after_writing(settings)


def show(
    word: Annotated[str, typer.Argument(help="A word of any language, or a concept key.")],
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Only in this language.")
    ] = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Show every concept that a word expresses, with its words in all languages."""
    from lexicon import browse, queries
    from lexicon.errors import InvalidInput
    from lexicon.normalize import clean
    from lexicon.settings import load_settings
    from lexicon.suggest import suggestions

    text = clean(word, "word")
    with open_store(load_settings())() as session:
        languages = (
            [queries.require_language(session, language)]
            if language
            else queries.languages(session)
        )
        entries = browse.concepts_of_word(session, text, languages)
        if not entries:
            meant = output.did_you_mean(suggestions(session, languages, text))
            raise InvalidInput(f"no concept has the word or key {text!r}{meant}")
    _show_entries(entries, form)


def find(
    prefix: Annotated[
        str, typer.Option("--prefix", "-p", help="How the word begins, in any case.")
    ] = "",
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Only in this language.")
    ] = None,
    pos: Annotated[str | None, typer.Option("--pos", help="Only this part of speech.")] = None,
    field: Annotated[str | None, typer.Option("--field", help="Only of this field.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    form: OutputFormat = Format.TABLE,
) -> None:
    """List words by how they begin, by field or part of speech."""
    from dataclasses import asdict

    from lexicon import browse, queries
    from lexicon.settings import load_settings

    with open_store(load_settings())() as session:
        if language:
            queries.require_language(session, language)
        found = browse.find_words(session, prefix, language, pos, field, min(limit, output.MOST))
    if form is Format.JSON:
        for one in found:
            print(json.dumps(asdict(one), ensure_ascii=False))
        return
    columns = ("language", "word", "pos", "concepts", "meaning")
    rows = [
        (
            one.language,
            one.lemma,
            one.pos,
            "|".join(key for key, _ in one.concepts),
            "; ".join(gloss for _, gloss in one.concepts),
        )
        for one in found
    ]
    if form is Format.CSV:
        output.write_csv(columns, rows)
    else:
        output.console().print(output.table(f"words: {len(found):,}", columns, rows))


def _show_entries(entries: "Sequence[ConceptEntry]", form: Format) -> None:
    import sys

    from lexicon.formats import jsonl, wide

    languages = sorted({code for entry in entries for code in entry.forms})
    if form is Format.JSON:
        jsonl.write(entries, sys.stdout)
    elif form is Format.CSV:
        wide.write(entries, languages, sys.stdout, "csv")
    else:
        for entry in entries:
            title = f"{entry.key} ({entry.pos}, {entry.field}): {entry.gloss}"
            if entry.unsensed:
                title += " [unsensed]"
            rows = [(code, ", ".join(entry.forms[code])) for code in sorted(entry.forms)]
            rows += [(scheme, ", ".join(ids)) for scheme, ids in sorted(entry.external.items())]
            screen = output.console()
            screen.print(title, style="bold", soft_wrap=True)
            for name, words in rows:
                screen.print(f"  {name}  {words}", soft_wrap=True)


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    """LANGUAGE=WORD as typed."""
    from lexicon.errors import InvalidInput
    from lexicon.normalize import clean

    found = []
    for one in given:
        language, sign, word = one.partition("=")
        if not sign:
            raise InvalidInput(f"{one!r} is not LANGUAGE=WORD; write it as en=water")
        found.append((language.strip(), clean(word, "word") if word.strip() else ""))
    return found


def _lists(given: Sequence[str]) -> dict[str, list[str]]:
    from lexicon.entries import ALTERNATIVES

    lists: dict[str, list[str]] = {}
    for language, cell in _pairs(given):
        lists.setdefault(language, []).extend(cell.split(ALTERNATIVES) if cell else [])
    return lists
