"""The figures at /metrics, in Prometheus' format: counts and ages of the road, no word and no id of anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from core.messaging import tally
from core.messaging.tally import Counts
from core.messaging.vitals import Vitals, vitals
from web.looking import Looker, Unseen

_COUNTERS = {
    tally.UPDATES: ("farmgate_updates", "Updates received, also again, by kind", "kind"),
    tally.SENDS: ("farmgate_sends", "Calls of the outbox that ended, by how", "status"),
    tally.HOOK: ("farmgate_webhook_requests", "Requests to the webhook, by the status of our answer", "status"),
}
_GAUGES: dict[str, tuple[str, Callable[[Vitals], float]]] = {
    "farmgate_inbox_waiting": ("Updates not worked off", lambda seen: seen.updates_waiting),
    "farmgate_inbox_oldest_seconds": ("Age of the first of them", lambda seen: seen.oldest_update),
    "farmgate_inbox_quarantined": ("Updates set aside for staff to look at", lambda seen: seen.quarantined),
    "farmgate_outbox_due": ("Letters that may go and have not gone", lambda seen: seen.letters_due),
    "farmgate_outbox_oldest_due_seconds": ("For how long the oldest of them is due", lambda seen: seen.oldest_letter),
    "farmgate_outbox_dead": ("Letters given up, for staff to look at", lambda seen: seen.dead),
}


@dataclass
class Ledger:
    """What the last look at the whole ledger found; None before the first."""

    mismatches: int | None = None


@dataclass(frozen=True, eq=False)  # registries keep collectors by identity
class Figures(Collector):
    """One scrape."""

    seen: Vitals | None
    counted: Counts = field(default_factory=Counter)
    ledger: Ledger = field(default_factory=Ledger)

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("farmgate_database_up", "1 when the database answered", float(self.seen is not None))
        if self.ledger.mismatches is not None:
            words = "Broken invariants of the ledger at the last look"
            yield GaugeMetricFamily("farmgate_ledger_mismatches", words, self.ledger.mismatches)
        if self.seen is not None:
            for name, (words, value) in _GAUGES.items():
                yield GaugeMetricFamily(name, words, value(self.seen))
            yield from self._counters()

    def _counters(self) -> Iterator[Metric]:
        for name, (metric, words, label) in _COUNTERS.items():
            family = CounterMetricFamily(metric, words, labels=[label])
            for (counted, kind), number in sorted(self.counted.items()):
                if counted == name:
                    family.add_metric([kind], number)
            yield family
        floods = self.counted[tally.FLOODS, ""]
        yield CounterMetricFamily("farmgate_rate_limited", "Answers 429 of the messenger", floods)


async def figures(looker: Looker, ledger: Ledger) -> bytes:
    """All figures, as text; without those of the database while it is away."""
    try:
        seen = await looker.look(lambda session: vitals(session, looker.clock.now()))
    except Unseen:
        seen = None
    counted = Counter(seen.counted if seen else {})
    counted.update(tally.of(looker.database).pending())
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(seen, counted, ledger))
    return generate_latest(registry)
