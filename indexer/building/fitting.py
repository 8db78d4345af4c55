"""Fitting an encoder's post-processing to the words of the store, before it is built."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

from indexer.alignment.bitext import bitext, expressions
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.postprocessed.fits import Fit, FittedTo
from indexer.encoders.postprocessed.methods import PAIRED, PIVOT, fit_method
from indexer.encoders.protocol import Encoder
from indexer.service import LexiconService
from indexer.transforms import Rows
from lexicon import queries
from lexicon.errors import IndexBusy, InvalidInput, ModelDamaged, ModelMissing

Build = Callable[[Encoder], None]
"""Brings all indices of an encoder up to date."""


@contextmanager
def fitted(
    service: LexiconService, encoder: PostProcessed, build: Build, again: bool = False
) -> Iterator[PostProcessed]:
    """The encoder to build, with the fit in use; where there is none that can be read, or
    ``again``, with a new one, which is put into use once what it is built for has succeeded.

    A new fit is learnt from the index of the encoder's base, which is brought up to date first.
    What was fitted before the fit that it replaces is removed, and what was built with it.
    """
    if not again and _readable(encoder):
        yield encoder
        return
    build(encoder.base)
    with encoder.fits.fitting() as fits:
        made = encoder.of(fit(service, encoder))
        yield made
        for digest in fits.use(made.fit):
            # What cannot go now goes another time.
            with suppress(ModelDamaged, IndexBusy):
                old = encoder.of(fits.read(digest))
                service.generations.forget(old.spec.identity)
            fits.remove(digest)


def _readable(encoder: PostProcessed) -> bool:
    try:
        return bool(encoder.fit.maps)
    except (ModelMissing, ModelDamaged):
        return False


def fit(service: LexiconService, encoder: PostProcessed) -> Fit:
    """What the method learns from all words that the base's indices have, kept on disk."""
    words: dict[str, list[str]] = {}
    pairs: dict[str, tuple[Rows, Rows]] = {}
    with service.sessions() as session:
        written = queries.written_languages(session)
        indices = {code: service.index(encoder.base, code) for code in written}
        for code, index in indices.items():
            forms = queries.forms(session, code)
            lemmas = {lexeme: form.lemma for form in forms for lexeme in form.lexeme_ids}
            words[code] = [lemmas.get(lexeme, "") for lexeme in index.ids.tolist()]
        if encoder.method in PAIRED and PIVOT in indices:
            senses = {
                code: expressions(index, queries.sense_triples(session, code))[0]
                for code, index in indices.items()
            }
            for code in indices.keys() - {PIVOT}:
                both = bitext(senses[code], senses[PIVOT])
                pairs[code] = both.source, both.target
    if not indices:
        raise InvalidInput(f"there are no words to fit encoder {encoder.name!r} to; add some first")
    vectors = {code: index.all_vectors() for code, index in indices.items()}
    maps = fit_method(encoder.method, vectors, pairs)
    digest = sha256(f"{encoder.base.spec.trained_on}".encode())
    languages = {}
    for code in sorted(maps):
        ours, theirs = (rows.tolist() for rows in pairs[code]) if code in pairs else ([], [])
        said = [
            f"{words[code][row]}\t{words[PIVOT][other]}"
            for row, other in zip(ours, theirs, strict=True)
        ]
        digest.update("\n".join([code, *words[code], "", *said, ""]).encode())
        languages[code] = FittedTo(forms=len(words[code]), pairs=len(said))
    return encoder.fits.keep(maps, languages, digest.hexdigest())
