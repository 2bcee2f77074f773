"""The exchanges of a delivery one by one, without a run, a host's turn or a memory."""

from __future__ import annotations

from datetime import datetime

from pelican_linkback.exceptions import WebError
from pelican_linkback.net.client import Response
from pelican_linkback.protocol.mention import Endpoint, Mention, Outcome
from pelican_linkback.protocol.registry import Registry
from pelican_linkback.sending.deciding.answers import read_answer
from pelican_linkback.sending.running.discovery_cache import Discoveries, Found
from pelican_linkback.sending.running.exchanges import (
    Requests,
    Web,
    exchange,
    get,
    post,
)
from tests.spoken import SPOKEN


def answer_to(web: Web, requests: Requests) -> Response | WebError:
    """Make all of the requests, and return the last answer."""
    request = next(requests)
    while True:
        answer = exchange(web, request)
        if isinstance(answer, WebError):
            return answer
        try:
            request = requests.send(answer)
        except StopIteration as end:
            return end.value
        except WebError as error:
            return error


def look_up(
    cache: Discoveries,
    web: Web,
    target: str,
    now: datetime,
    *,
    anew: bool = False,
) -> Found:
    """Return where ``target`` takes mentions, as a run finds out."""
    known = None if anew else cache.known(target, now)
    if known is not None:
        return known
    answer = answer_to(web, get(target, cache.conditions(target)))
    return cache.learn(target, answer, now)


def find_endpoints(
    web: Web, target: str, now: datetime, protocols: Registry = SPOKEN
) -> tuple[Endpoint, ...] | Outcome:
    """Return where ``target`` takes mentions, or why nowhere."""
    return look_up(Discoveries(protocols=protocols), web, target, now).where


def tell(web: Web, mention: Mention, endpoint: Endpoint, now: datetime) -> Outcome:
    """Tell ``endpoint`` of ``mention`` and return what its answer means."""
    return read_answer(endpoint, answer_to(web, post(mention, endpoint, SPOKEN)), SPOKEN, now)
