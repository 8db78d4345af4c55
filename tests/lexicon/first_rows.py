"""Rows of every table at the first schema, of the kinds that a migration could spoil."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Engine, MetaData, insert, select

MOMENT = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
MANY = 10_007
"""More lexemes than a migration changes at a time."""

LATER = {"api_key", "departed_lexeme", "store_identity", "word_edition", "word_vector"}
"""Tables that the first schema has not."""

LEMMAS = (
    ("en", "Éclair", "Latn"),
    ("en", "well-being", "Latn"),
    ("en", "of", "Latn"),
    ("fr", "œuf", "Latn"),
    ("fr", "l\u2019été", "Latn"),
    ("hi", "पानी", "Deva"),
    ("hi", "\u095bमीन", "Deva"),
    ("hi", "ज\u093cमीन", "Deva"),
    ("hi", "विज्ञान", "Deva"),
    ("kn", "ನೀರು", "Knda"),
    ("kn", "ಕ್\u200cಷ", "Knda"),
    ("kn", "೧೨", "Zyyy"),
    ("en", "?!", "Zyyy"),
)


def _lexemes() -> list[dict[str, Any]]:
    # Ids with gaps, not beginning at 1, as they are after words have come and gone.
    ids = count(3, 7)
    named: list[dict[str, Any]] = [
        {"id": next(ids), "language": code, "lemma": lemma, "script": script, "frequency": None}
        for code, lemma, script in LEMMAS
    ]
    many: list[dict[str, Any]] = [
        {
            "id": next(ids),
            "language": "en",
            "lemma": f"Word-{number}",
            "script": "Latn",
            "frequency": number / 7,
        }
        for number in range(MANY)
    ]
    return [
        {**row, "search_key": str(row["lemma"]).lower(), "pos": "noun"} for row in (*named, *many)
    ]


def rows() -> dict[str, list[dict[str, Any]]]:
    """By table; what a row refers to comes before it."""
    lexemes = _lexemes()
    return {
        "language": [
            {"code": code, "name": name, "autonym": name, "script": script}
            for code, name, script in (
                ("en", "English", "Latn"),
                ("fr", "français", "Latn"),
                ("hi", "हिन्दी", "Deva"),
                ("kn", "ಕನ್ನಡ", "Knda"),
            )
        ],
        "source": [
            {
                "id": number,
                "name": name,
                "licence": "CC0-1.0",
                "version": "",
                "checksum": "-",
                "updated_at": MOMENT,
            }
            for number, name in ((5, "tiny"), (9, "Straße"))
        ],
        "concept": [
            {
                "id": number,
                "key": f"k{number}",
                "gloss": 'a "quoted"\\ gloss; 100 %',
                "pos": "noun",
                "field": "water",
                "source_id": source,
            }
            for number, source in ((2, 5), (40, 9))
        ],
        "external_id": [
            {"scheme": "ili", "identifier": "i1", "concept_id": 2},
            {"scheme": "ili", "identifier": "i1", "concept_id": 40},
        ],
        "lexeme": lexemes,
        "sense": [
            {"concept_id": 2, "lexeme_id": lexemes[0]["id"], "rank": 0, "source_id": 5},
            {"concept_id": 2, "lexeme_id": lexemes[5]["id"], "rank": 1, "source_id": 9},
            {"concept_id": 40, "lexeme_id": lexemes[-1]["id"], "rank": 0, "source_id": 9},
        ],
        "sentence_pair": [
            {
                "id": number,
                "dataset": "xnli",
                "split": "test",
                "key": str(number),
                "premise": "Il pleut.",
                "hypothesis": "ಮಳೆ ಬರುತ್ತಿದೆ.",
                "premise_language": "fr",
                "hypothesis_language": "kn",
                "label": label,
                "source_id": source,
            }
            for number, label, source in ((1, "entailment", 5), (6, None, None))
        ],
        "nli_prediction": [
            {
                "pair_id": pair,
                "checkpoint": "model@1",
                "entailment": 0.1,
                "neutral": 2 / 3,
                "contradiction": 1e-9,
                "truncated": pair == 6,
                "predicted_at": MOMENT,
            }
            for pair in (1, 6)
        ],
        "encoder": [
            {
                "identity": identity,
                "name": "axis",
                "dim": 4,
                "spec": {"pooling": "mean", "langues": ["fr", "ಕನ್ನಡ"], "layer": None},
                "created_at": MOMENT,
            }
            for identity in ("axis-1", "axis-2")
        ],
        "generation": [
            {
                "id": generation,
                "encoder": "axis-1",
                "language": "en",
                "rows": 4,
                "form_digest": "0" * 64,
                "manifest": {"dim": 4, "nested": {"a": [1.5, True]}},
                "live": generation == "g2",
                "created_at": MOMENT,
            }
            for generation in ("g1", "g2")
        ],
        "alignment_run": [
            {
                "id": run,
                "encoder": "axis-2",
                "evaluation": "lexicon",
                "parameters": {"k": 10},
                "generations": {},
                "created_at": MOMENT,
            }
            for run in (3, 8)
        ],
        "alignment_score": [
            {
                "run_id": run,
                "source": "en",
                "target": "kn",
                "metric": "p_at_1",
                "value": 0.75,
                "low": None,
                "high": 1.0,
                "n": 4,
            }
            for run in (3, 8)
        ],
    }


class FirstRows:
    """The tables of a database at the first schema, and what their columns hold."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.metadata = MetaData()
        self.metadata.reflect(engine)
        self.metadata.remove(self.metadata.tables["alembic_version"])

    def insert(self) -> None:
        with self.engine.begin() as connection:
            for name, some in rows().items():
                connection.execute(insert(self.metadata.tables[name]), some)

    def held(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, but for columns that came later."""
        with self.engine.connect() as connection:
            return {
                name: [
                    tuple(row)
                    for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for name, table in self.metadata.tables.items()
            }
