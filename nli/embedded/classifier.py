"""Running the embedded classifier: tokenizers, onnxruntime and numpy, nothing else.

One pair is one run of the model: nothing is padded, and an answer does not depend on what else
was asked at the same time. Several pairs are spread over the processor's cores.
"""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from lexicon.disk import file_digest
from lexicon.errors import ModelDamaged
from lexicon.models import NLI_LABELS
from nli.embedded.packing import SPECIAL, fit
from nli.protocol import NliPair, NliScores, NliSpec
from nli.texts import tidy

NAME = "embedded-nli"
FOLDER = Path(__file__).parent / "model"
RECORD = "nli.json"
"""Our own file in the model folder: what it was built from and what its numbers mean."""

WEIGHTS, TOKENS, TOKENIZER = "model.onnx", "tokens.safetensors", "tokenizer.json"

UNKNOWN, KNOWN, SILENT = 0, 1, 2
"""What a token is: not known, known, or known to say nothing."""

FRENCH = "fr"
VERDICT = " ᶠ"
"""What the tokenizer takes, at the end of a text, for word that it is French."""

READ = 2_000
"""Characters of a text that are looked at; what the model reads is far less."""

MOST_THREADS = 4
"""More would serve one caller at the cost of all others."""

Logits = NDArray[np.float32]


class CrossEncoder:
    """The model's files, read. Safe to share between threads."""

    def __init__(self, folder: Path, most: int) -> None:
        # From 1.29 on it sends what it runs to its maker, and keeps a number for the machine in the
        # home folder, unless this is said before it is read. Whoever has said otherwise, may.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        # Reading the library takes longer than most commands do.
        import onnxruntime  # type: ignore[import-untyped]
        from onnxruntime.capi import (  # type: ignore[import-untyped]
            onnxruntime_pybind11_state as faults,
        )

        damage = (faults.Fail, faults.InvalidGraph, faults.InvalidProtobuf)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._tokenizer: Tokenizer = Tokenizer.from_buffer((folder / TOKENIZER).read_bytes())
            self._kinds: NDArray[np.uint8] = load_file(folder / TOKENS)["kinds"]
            self._session: Any = onnxruntime.InferenceSession(
                (folder / WEIGHTS).read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except (OSError, SafetensorError, KeyError, ValueError, *damage) as error:
            raise ModelDamaged(
                f"the classifier in {folder} cannot be read ({str(error)[:200]}); "
                "reinstall semantic-lexicon"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._start = self._tokenizer.token_to_id("[CLS]")
        self._end = self._tokenizer.token_to_id("[SEP]")
        self._most = most
        self.silent = frozenset(np.flatnonzero(self._kinds == SILENT).tolist())

    def tokens(self, texts: Sequence[str]) -> list[tuple[list[int], int]]:
        """Ids of what a text says, and how many of them are known."""
        found = []
        for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
            kinds = self._kinds[encoding.ids]
            ids = [token for token, kind in zip(encoding.ids, kinds, strict=True) if kind != SILENT]
            found.append((ids, int((kinds == KNOWN).sum())))
        return found

    def logits(self, premise: Sequence[int], hypothesis: Sequence[int]) -> tuple[Logits, bool]:
        """(3,), and whether the pair was cut."""
        one, two = fit(len(premise), len(hypothesis), self._most - SPECIAL)
        ids = [self._start, *premise[:one], self._end, *hypothesis[:two], self._end]
        segments = [0] * (one + 2) + [1] * (two + 1)
        inputs = {
            "input_ids": np.array([ids], dtype=np.int64),
            "token_type_ids": np.array([segments], dtype=np.int64),
        }
        found: Logits = self._session.run(None, inputs)[0][0]
        return found, (one, two) != (len(premise), len(hypothesis))


class EmbeddedNli:
    """Entailment in four languages by what their words mean in English.

    A language that is named settles what words mean that English and French share; nothing else
    depends on it.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        try:
            record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            labels = [str(label) for label in record["labels"]]
            self._places = [labels.index(label) for label in NLI_LABELS]
            self._labels = (labels[0], labels[1], labels[2])
            self._temperature = float(record["temperature"])
            self._most = int(record["max_length"])
            self._precision = str(record["precision"])
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise ModelDamaged(
                f"the embedded classifier's record {folder / RECORD} cannot be read ({error}); "
                "reinstall semantic-lexicon"
            ) from error

    @cached_property
    def spec(self) -> NliSpec:
        return NliSpec(
            name=NAME,
            model_id=f"semantic-lexicon/{NAME}",
            revision=self._revision(),
            labels=self._labels,
            precision=self._precision,
            max_length=self._most,
            kind="baseline",
        )

    def _revision(self) -> str:
        files = (WEIGHTS, TOKENS, TOKENIZER, RECORD)
        try:
            return file_digest(*(self._folder / file for file in files))
        except OSError as error:
            raise ModelDamaged(
                f"the embedded classifier in {self._folder} cannot be read ({error}); "
                "reinstall semantic-lexicon"
            ) from error

    # Reading it takes a moment that listing classifiers should not take.
    @cached_property
    def model(self) -> CrossEncoder:
        return CrossEncoder(self._folder, self._most)

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        """One answer per pair in input order; [] gives []."""
        tidied = tidy(pairs)
        if not tidied:
            return []
        sides = [
            side
            for pair in tidied
            for side in (
                (pair.premise, pair.premise_language),
                (pair.hypothesis, pair.hypothesis_language),
            )
        ]
        # Data sets give a premise several hypotheses.
        texts = list(dict.fromkeys(_seen(*side) for side in sides))
        tokens = dict(zip(texts, self.model.tokens(texts), strict=True))

        def answer(pair: NliPair) -> NliScores:
            premise, known = tokens[_seen(pair.premise, pair.premise_language)]
            hypothesis, more = tokens[_seen(pair.hypothesis, pair.hypothesis_language)]
            logits, cut = self.model.logits(premise, hypothesis)
            longest = max(len(pair.premise), len(pair.hypothesis))
            return NliScores(
                *self._probabilities(logits),
                truncated=cut or longest > READ,
                covered=(known + more) / max(1, len(premise) + len(hypothesis)),
            )

        workers = min(len(tidied), MOST_THREADS, os.cpu_count() or 1)
        if workers == 1:
            return [answer(pair) for pair in tidied]
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(answer, tidied))

    def _probabilities(self, logits: Logits) -> tuple[float, float, float]:
        """Of entailment, neutral and contradiction; they sum to 1."""
        scaled = logits[self._places].astype(np.float64) / self._temperature
        shares = np.exp(scaled - scaled.max())
        entailment, neutral, contradiction = (shares / shares.sum()).tolist()
        return entailment, neutral, contradiction


def _seen(text: str, language: str | None) -> str:
    return text[:READ] + (VERDICT if language == FRENCH else "")
