"""What schemathesis asks of the service, and what of its findings counts."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.schemas import BaseSchema

OF_THE_STORE = frozenset(
    {
        "unknown-language",
        "unknown-encoder",
        "unknown-source",
        "unknown-classifier",
        "no-words",
        "malformed-cursor",
        "edited-meanwhile",
    }
)
"""Refusals of requests that are as the schema wants them: languages, encoders and words are rows
of the store, and no schema lists them; a cursor or a tag is what an answer gave."""

BEYOND_A_SCHEMA = (
    "choose two different languages",
    "give it one, or one for all",
    "no stored pair is like that",
    "; it has: ",
    "; it expresses: ",
    "; search without a concept",
    "is a step in a path",
    "divide it into several",
    "give them one by one",
    " bytes is longer than",
    "; leave it out",
    "; lower k",
    "in the lexicon; leave the ",
    "unknown NLI label",
    "say any_script=true",
    "give at least one",
    "which is not text; remove it",
    "is not in the lexicon; ",
    "has no translation",
    "are too few for a map",
    "no concept of the field ",
    "no concept has words in both",
    "no pair like that was predicted",
    "has predicted none of these pairs",
    "needs a model to disagree",
)
"""Parts of other refusals, for which JSON Schema has no word: how two values go together, what of
the selected is there, how a label may be spelt, and which characters make a text or a word."""

REJECTIONS = ("400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422", "431")
"""Answers to what the schema forbids; a path that is longer than any may be is none of its own."""

LANGUAGES = ("en", "fr", "hi", "kn")
CONCEPTS = ("water.noun.1", "bank.noun.1", "bank.noun.2", "run.verb.1")
_OF_A_LANGUAGE = ("language", "source", "target", "premise_language", "hypothesis_language")


@dataclass
class Outcome:
    """Requests by status, and what was wrong with the answers: one line for each kind of fault."""

    statuses: Counter[int] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return self.statuses.total()

    def report(self) -> str:
        return "\n".join(f"{kind}\n    {example}" for kind, example in sorted(self.faults.items()))


def configuration(
    examples: int,
    headers: Mapping[str, str] | None = None,
    seed: int | None = None,
    seconds: int | None = None,
    **more: Any,
) -> schemathesis.Config:
    """All checks, valid and invalid data, links too; the same every time unless ``seed`` is given.

    With ``seconds``, repeated until these are over.
    """
    by_language = {"dictionary": "languages", "probability": 0.8}
    by_concept = {"dictionary": "concepts", "probability": 0.5}
    settings: dict[str, Any] = {
        "seed": 1 if seed is None else seed,
        "continue-on-failure": True,
        "headers": dict(headers or {}),
        "checks": {
            "enabled": True,
            "negative_data_rejection": {"expected-statuses": list(REJECTIONS)},
        },
        # What an earlier run has learnt is none of this one's business.
        "cache": {"enabled": False},
        # Literals of the source code, which whoever tests from outside does not have.
        "analysis": {"constants": {"enabled": False}},
        "generation": {
            "mode": "all",
            "deterministic": seed is None,
            "max-examples": examples,
            "database": "none",
            "no-shrink": True,
        },
        "dictionaries": {
            "languages": {"values": list(LANGUAGES)},
            "concepts": {"values": list(CONCEPTS)},
        },
        "parameters": {
            **{f"query.{name}": by_language for name in _OF_A_LANGUAGE},
            **{f"body.{name}": by_language for name in _OF_A_LANGUAGE},
            **dict.fromkeys(("path.key", "query.concept", "body.concept"), by_concept),
        },
        **more,
    }
    if seconds is not None:
        settings["max-time"] = seconds
    return schemathesis.Config.from_dict(settings)


def of_the_store(failure: Failure, status: int, answer: Any) -> bool:
    """Whether a request was as the schema wants it, and only the store could tell."""
    if not isinstance(failure, RejectedPositiveData) or not isinstance(answer, dict):
        return False
    if status not in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.PRECONDITION_FAILED):
        return False
    kind = str(answer.get("type")).removeprefix("urn:semantic-lexicon:")
    detail = str(answer.get("detail"))
    return kind in OF_THE_STORE or any(part in detail for part in BEYOND_A_SCHEMA)


def run(schema: BaseSchema) -> Outcome:
    """Ask everything, in all phases, and collect every kind of fault once."""
    outcome = Outcome()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _add(outcome, event)
        elif isinstance(event, events.NonFatalError):
            outcome.faults[f"{event.label}: {event.info.title}"] = str(event.value)
        elif isinstance(event, events.FatalError):
            raise event.exception
    return outcome


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _add(outcome: Outcome, event: events.ScenarioFinished) -> None:
    for case, asked in event.recorder.interactions.items():
        if asked.response is not None:
            outcome.statuses[int(asked.response.status_code)] += 1
        outcome.phases[event.phase.value] += 1
        outcome.operations[event.recorder.cases[case].value.operation.label] += 1
    for case, checks in event.recorder.checks.items():
        asked = event.recorder.interactions[case]
        for check in checks:
            if check.failure_info is None:
                continue
            failure = check.failure_info.failure
            answer = asked.response
            status = 0 if answer is None else int(answer.status_code)
            said = None if answer is None else _read(answer.content.decode("utf-8", "replace"))
            if of_the_store(failure, status, said):
                continue
            label = event.recorder.cases[case].value.operation.label
            kind = f"{label}: {check.name}: {failure.title} ({status})"
            body = (asked.request.body or b"")[:300]
            what = f"{asked.request.method} {asked.request.uri[:300]} {body!r}"
            outcome.faults.setdefault(
                kind, f"{what} -> {str(said)[:300]} {failure.message[:300]}".replace("\n", " ")
            )
