"""After words were written: vectors for the new ones, and a build when there are many."""

from contextlib import suppress
from dataclasses import dataclass, field

from indexer.build import BuildReport, build
from indexer.building.encode import Advance
from indexer.delta import SHARE, changes
from indexer.encoders.protocol import Encoder
from indexer.encoders.registry import NAMED, separate
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import IndexBusy, IndexDamaged, IndexMissing

FEWEST = 50
"""Changed rows that are never worth a build."""

QUICK = 50_000
"""Words that an encoder which needs no torch encodes and indexes while one waits."""


@dataclass
class Upkeep:
    """Rows that differ from the generation, by language, and new words without a vector;
    ``built`` when there was a build, ``problem`` when an index could not be read."""

    changed: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    built: BuildReport | None = None
    problem: str | None = None


def keep_up(
    service: LexiconService,
    encoder: Encoder,
    advance: Advance = lambda _language, _done, _total: None,
) -> Upkeep:
    """Make the words that were written findable under ``encoder``, and keep their vectors.

    Languages that have never been built are left alone. Where more than 5 % of the rows have
    changed, the language is built again if all of the new words have vectors, or would have them
    at once; while another process builds, that is left to it.
    """
    done = Upkeep()
    many = []
    with service.sessions() as session:
        languages = queries.languages(session)
    for language in languages:
        try:
            base = service.generations.load(encoder.spec, language)
            found = changes(service.sessions, encoder, base, keep=True)
        except IndexMissing:
            continue
        except IndexDamaged as error:
            done.problem = str(error)
            continue
        if found.size:
            done.changed[language] = found.size
        at_once = separate(encoder.spec.name)[0] in NAMED and base.rows + found.pending <= QUICK
        if found.pending and not at_once:
            done.pending[language] = found.pending
        elif found.size > max(SHARE * base.rows, FEWEST):
            many.append(language)
    if many:
        with suppress(IndexBusy):
            done.built = build(service.sessions, service.generations, encoder, many, False, advance)
    return done
