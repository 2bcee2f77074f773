"""Which of its items a feed has, and in what order: ``filter``, ``order_by`` and ``limit``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import compress
from operator import itemgetter
from typing import Protocol

from pelican_linkback.exceptions import FeedError
from pelican_linkback.feeds.framework.aspects import Order
from pelican_linkback.feeds.framework.items import OfSite, item_date
from pelican_linkback.feeds.framework.resolver import of_each, shown

__all__ = ["arranged", "limit_of"]

_missing = object()
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


class OrderedFeed(OfSite, Protocol):
    """A feed, as far as arranging its items needs it."""

    @property
    def order_by(self) -> Order: ...
    def aspect(self, name: str, subject: object, default: object = None) -> object: ...


def arranged(feed: OrderedFeed, items: Sequence[object], obj: object) -> list[object]:
    """Return a new list of those of ``items`` that belong into ``feed``, in its order.

    The limit is not applied; where there is one, and no order, the newest are first.
    """
    chosen = list(compress(items, of_each(feed, "filter", items)))
    if feed.order_by is not None:
        return _greatest_first(chosen, _places(feed, chosen))
    if limit_of(feed, obj) is not None and hasattr(feed, "item_pubdate"):
        dates = zip(of_each(feed, "item_pubdate", chosen), chosen, strict=True)
        places = [item_date(feed, "pubdate", date, item) or _LONG_AGO for date, item in dates]
        return _greatest_first(chosen, places)
    return chosen


def limit_of(feed: OrderedFeed, obj: object) -> int | None:
    """Return how many items the document for ``obj`` has at most; None for all.

    Raises FeedError for what is not a whole number from 0 on.
    """
    limit = feed.aspect("limit", obj)
    if limit is None:
        return None
    if isinstance(limit, int) and not isinstance(limit, bool) and limit >= 0:
        return limit
    message = f"limit of {shown(obj)} is {limit!r}; write a whole number, or None for all"
    raise FeedError(type(feed).__name__, message)


def _places(feed: OrderedFeed, items: Sequence[object]) -> list[object]:
    """Return what each item is ordered by: ``order_by``, or the attribute that it names."""
    name = feed.order_by
    if not isinstance(name, str):
        places = of_each(feed, "order_by", items)
    else:
        places = [getattr(item, name, _missing) for item in items]
    lacking = [item for item, place in zip(items, places, strict=True) if place is _missing]
    if lacking:
        message = (
            f"order_by names {name!r}, which {shown(lacking[0])} does not have; "
            "write def order_by(self, item)"
        )
        raise FeedError(type(feed).__name__, message)
    aware = feed.site.aware
    return [aware(place) if isinstance(place, dt.date) else place for place in places]


def _greatest_first(items: Iterable[object], places: Iterable[object]) -> list[object]:
    placed = sorted(zip(places, items, strict=True), key=itemgetter(0), reverse=True)
    return [item for _, item in placed]
