"""Five hundred requests that every kind of store must answer alike, drawn once from the bundled
lexicon: ``python -m tests.api.recording > tests/api/requests.jsonl``.

Requests of one group follow each other. In them, ``<next>``, ``<id>``, ``<location>`` and
``<etag>`` stand for what an answer of the same group gave last.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

from lexicon import bundled
from lexicon.entries import ConceptEntry

FILE = Path(__file__).parent / "requests.jsonl"
COUNT = 500
SEED = 20261121
LANGUAGES = ("en", "fr", "hi", "kn")
SCORES = ("cosine", "csls", "margin")


@dataclass(frozen=True)
class Request:
    """``key``: whether it is sent with one that may write."""

    group: int
    method: str
    path: str
    query: dict[str, Any]
    body: Any = None
    key: bool = False
    headers: dict[str, str] | None = None


Group = list[dict[str, Any]]


def get(path: str, headers: dict[str, str] | None = None, **query: Any) -> dict[str, Any]:
    return {"method": "GET", "path": path, "query": query, "headers": headers}


def post(path: str, body: Any, key: bool = False, **query: Any) -> dict[str, Any]:
    return {"method": "POST", "path": path, "query": query, "body": body, "key": key}


def write(method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "query": {}, "body": body, "key": True, **more}


class Draw:
    """Requests drawn from the lexicon."""

    def __init__(self, seed: int, entries: list[ConceptEntry]) -> None:
        self.draw = Random(seed)
        self.entries = entries
        self.made = 0

    def entry(self) -> ConceptEntry:
        return self.draw.choice(self.entries)

    def word(self, language: str) -> str:
        while language not in (entry := self.entry()).forms:
            pass
        return self.draw.choice(entry.forms[language])

    def text(self, language: str) -> str:
        """A word, two words, a misspelt one, or a definition."""
        word = self.word(language)
        kind = self.draw.randrange(8)
        if kind == 0:
            return f"{word} {self.word(language)}"
        if kind == 1:
            return word[:-1] + "q" if len(word) > 3 else word.upper()
        if kind == 2:
            return self.entry().gloss
        return f"  {word.upper()} " if kind == 3 else word

    def pair(self) -> tuple[str, str]:
        source, target = self.draw.sample(LANGUAGES, 2)
        return source, target

    # Groups

    def search(self, source: str, target: str, score: str) -> Group:
        draw = self.draw
        query: dict[str, Any] = {"q": self.text(source), "source": source, "target": target}
        if score != "cosine" or draw.random() < 0.3:
            query["score"] = score
        if draw.random() < 0.4:
            query["k"] = draw.choice((1, 3, 25, 100))
        if draw.random() < 0.2:
            query["pos"] = draw.choice(("noun", "verb", "adj"))
        if draw.random() < 0.1:
            entry = self.entry()
            if source in entry.forms:
                query |= {"q": entry.forms[source][0], "concept": entry.key}
        return [get("/v1/translations", **query)]

    def words(self) -> Group:
        draw = self.draw
        query: dict[str, Any] = {"limit": draw.choice((1, 7, 20))}
        language = draw.choice(LANGUAGES)
        if draw.random() < 0.8:
            query["language"] = language
        if draw.random() < 0.5:
            query["prefix"] = self.word(language)[: draw.randrange(1, 3)]
        if draw.random() < 0.4:
            query["pos"] = draw.choice(("noun", "verb", "adj", "propn"))
        if draw.random() < 0.3:
            query["field"] = self.entry().field
        first = get("/v1/words", **query)
        more = [get("/v1/words", **query, cursor="<next>") for _ in range(draw.randrange(3))]
        return [first, get("/v1/words/<id>"), *more]

    def concepts(self) -> Group:
        draw = self.draw
        query: dict[str, Any] = {"limit": draw.choice((1, 5, 20))}
        if draw.random() < 0.5:
            query["language"] = draw.choice(LANGUAGES)
        if draw.random() < 0.5:
            query["field"] = self.entry().field
        if draw.random() < 0.3:
            query["pos"] = draw.choice(("noun", "verb", "adj"))
        if draw.random() < 0.3:
            query["prefix"] = self.word(query.get("language", "kn"))[:2]
        more = [get("/v1/concepts", **query, cursor="<next>") for _ in range(draw.randrange(3))]
        return [get("/v1/concepts", **query), *more]

    def concept(self) -> Group:
        path = f"/v1/concepts/{self.entry().key}"
        return [get(path), get(path, {"If-None-Match": "<etag>"})]

    def changed_concept(self) -> Group:
        """A concept comes, is found, changes and goes."""
        self.made += 1
        key, made = f"recorded.{self.made}", {"gloss": self.entry().gloss, "field": "recorded"}
        source, target = self.pair()
        forms = {source: [f"{self.word(source)} {self.made}"], target: [self.word(target)]}
        path = f"/v1/concepts/{key}"
        found = get("/v1/translations", q=forms[source][0], source=source, target=target, k=3)
        more = {"language": target, "lemma": f"{self.word(target)} {self.made}"}
        other = {"pos": "noun", "forms": {source: ["<id>", self.word(source)]}}
        return [
            post("/v1/concepts", {**made, "key": key, "forms": forms}, key=True, any_script=True),
            post("/v1/concepts", {**made, "key": key, "forms": forms}, key=True, any_script=True),
            found,
            write("PATCH", path, {"add": [more]}, query={"any_script": True}),
            get(path),
            write("PUT", path, {**made, **other}, headers={"If-Match": '"another"'}),
            post("/v1/words", {**more, "concept": key, "rank": 0}, key=True, any_script=True),
            get("/v1/words/<id>"),
            write("PATCH", "/v1/words/<id>", {"lemma": f"{self.word(target)} new {self.made}"},
                  query={"any_script": True}),
            get("/v1/words", language=target, field="recorded", limit=5),
            found,
            *([write("DELETE", path), get(path), found] if self.made % 2 else []),
        ]  # fmt: skip

    def pairs(self) -> Group:
        self.made += 1
        one, other = self.pair()
        pair = {
            "dataset": "recorded",
            "split": "test",
            "premise": self.entry().gloss,
            "hypothesis": f"{self.word(one)} {self.made}",
            "premise_language": one,
            "hypothesis_language": other,
            "label": self.draw.choice(("entailment", "neutral", "contradiction", None)),
        }
        # The id of a pair that left must not be given again.
        another = post("/v1/pairs", {**pair, "premise": self.entry().gloss}, key=True)
        last = [write("DELETE", "/v1/pairs/<id>"), another] if self.made % 2 else []
        return [
            post("/v1/pairs", pair, key=True),
            post("/v1/pairs", pair, key=True),
            get("/v1/pairs/<id>"),
            *last,
            get("/v1/pairs", dataset="recorded", language=one, limit=3),
            get("/v1/pairs", limit=2, cursor="<next>"),
            get("/v1/pairs/<id>"),
        ]

    def nli(self) -> Group:
        pairs = [
            {"premise": self.entry().gloss, "hypothesis": self.entry().gloss}
            for _ in range(self.draw.randrange(1, 4))
        ]
        return [post("/v1/nli", {"pairs": pairs})]

    def similarity(self) -> Group:
        language = self.draw.choice(LANGUAGES)
        texts: list[Any] = [self.text(language) for _ in range(self.draw.randrange(2, 6))]
        if self.draw.random() < 0.5:
            other = self.draw.choice(LANGUAGES)
            texts.append({"text": self.word(other), "language": other})
        return [post("/v1/similarity", {"texts": texts, "language": language})]

    def embeddings(self) -> Group:
        texts = [self.text(self.draw.choice(LANGUAGES)) for _ in range(self.draw.randrange(1, 4))]
        form = self.draw.choice(("float", "base64"))
        body = {"input": texts, "model": "embedded", "encoding_format": form}
        return [post("/v1/embeddings", body)]

    def reverse(self) -> Group:
        target = self.draw.choice(LANGUAGES)
        gloss = self.entry().gloss
        words = gloss.split()
        said = " ".join(words[: len(words) // 2 + 1]) if self.draw.random() < 0.5 else gloss
        return [get("/v1/reverse", q=said, source="en", target=target, k=self.draw.choice((1, 10)))]

    def batch(self) -> Group:
        queries: list[dict[str, Any]] = []
        for _ in range(self.draw.randrange(1, 6)):
            source, target = self.pair()
            queries.append({"q": self.text(source), "source": source, "target": target, "k": 3})
        queries.append({"q": self.word("en"), "source": "de"})
        body = {"queries": queries, "target": target, "score": self.draw.choice(SCORES)}
        lines = {"Accept": "application/x-ndjson"} if self.draw.random() < 0.5 else None
        return [{**post("/v1/translations/batch", body), "headers": lines}]

    def fixed(self) -> Group:
        return [
            *(get(f"/v1/{name}") for name in ("encoders", "languages", "generations", "alignment")),
            *(get("/v1/alignment", source=one, target=other) for one, other in _DIRECTIONS),
            get("/v1/generations", language="kn"),
            get("/v1/generations", encoder="embedded"),
            get("/v1/generations", encoder="nobody"),
            get("/livez"),
        ]

    def faulty(self) -> Group:
        source, target = self.pair()
        return [
            self.draw.choice(
                (
                    get("/v1/translations", q="", source=source, target=target),
                    get("/v1/translations", q="x", source=source, target=source),
                    get("/v1/translations", q="x", source=source, target="de"),
                    get("/v1/translations", q="x", source=source, target=target, k=0),
                    get("/v1/translations", q="x", source=source, target=target, encoder="none"),
                    get("/v1/translations", q="x", source=source, target=target, concept="none"),
                    get("/v1/translations", q="x", source=source),
                    get("/v1/words", limit=10_000),
                    get("/v1/words", cursor="AAAA"),
                    get("/v1/words/999999999"),
                    get("/v1/words/x"),
                    get("/v1/words/9223372036854775808"),
                    get("/v1/concepts/none.such"),
                    get("/v1/concepts", pos="colour"),
                    get("/v1/pairs/999999999"),
                    get("/v1/nothing"),
                    post("/v1/concepts", {"gloss": "no key"}),
                    post("/v1/concepts", {"gloss": "no forms"}, key=True),
                    post("/v1/words", {"language": "en"}, key=True),
                    post("/v1/words", {"language": "en", "lemma": "x", "concept": "no"}, key=True),
                    post("/v1/words", {"language": "kn", "lemma": "a", "concept": self.entry().key},
                         key=True),
                    write("DELETE", "/v1/words/999999999"),
                    write("DELETE", "/v1/concepts/none.such"),
                    write("PUT", "/v1/words"),
                    post("/v1/nli", {"pairs": []}),
                    post("/v1/nli", {"pairs": [{"premise": "x"}]}),
                )
            )
        ]  # fmt: skip


_DIRECTIONS = tuple(permutations(LANGUAGES, 2))


def requests(count: int = COUNT, seed: int = SEED) -> Iterator[Request]:
    """So many requests, the same ones from the same lexicon."""
    made = Draw(seed, list(bundled.entries()))
    groups = [made.fixed()]
    for number, (source, target) in enumerate(_DIRECTIONS * 14):
        groups.append(made.search(source, target, SCORES[number % 3]))
    others = (made.words, made.concepts, made.concept, made.nli, made.similarity, made.embeddings,
              made.batch, made.reverse, made.faulty, made.faulty)  # fmt: skip
    groups += [made.changed_concept() for _ in range(8)] + [made.pairs() for _ in range(6)]
    while sum(map(len, groups)) < count:
        groups.append(made.draw.choice(others)())
    made.draw.shuffle(groups)
    numbered = [(number, one) for number, group in enumerate(groups) for one in group]
    for number, one in numbered[:count]:
        yield Request(number, **one)


def line(request: Request) -> str:
    """A request as the file has it, without what it has not."""
    said = {name: value for name, value in vars(request).items() if value not in (None, False, {})}
    return json.dumps({"group": request.group, **said}, ensure_ascii=False)


def read(path: Path = FILE) -> list[Request]:
    """The recorded requests."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Request(**{"query": {}, **json.loads(line)}) for line in lines]


def some(recorded: list[Request], count: int, seed: int) -> list[Request]:
    """About ``count`` of them, whole groups in their order."""
    groups = sorted({request.group for request in recorded})
    Random(seed).shuffle(groups)
    sizes = {group: sum(one.group == group for one in recorded) for group in groups}
    chosen: set[int] = set()
    for group in groups:
        if sum(sizes[one] for one in chosen) < count:
            chosen.add(group)
    return [request for request in recorded if request.group in chosen]


if __name__ == "__main__":
    for request in requests():
        print(line(request))
