"""What happens to the texts of questions, as Prometheus is told."""

from api import metrics


class EncodingCounts:
    """Told by :class:`indexer.asking.encoding.SharedEncoding`."""

    def looked_up(self, hits: int, misses: int) -> None:
        metrics.CACHE_HITS.inc(hits)
        metrics.CACHE_MISSES.inc(misses)

    def batched(self, size: int, seconds: float) -> None:
        metrics.ENCODE_TEXTS.observe(size)
        metrics.ENCODE_SECONDS.observe(seconds)

    def moved(self, count: int) -> None:
        metrics.QUEUED.inc(count)

    def refused(self) -> None:
        metrics.QUEUE_REFUSED.inc()
