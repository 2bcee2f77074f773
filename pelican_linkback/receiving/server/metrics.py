"""What the receiver counts, in the text format of Prometheus."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pelican_linkback.receiving.server.application import AnsweredRequest

__all__ = ["Gauge", "Metrics"]

BUCKETS = (0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0)
"""The upper bounds of the durations that are counted together, in seconds."""


class Gauge(NamedTuple):
    """A number that goes up and down, such as the length of the queue."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = {}


class _Durations:
    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        self.counts[sum(bound < seconds for bound in BUCKETS)] += 1
        self.sum += seconds


_Labels = tuple[tuple[str, str], ...]


class Metrics:
    """The counters of this process. Thread-safe.

    A counter of many processes is the sum of theirs; what the database knows is a ``Gauge``.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, _Labels]] = Counter()
        self._durations: defaultdict[tuple[str, _Labels], _Durations] = defaultdict(_Durations)

    def request(self, request: AnsweredRequest) -> None:
        """Count a request that was answered."""
        labels = {"method": request.method, "route": request.route, "status": str(request.status)}
        self.count("requests_total", **labels)
        self.time("request_seconds", request.seconds, route=request.route)

    def count(self, name: str, /, **labels: str) -> None:
        """Add one to a counter."""
        with self._lock:
            self._counts[name, tuple(labels.items())] += 1

    def total(self, name: str) -> int:
        """Return the sum of a counter, whatever its labels."""
        with self._lock:
            return sum(count for (each, _), count in self._counts.items() if each == name)

    def time(self, name: str, seconds: float, /, **labels: str) -> None:
        """Add a duration."""
        with self._lock:
            self._durations[name, tuple(labels.items())].add(seconds)

    def text(self, gauges: Iterable[Gauge] = ()) -> str:
        """Return all that is counted, and the ``gauges``."""
        with self._lock:
            lines = [*_counters(self._counts), *_histograms(self._durations), *_gauges(gauges)]
        return "\n".join(lines) + "\n"


def _counters(counts: Mapping[tuple[str, _Labels], int]) -> Iterator[str]:
    last = ""
    for (name, labels), value in sorted(counts.items()):
        if name != last:
            yield f"# TYPE linkback_{name} counter"
        yield _sample(name, labels, value)
        last = name


def _histograms(durations: Mapping[tuple[str, _Labels], _Durations]) -> Iterator[str]:
    last = ""
    for (name, labels), found in sorted(durations.items(), key=lambda item: item[0]):
        if name != last:
            yield f"# TYPE linkback_{name} histogram"
        total = 0
        for bound, count in zip((*BUCKETS, "+Inf"), found.counts, strict=True):
            total += count
            yield _sample(f"{name}_bucket", (*labels, ("le", str(bound))), total)
        yield _sample(f"{name}_sum", labels, found.sum)
        yield _sample(f"{name}_count", labels, total)
        last = name


def _gauges(gauges: Iterable[Gauge]) -> Iterator[str]:
    last = ""
    for each in gauges:
        if each.name != last:
            yield f"# HELP linkback_{each.name} {each.help}"
            yield f"# TYPE linkback_{each.name} gauge"
        yield _sample(each.name, tuple(each.labels.items()), each.value)
        last = each.name


def _sample(name: str, labels: _Labels, value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"linkback_{name}{{{inside}}} {value:g}" if inside else f"linkback_{name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
