"""What the service counts, for Prometheus.

With several workers every process writes to files in ``PROMETHEUS_MULTIPROC_DIR``, and ``/metrics``
adds them up, whichever worker answers; ``python -m application`` sets that folder. Without it the
figures are those of the one process that answers.
"""

import os
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS_DIR: Final = "PROMETHEUS_MULTIPROC_DIR"

SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
BYTES: Final = (1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7, 1e8)

REQUESTS: Final = Counter("service_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS: Final = Histogram(
    "service_request_seconds", "From the header to the last byte of the answer", ["route"], buckets=SECONDS
)
REQUEST_BYTES: Final = Histogram("service_request_bytes", "Size of the bodies received", ["route"], buckets=BYTES)
PREDICTIONS: Final = Counter("service_predictions", "Pictures by predicted colour", ["colour"])
REJECTS: Final = Counter("service_rejects", "Pictures and requests refused, by sort of problem", ["reason"])
MODEL_LOADS: Final = Counter("service_model_loads", "Models loaded or refused", ["outcome"])
PICTURES: Final = Gauge(
    "service_pictures_in_flight", "Pictures that wait or are decoded now", multiprocess_mode="livesum"
)


def render_metrics() -> bytes:
    """Write all figures in Prometheus' text format, of all workers where a folder is shared."""
    if os.environ.get(MULTIPROCESS_DIR):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY)
