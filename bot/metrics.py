"""What is counted for `/metrics`, in a registry that is handed in; what each of them means: docs/metrics.md.

It counts what this process does; what lies in the rows is asked of the database when somebody scrapes
(`bot.gauges`). No label holds a phone, a text, a name or an id of a person or a send.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

ACKS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # Slack waits for three seconds
CALLS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)  # a request has a deadline of 20 s
LATENESS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 600.0, 3600.0)

Names = tuple[str, ...]


@dataclass
class Asked:
    """One request of Slack's while it is answered; whoever answers it says what came of it."""

    outcome: str = "failed"


class Metrics:
    """Everything that this process counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        ProcessCollector(registry=registry)
        self._requests = self._counter(
            "smsops_requests", "Requests of Slack's", ("kind", "verb", "outcome")
        )
        self._acks = self._histogram(
            "smsops_ack_seconds", "Seconds until a request of Slack's was answered", ("kind", "verb"), ACKS
        )
        self._api = self._counter(
            "smsops_api_operations", "Operations of WhatCounts' API, by what is known afterwards",
            ("operation", "outcome"),
        )  # fmt: skip
        self._api_seconds = self._histogram(
            "smsops_api_seconds", "Seconds of one HTTP request to WhatCounts", ("operation",), CALLS
        )
        self._slack = self._histogram(
            "smsops_slack_seconds", "Seconds of one call of Slack's Web API", ("method", "outcome"), CALLS
        )
        self._lateness = self._histogram(
            "smsops_lateness_seconds", "Seconds after its due time at which a text left", ("kind",), LATENESS
        )
        self.sends = self._gauge("smsops_sends", "Sends in each state", ("state",))
        self.runs = self._gauge("smsops_runs", "Bulk runs that are not over, in each state", ("state",))
        self.rows = self._gauge(
            "smsops_run_rows", "Rows of bulk runs that are not over, in each state", ("state",)
        )
        self.oldest = self._gauge(
            "smsops_oldest_waiting_seconds", "Seconds for which the oldest send has waited", ("state",)
        )
        self.open_stops = self._gauge("smsops_open_stops", "Opt-outs that WhatCounts has not taken yet")
        self.frozen = self._gauge("smsops_frozen", "Whether sends are frozen")
        self.failures = self._gauge("smsops_failures_in_a_row", "Texts that failed, one after the other")
        self.alarms = self._gauge("smsops_open_alarms", "Matters that need somebody")
        self.processes = self._gauge("smsops_processes", "Processes that live on this database")
        self.database = self._gauge("smsops_database_up", "Whether the database answered this scrape")
        self.tick = self._gauge("smsops_last_tick_timestamp_seconds", "When the clock last came round")
        self.heard = self._gauge(
            "smsops_last_slack_request_timestamp_seconds", "When Slack last asked something of this process"
        )
        self.socket = self._gauge("smsops_socket_connected", "Whether Slack's socket is open (Socket Mode)")
        self.build = self._gauge("smsops_build_info", "What runs", ("version", "step"))

    @contextmanager
    def request(self, kind: str, verb: str) -> Iterator[Asked]:
        """Times one request of Slack's until the block ends."""
        began, asked = time.perf_counter(), Asked()
        try:
            yield asked
        finally:
            self._requests.labels(kind, verb, asked.outcome).inc()
            self._acks.labels(kind, verb).observe(time.perf_counter() - began)

    def operated(self, operation: str, outcome: str) -> None:
        """An operation of WhatCounts' API has ended so."""
        self._api.labels(operation, outcome).inc()

    def called(self, operation: str, seconds: float) -> None:
        """One HTTP request to WhatCounts took so long, whatever came of it."""
        self._api_seconds.labels(operation).observe(seconds)

    @contextmanager
    def slack(self, method: str) -> Iterator[None]:
        """Times one call of Slack's Web API."""
        began, outcome = time.perf_counter(), "failed"
        try:
            yield
            outcome = "ok"
        finally:
            self._slack.labels(method, outcome).observe(time.perf_counter() - began)

    def left(self, kind: str, seconds: float) -> None:
        """A text leaves so many seconds after it was due."""
        self._lateness.labels(kind).observe(max(0.0, seconds))

    def _counter(self, name: str, what: str, labels: Names) -> Counter:
        return Counter(name, f"{what}.", labels, registry=self.registry)

    def _histogram(self, name: str, what: str, labels: Names, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(name, f"{what}.", labels, buckets=buckets, registry=self.registry)

    def _gauge(self, name: str, what: str, labels: Names = ()) -> Gauge:
        return Gauge(name, f"{what}.", labels, registry=self.registry)


def new_metrics() -> Metrics:
    """Of one process, with a registry of its own."""
    return Metrics(CollectorRegistry())
