"""What Prometheus is told.

Counted by whoever does the work; with several workers each keeps its own in files of the folder
``PROMETHEUS_MULTIPROC_DIR``, which ``lexicon serve`` makes, and any of them adds all up.

- ``ENCODE_TEXTS.observe(n)``: a batch of n texts went to an encoder;
- ``ENCODE_SECONDS.observe(seconds)``: how long that took;
- ``QUEUED.inc(n)`` and ``QUEUED.dec(n)``: texts that wait for an encoder;
- ``QUEUE_REFUSED.inc()``: a request was refused because too many waited;
- ``CACHE_HITS.inc(n)`` and ``CACHE_MISSES.inc(n)``: texts of questions whose vector was cached,
  and those that had to be encoded.
"""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
UNMATCHED = "unmatched"
"""The route of requests for paths that are none; each would be a label of its own."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_TEXTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})

REQUESTS = Counter(
    "lexicon_http_requests", "Requests answered.", labelnames=("method", "route", "status")
)
REQUEST_SECONDS = Histogram(
    "lexicon_http_request_seconds",
    "Time from the end of the headers to the end of the answer.",
    labelnames=("route",),
    buckets=_SECONDS,
)
IN_FLIGHT = Gauge(
    "lexicon_http_requests_in_flight", "Requests being answered.", multiprocess_mode="livesum"
)
ENCODE_TEXTS = Histogram(
    "lexicon_encode_batch_texts", "Texts of questions in a batch.", buckets=_TEXTS
)
ENCODE_SECONDS = Histogram(
    "lexicon_encode_seconds", "Time an encoder took for a batch.", buckets=_SECONDS
)
QUEUED = Gauge(
    "lexicon_encode_queue_texts", "Texts that wait for an encoder.", multiprocess_mode="livesum"
)
QUEUE_REFUSED = Counter(
    "lexicon_encode_refused", "Requests refused because too many texts waited for an encoder."
)
CACHE_HITS = Counter("lexicon_vector_cache_hits", "Texts of questions whose vector was cached.")
CACHE_MISSES = Counter("lexicon_vector_cache_misses", "Texts of questions that were encoded.")

_counters: dict[tuple[str, str, int], Counter] = {}
_seconds: dict[str, Histogram] = {}


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request. ``route`` is a template, so there are as many as routes."""
    # Finding the child of a metric by its labels takes longer than counting.
    key = (method, route, status)
    counter = _counters.get(key)
    if counter is None:
        known = method if method in _METHODS else "other"
        counter = _counters[key] = REQUESTS.labels(known, route, str(status))
    timed = _seconds.get(route)
    if timed is None:
        timed = _seconds[route] = REQUEST_SECONDS.labels(route)
    counter.inc()
    timed.observe(seconds)


class _Now:
    """What is so at the moment of asking, in the worker that answers."""

    def __init__(self, generations: Sequence[tuple[str, str, str]]) -> None:
        self._generations = generations

    def collect(self) -> Iterable[Metric]:
        build = GaugeMetricFamily(
            "lexicon_build_info", "What is running.", labels=("version", "python")
        )
        build.add_metric((version("semantic-lexicon"), platform.python_version()), 1)
        yield build
        live = GaugeMetricFamily(
            "lexicon_index_generation_info",
            "Generations that answer.",
            labels=("encoder", "language", "generation"),
        )
        for labels in self._generations:
            live.add_metric(labels, 1)
        yield live


def exposition(generations: Sequence[tuple[str, str, str]]) -> bytes:
    """Every figure in Prometheus's text format, with (encoder, language, generation) of what
    answers; of all workers together where there are several."""
    now = CollectorRegistry()
    now.register(_Now(generations))
    counted = REGISTRY
    if os.environ.get(FOLDER):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(now)
