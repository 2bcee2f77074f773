"""The corpus of items of hosted services, as a page shows what becomes of them."""

from __future__ import annotations

from collections import defaultdict

import pytest

from pelican_linkback.receiving.memory.snapshot import unique
from pelican_linkback.receiving.received import Received
from tests.jf2_corpus import CORPUS, item_of
from tests.page_mentions import displayed


def read(cases):
    found = (item_of(case["item"]) for case in cases)
    return [*unique(each for each in found if isinstance(each, Received))]


@pytest.mark.parametrize("group", CORPUS["groups"])
def test_of_a_group_as_many_are_shown_as_there_are_acts(group):
    expected = CORPUS["groups"][group]
    cases = [case for case in CORPUS["cases"] if case.get("group") == group]
    assert cases
    for each in (cases, cases[::-1]):
        shown = displayed(read(each))
        assert shown.count == expected["shown"], expected["why"]
        if "text" in expected:
            assert [mention.text for mention in shown] == [expected["text"]]


def test_every_mention_of_the_corpus_is_in_one_list_with_a_name_and_an_address():
    articles = defaultdict(list)
    for each in read(CORPUS["cases"]):
        articles[each.article].append(each)
    assert len(articles) > 3
    for mentions in articles.values():
        shown = displayed(mentions)
        groups = (shown.reposts, shown.likes, shown.bookmarks, shown.rsvps, shown.elsewhere)
        listed = [each.id for group in groups for each in group]
        listed += [each.id for each in shown.reactions]
        waiting = [*shown.replies]
        while waiting:
            each = waiting.pop()
            waiting += each.replies
            listed += [] if each.kind == "rsvp" else [each.id]
        assert sorted(listed) == sorted(each.id for each in shown)
        for each in shown:
            assert each.author.name
            assert each.author.initials
            assert each.url.startswith(("https://", "http://"))
            assert each.date
