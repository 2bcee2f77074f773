"""The objects that ``--json`` prints, as docs/schemas/ describes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from pelican_linkback.cli import labels
from pelican_linkback.sending.deciding.decider import Decision
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.sending.running.report import Report

__all__ = ["delivery_as_json", "plan_as_json", "report_as_json", "warnings_of"]


def plan_as_json(
    planned: Iterable[tuple[Delivery, Decision]], vanished: Iterable[Delivery] = ()
) -> dict[str, object]:
    """Return the planned deliveries, and the sources that vanished after they were sent."""
    return {
        "planned": [delivery_as_json(*row) for row in planned],
        "vanished": sorted({each.mention.source for each in vanished}),
    }


def delivery_as_json(delivery: Delivery, decision: Decision | None = None) -> dict[str, object]:
    """Return a delivery; with a ``decision``, also what it is, and why."""
    known: dict[str, object] = {
        "source": delivery.mention.source,
        "target": delivery.mention.target,
        "served_at": delivery.served_at or None,
        "article": delivery.article,
        "fingerprint": delivery.fingerprint,
        "state": delivery.state.value,
        "reason": delivery.reason,
        "detail": delivery.detail,
        "protocol": delivery.protocol and delivery.protocol.name,
        "endpoint": delivery.endpoint,
        "attempts": delivery.attempts,
        "at": delivery.at and delivery.at.isoformat(),
        "retry_at": delivery.retry_at and delivery.retry_at.isoformat(),
    }
    if decision is None:
        return known
    until = getattr(decision, "until", None)
    return known | {
        "decision": {"GiveUp": "give-up"}.get(
            type(decision).__name__, type(decision).__name__.lower()
        ),
        "until": until and until.isoformat(),
        "why": labels.intent(delivery, decision)[1],
    }


def report_as_json(report: Report) -> dict[str, object]:
    """Return the result of a run."""
    numbers = ("sent", "waiting", "later", "failed", "nothing", "left")
    return {
        "summary": report.summary(),
        **{name: getattr(report, name) for name in numbers},
        "interrupted": report.interrupted,
        "next_at": report.next_at and report.next_at.isoformat(),
        "warnings": warnings_of(report),
        "deliveries": [delivery_as_json(each) for each in report.ended],
    }


def warnings_of(report: Report) -> list[str]:
    """Return the warnings of a run."""
    return [notice.text for notice in report.notices if notice.is_warning]
