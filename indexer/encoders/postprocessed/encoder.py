"""An encoder over another one: its vectors, mapped as a fit says."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from indexer.encoders.postprocessed.fits import Fit, Fits, command
from indexer.encoders.protocol import Encoded, Encoder, EncoderSpec
from lexicon.errors import InvalidInput


class PostProcessed:
    """``base`` and then ``method``, each language with the map that was fitted to its own words.

    A map moves the words of one language, so a text needs a language, and one that was fitted. A
    word that a map leaves without a direction is not ``covered``.
    """

    def __init__(
        self, name: str, base: Encoder, method: str, home: Path, fit: Fit | None = None
    ) -> None:
        """``fit``: the one in use unless given, read when it is first needed."""
        self.name = name
        self.base = base
        self.method = method
        self._home = home
        if fit is not None:
            self.__dict__["fit"] = fit

    @cached_property
    def fits(self) -> Fits:
        """All fits of this method for this base."""
        return Fits(self._home, self.base.spec.identity, self.method, self.name)

    @cached_property
    def fit(self) -> Fit:
        """Raises :class:`ModelMissing` where nothing was fitted, :class:`ModelDamaged`."""
        return self.fits.newest()

    @cached_property
    def spec(self) -> EncoderSpec:
        """Of the base; what the map was fitted to is what it is memorised on."""
        return replace(
            self.base.spec,
            name=self.name,
            post_processing=f"{self.method}:{self.fit.digest[:16]}",
            trained_on=self.fit.record.trained_on,
        )

    @property
    def languages(self) -> list[str]:
        """Those that have a map."""
        return list(self.fit.record.languages)

    def of(self, fit: Fit) -> "PostProcessed":
        """The same encoder with that fit."""
        return PostProcessed(self.name, self.base, self.method, self._home, fit)

    def latest(self) -> "PostProcessed":
        """This encoder, or the one with the fit that has been put into use since."""
        if "fit" not in self.__dict__ or not self.fits.newer_than(self.fit):
            return self
        return PostProcessed(self.name, self.base, self.method, self._home)

    def require(self, language: str | None) -> str:
        """``language``, or :class:`InvalidInput` unless it has a map."""
        if language is None:
            raise InvalidInput(
                f"encoder {self.name!r} maps each language its own way; say which one a text is in"
            )
        if language not in self.fit.record.languages:
            raise InvalidInput(
                f"encoder {self.name!r} was not fitted to language {language!r}, only to "
                f"{', '.join(self.languages)}; fit it again with: {command(self.name)} --refit"
            )
        return language

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        if not texts:
            return self.base.encode(texts, language)
        self.require(language)
        return self.mapped(self.base.encode(texts, language), language)

    def mapped(self, found: Encoded, language: str | None) -> Encoded:
        """What the base gave for texts of a language, mapped."""
        vectors, directed = self.fit.maps[self.require(language)].marked(found.vectors)
        return Encoded(vectors, found.covered & directed, found.truncated)
