"""What the service counts, for Prometheus.

With several workers every process writes to files in ``PROMETHEUS_MULTIPROC_DIR`` and ``/metrics``
adds them up, whichever worker answers; ``python -m application`` sets that folder. Without it the
figures are those of the one process that answers.
"""

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from application.exchange import Exchange

__all__ = ["CONTENT_TYPE_LATEST", "MULTIPROCESS_DIR", "Metrics"]

MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
BYTES = (1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8)


class Metrics:
    """The counters of one worker."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram, Histogram]] = {}
        self._colours: dict[str, Counter] = {}
        self._requests = Counter(
            "requests_total",
            "Requests answered",
            ["method", "route", "status"],
            namespace="service",
            registry=self._registry,
        )
        self._seconds = Histogram(
            "request_seconds",
            "From the header to the last byte of the answer",
            ["route"],
            namespace="service",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._bytes = Histogram(
            "request_bytes",
            "Size of the bodies received",
            ["route"],
            namespace="service",
            buckets=BYTES,
            registry=self._registry,
        )
        self._predictions = Counter(
            "predictions_total",
            "Pictures by predicted colour",
            ["colour"],
            namespace="service",
            registry=self._registry,
        )
        self._rejects = Counter(
            "rejects_total",
            "Pictures and requests refused, by sort of problem",
            ["reason"],
            namespace="service",
            registry=self._registry,
        )
        self._reloads = Counter(
            "model_loads_total", "Models loaded or refused", ["outcome"], namespace="service", registry=self._registry
        )
        self._in_flight = Gauge(
            "pictures_in_flight",
            "Pictures that wait or are decoded now",
            namespace="service",
            multiprocess_mode="livesum",
            registry=self._registry,
        )

    def count_request(self, exchange: Exchange) -> None:
        """Count an answered request."""
        route = exchange.route
        requests, seconds, sizes = self._find_series(exchange.method_label, route, exchange.status)
        requests.inc()
        seconds.observe(exchange.seconds)
        if exchange.received_bytes:
            sizes.observe(exchange.received_bytes)

    def _find_series(self, method: str, route: str, status: int) -> tuple[Counter, Histogram, Histogram]:
        """Look up the series of a request; finding them by their labels takes longer than counting."""
        key = (method, route, status)
        if key not in self._series:
            self._series[key] = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(route),
                self._bytes.labels(route),
            )
        return self._series[key]

    def count_prediction(self, colour: str) -> None:
        """Count a picture that got its colour."""
        if colour not in self._colours:
            self._colours[colour] = self._predictions.labels(colour)
        self._colours[colour].inc()

    def count_reject(self, reason: str) -> None:
        """Count what was refused."""
        self._rejects.labels(reason).inc()

    def count_model_load(self, outcome: str) -> None:
        """Count a model that was loaded, or refused."""
        self._reloads.labels(outcome).inc()

    def watch_pictures(self, change: int) -> None:
        """Follow the number of pictures in flight."""
        self._in_flight.inc(change)

    def render(self) -> bytes:
        """All figures in Prometheus' text format, of all workers where a folder is shared."""
        if os.environ.get(MULTIPROCESS_DIR):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self._registry)
