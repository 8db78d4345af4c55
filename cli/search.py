"""``lexicon search`` and ``lexicon similarity``."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import output
from cli.opened import open_service
from cli.output import Format

if TYPE_CHECKING:
    from indexer.answers import SearchAnswer


class ScoreName(StrEnum):
    COSINE = "cosine"
    CSLS = "csls"
    MARGIN = "margin"


Source = Annotated[str, typer.Option("--from", help="Language of the query: en, fr, hi, kn.")]
Target = Annotated[str, typer.Option("--to", help="Language of the results.")]
EncoderName = Annotated[
    str | None, typer.Option("--encoder", "-e", help="Encoder; LEXICON_ENCODER when not given.")
]
OutputFormat = Annotated[Format, typer.Option("--format", "-f", help="How to print.")]


def search(
    source: Source,
    target: Target,
    text: Annotated[str | None, typer.Argument(help="A word, phrase or definition.")] = None,
    k: Annotated[int, typer.Option("-k", help="How many results, at most 1,000.")] = 10,
    file: Annotated[
        Path | None, typer.Option("--file", help="Queries, one a line, instead of TEXT.")
    ] = None,
    encoder: EncoderName = None,
    score: Annotated[ScoreName, typer.Option("--score", help="What to rank by.")] = (
        ScoreName.COSINE
    ),
    pos: Annotated[
        str | None, typer.Option("--pos", help="Only this part of speech, such as noun.")
    ] = None,
    concept: Annotated[
        str | None, typer.Option("--concept", help="Only this sense, by its concept key.")
    ] = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Find the nearest translations of a word.

    JSON of --file is one object a line.
    """
    from indexer.answers import SearchRequest
    from indexer.search import search as find
    from lexicon.errors import InvalidInput
    from lexicon.settings import load_settings

    if (text is None) == (file is None):
        raise typer.BadParameter("give either a TEXT or --file, one of them")
    queries = [text] if text is not None else _lines(file)
    service = open_service(load_settings())

    def answers() -> Iterator["SearchAnswer"]:
        for number, query in enumerate(queries, start=1):
            try:
                yield find(
                    service,
                    SearchRequest(query, source, target, k, score.value, encoder, pos, concept),
                )
            except InvalidInput as error:
                raise InvalidInput(
                    f"{file}: query {number}: {error}" if file else str(error)
                ) from error

    if form is Format.JSON:
        for answer in answers():
            print(answer.model_dump_json())
    elif form is Format.CSV:
        output.write_csv(_COLUMNS, _rows(answers()))
    else:
        for answer in answers():
            _show(answer)


_COLUMNS = (
    "query",
    "query_covered",
    "rank",
    "lemma",
    "pos",
    "cosine",
    "csls",
    "margin",
    "margin_distance",
    "covered",
    "known_translation",
    "concepts",
)


def _lines(file: Path | None) -> list[str]:
    """The queries of a file, every one checked before the first is answered."""
    from lexicon.errors import InvalidInput
    from lexicon.normalize import clean

    assert file is not None
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidInput(f"{file} cannot be read: {reason}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(clean(line, "query"))
            except InvalidInput as error:
                raise InvalidInput(f"{file}: line {number}: {error}") from error
    if not found:
        raise InvalidInput(f"{file} holds no query; write one a line")
    return found


def _rows(answers: Iterable["SearchAnswer"]) -> Iterator[tuple[object, ...]]:
    for answer in answers:
        for rank, result in enumerate(answer.results, start=1):
            yield (
                answer.query.text,
                str(answer.query.covered).lower(),
                rank,
                result.lemma,
                "|".join(result.pos),
                f"{result.cosine:.6f}",
                f"{result.csls:.6f}",
                f"{result.margin:.6f}",
                f"{result.margin_distance:.6f}",
                str(result.covered).lower(),
                str(result.known_translation).lower(),
                "|".join(concept.key for concept in result.concepts),
            )


def _show(answer: "SearchAnswer") -> None:
    query, by_margin = answer.query, answer.score == "margin"
    rows = (
        (
            result.lemma,
            "✓" if result.known_translation else "",
            output.number(result.cosine),
            output.number(result.csls),
            *([output.number(result.margin)] if by_margin else []),
            ", ".join(result.pos),
            "; ".join(concept.gloss for concept in result.concepts),
        )
        for result in answer.results
    )
    title = (
        f"{query.text} ({query.language} → {answer.target_language}), {answer.encoder}, "
        f"by {answer.score}"
    )
    margin = [">margin"] if by_margin else []
    columns = ("translation", "known", ">cosine", ">csls", *margin, "pos", "meaning")
    output.console().print(output.table(title, columns, rows))
    if not query.covered:
        output.warn(
            f"{query.text!r} is not in the vocabulary of {answer.encoder!r}: these are guesses "
            "from its spelling, whatever their cosine"
        )
    if answer.pending:
        output.warn(
            f"{answer.pending:,} words of {answer.target_language!r} came since the index of "
            f"{answer.encoder!r} was built and are not among these; take them in with: "
            f"lexicon index build --encoder {answer.encoder}"
        )
    if answer.suggestions:
        output.warn(
            f"{query.text!r} is not in the lexicon{output.did_you_mean(answer.suggestions)}"
        )


def similarity(
    first: Annotated[str, typer.Argument(help="A word or phrase of the first language.")],
    second: Annotated[str, typer.Argument(help="A word or phrase of the second language.")],
    source: Source,
    target: Target,
    encoder: EncoderName = None,
    form: OutputFormat = Format.TABLE,
) -> None:
    """Score one pair of words: cosine, percentile among random pairs, rank each way."""
    from indexer.alignment.pairwise import similarity as score
    from lexicon.settings import load_settings

    service = open_service(load_settings())
    found = score(service, first, second, source, target, encoder)
    if form is Format.JSON:
        print(found.model_dump_json())
        return
    facts = {
        "cosine": output.number(found.cosine),
        "percentile": f"{output.number(found.percentile, 2)} of {found.random_n:,} random pairs",
        "random pairs": f"{output.number(found.random_cosine_mean)} mean cosine",
        f"rank {source}→{target}": f"{found.rank:,} of {found.candidates:,}",
        f"rank {target}→{source}": f"{found.reverse_rank:,} of {found.reverse_candidates:,}",
        "known translation": "yes" if found.known_translation else "no",
        "evaluation": found.evaluation,
    }
    if form is Format.CSV:
        flat = found.model_dump(exclude={"source", "target"})
        output.write_csv(
            ("first", "second", *flat), [(found.source.text, found.target.text, *flat.values())]
        )
    else:
        title = f"{found.source.text} ({source}) ~ {found.target.text} ({target}), {found.encoder}"
        output.console().print(output.table(title, ("", ""), facts.items()))
    for word in (found.source, found.target):
        if not word.covered:
            output.warn(
                f"{word.text!r} is not in the vocabulary of {found.encoder!r}: its vector is a "
                "guess from its spelling"
            )
