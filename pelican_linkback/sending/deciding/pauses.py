"""The pauses that hosts asked earlier runs for: what is due waits for them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pelican_linkback.protocol.mention import Endpoint, Outcome
from pelican_linkback.sending.deciding.decider import Ask, Decision, Send, Wait
from pelican_linkback.sending.memory.delivery import Delivery
from pelican_linkback.text.urls import site_key

__all__ = ["held_back", "paused_hosts", "receivers"]


def paused_hosts(
    deliveries: Iterable[Delivery], now: datetime, longest: timedelta
) -> dict[str, datetime]:
    """Return the hosts that are to be left alone ``now``, and until when (UTC).

    A pause whose end is further away than the ``longest`` one lasts was recorded by a wrong clock.
    """
    paused: dict[str, datetime] = {}
    for delivery in deliveries:
        pause = delivery.pause
        if pause is not None and now < pause.until <= now + longest:
            paused[pause.host] = max(pause.until, paused.get(pause.host, now))
    return paused


def receivers(delivery: Delivery, found: Sequence[Endpoint] | Outcome | None) -> list[str]:
    """Return the URLs that a run asks for a delivery, as far as they are known.

    ``found`` is what the target offers, where that is remembered, and the target not asked.
    """
    if delivery.status_url is not None:
        return [delivery.status_url]
    if found is None:
        return [delivery.mention.target, delivery.endpoint or delivery.mention.target]
    return [] if isinstance(found, Outcome) else [found[0].url]


def held_back(
    decision: Decision, urls: Iterable[str], paused: Mapping[str, datetime], waits_until: datetime
) -> Decision:
    """Return ``decision``, or that it waits, where a host of ``urls`` is ``paused``.

    A run waits itself for what ends until ``waits_until``.
    """
    if not isinstance(decision, Send | Ask):
        return decision
    hosts = [(paused[host], host) for host in map(site_key, urls) if host in paused]
    until, host = max(hosts, default=(waits_until, ""))
    return Wait(until, decision.reason, host) if until > waits_until else decision
