"""What article.mentions has: each once, in order, in groups, and answers as a conversation."""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from pelican_linkback.receiving import display
from pelican_linkback.receiving.display.conversation import DEEPEST
from pelican_linkback.receiving.display.groups import NAMES
from pelican_linkback.receiving.display.mention import DisplayOptions
from pelican_linkback.receiving.display.mentions import KEPT, ArticleMentions, Totals
from pelican_linkback.receiving.display.people import initials_of, is_emoji
from pelican_linkback.receiving.display.words import names, words_for
from pelican_linkback.receiving.received import Author
from tests.page_mentions import displayed, received

YEAR = dt.timedelta(days=365)


def shown(*mentions, **options):
    return displayed(mentions, words_for("en", {}), **options)


def people(mentions):
    return [each.author.name for each in mentions]


def test_each_kind_has_its_list():
    found = shown(
        *(
            received(kind, who, number)
            for number, (kind, who) in enumerate(
                [
                    ("reply", "Ann"),
                    ("repost", "Bo"),
                    ("like", "Cy"),
                    ("bookmark", "Di"),
                    ("rsvp", "Ed"),
                    ("quote", "Fay"),
                    ("mention", "Gus"),
                ]
            )
        ),
        received("reply", "Hal", 9, text="👍🏽"),
    )
    assert people(found) == ["Ann", "Bo", "Cy", "Di", "Ed", "Fay", "Gus", "Hal"]
    assert found.count == len(found) == 8
    assert [
        people(each)
        for each in (
            found.replies,
            found.reposts,
            found.likes,
            found.bookmarks,
            found.rsvps,
            found.quotes,
            found.mentions,
            found.reactions,
            found.elsewhere,
        )
    ] == [["Ann"], ["Bo"], ["Cy"], ["Di"], ["Ed"], ["Fay"], ["Gus"], ["Hal"], ["Fay", "Gus"]]
    assert {each.kind: each.microformat for each in found} == {
        "reply": "u-comment",
        "repost": "u-repost",
        "like": "u-like",
        "bookmark": "u-bookmark",
        "rsvp": "u-rsvp",
        "quote": "u-quote",
        "mention": "u-mention",
    }
    assert found.updated == received(number=9).received


def test_none_are_nothing():
    found = shown()
    assert not found
    assert (found.count, found.updated, [*found], found.lines, found.replies) == (
        0,
        None,
        [],
        [],
        [],
    )


class Asked:
    """The mentions of one article, which count how often they are read."""

    options = DisplayOptions(words_for("en", {}))

    def __init__(self, number):
        self.number, self.times = number, 0

    def received(self):
        self.times += 1
        return [received("like", "Ann", self.number), received("reply", "Bo", self.number)]

    def totals(self):
        return Totals(2, received(number=self.number).received)


def test_the_mentions_of_few_articles_are_kept_and_those_of_others_are_read_again():
    asked = [Asked(number) for number in range(KEPT + 1)]
    articles = [*map(ArticleMentions, asked)]
    first = [(each.url, each.published) for each in articles[0]]
    assert [*articles[0]] == [*articles[0]]  # the same objects
    assert people(articles[0].likes) == ["Ann"]
    assert [len([*each]) for each in articles] == [2] * len(articles)
    assert [each.times for each in asked] == [1] * len(articles)
    assert [(each.url, each.published) for each in articles[0]] == first
    assert [each.times for each in asked] == [2, *[1] * KEPT]


def test_their_number_and_when_the_last_one_came_are_known_without_them():
    asked = Asked(7)
    mentions = ArticleMentions(asked)
    assert mentions
    assert (mentions.count, len(mentions)) == (2, 2)
    assert mentions.updated == received(number=7).received
    assert not asked.times


def test_a_mention_has_what_is_known_of_it():
    (each,) = shown(
        received(
            author=Author("ann maria lee", "https://ann.example/", "https://ann.example/me.png"),
            url="https://net.example:8443/@ann/1",
            title="Slate",
        ),
        zone=ZoneInfo("Pacific/Auckland"),
        picture={"https://ann.example/me.png": "faces/1.png"}.get,
    )
    assert (each.author.initials, each.author.picture) == ("AL", "faces/1.png")
    assert (each.url, each.host) == ("https://net.example:8443/@ann/1", "net.example:8443")
    assert each.source == "https://ann.example/notes/0"
    assert (each.text, each.title) == ("Mine is of slate.", "Slate")
    assert each.published.isoformat() == "2026-02-01T23:00:00+13:00"
    assert each.date == "2026-02-01"
    assert each.received == received().received


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//ann.example/", "x"])
def test_only_addresses_of_the_web_are_links(url):
    """What reads mentions sees to it; a file can be edited by hand."""
    (each,) = shown(received(source=url, url=url, author=Author("Ann", url)))
    assert (each.url, each.source, each.host, each.author.url) == ("", "", "", "")
    (each,) = shown(received(url=url))
    assert each.url == "https://ann.example/notes/0"


STAYS = frozenset({0x09, 0x0A, 0x0D, 0x85, 0xA0, 0x2028, 0xE000})


@pytest.mark.parametrize(
    "number", [*range(0x20), 0x7F, 0xD800, 0xDFFF, 0xFFFE, 0x202E, 0x2066, *sorted(STAYS)[3:]]
)
def test_a_page_has_no_character_that_no_page_can_have(number):
    """A line may have it as an escape of JSON; line ends, tabs and what is rare may stay."""
    may_stay = number in STAYS
    said = f"Mine{chr(number)} is of slate"
    (each,) = shown(received("mention", text=said, title=said, author=Author(said)))
    expected = said if may_stay else "Mine\ufffd is of slate"
    assert [each.text, each.title, each.author.name] == [expected] * 3


@pytest.mark.parametrize("behind", ["", "/@ann", "?.bank.example/", "#.bank.example/"])
def test_the_host_of_a_mention_is_nothing_that_a_stranger_writes_behind_it(behind):
    (each,) = shown(received(url=f"https://net.example:8443{behind}"))
    assert each.host == "net.example:8443"


EARLY = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("published", "why"),
    [
        (None, "nobody said when"),
        (received().received + YEAR, "it is after the receipt"),
        (EARLY, "there was no web"),
    ],
)
def test_a_date_that_cannot_be_is_that_of_the_receipt(published, why):
    (each,) = shown(received(published=published))
    assert each.published == received().received, why


def test_the_ends_of_the_calendar_have_no_other_zone():
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    for when, zone in ((EARLY, "America/Lima"), (last, "Asia/Tokyo")):
        (each,) = shown(received(published=None, received=when), zone=ZoneInfo(zone))
        assert each.published == when


# Each once


def both(kind, first, second, **more):
    """The same person's mention directly, and by a bridge."""
    direct = received(kind, "Nell", first, **more)
    url = "https://bridge.example/notes/"
    by_bridge = received(
        kind,
        "Nell",
        second,
        source=f"{url}{second}",
        author=Author("N.", "http://Nell.example"),
        **more,
    )
    return direct, by_bridge


@pytest.mark.parametrize("kind", ["like", "repost", "bookmark", "reply", "quote"])
@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
@pytest.mark.parametrize("turn", [1, -1])
def test_what_came_by_two_ways_counts_once_and_the_direct_one_stays(kind, order, turn):
    (each,) = shown(*both(kind, *order)[::turn])
    assert each.source == f"https://nell.example/notes/{order[0]}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://ann.example/", "http://www.ann.example"),
        ("https://m\u00fcller.example/", "https://xn--mller-kva.example"),
        ("https://ann.example:443/", "https://ann.example"),
        ("https://m.example/%40Ann/", "https://m.example/@ann"),
    ],
)
def test_a_person_is_one_however_the_address_is_written(one, other):
    a, b = (
        received("like", "Ann", n, author=Author("Ann", url)) for n, url in ((1, one), (2, other))
    )
    assert len(shown(a, b)) == 1


def test_persons_on_one_page_are_several():
    team = [Author("N.", f"https://team.example/{each}") for each in ("", "?id=1", "#ann", "#bob")]
    assert len(shown(*(received("like", "N", n, author=a) for n, a in enumerate(team)))) == 4


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_the_direct_one_is_known_by_the_host_however_the_address_goes_on(order):
    author = Author("Nell", "https://nell.example?about")
    direct = received("like", "Nell", order[0], author=author)
    bridged = received(
        "like", "Nell", order[1], source="https://bridge.example/notes/1", author=author
    )
    (each,) = shown(direct, bridged)
    assert each.source == direct.source


def test_of_two_answers_to_an_invitation_the_last_counts():
    direct, by_another = both("rsvp", 1, 4, rsvp="no")
    later = received("rsvp", "Nell", 3, rsvp="yes", source="https://brid.gy/notes/3")
    for each in (direct, later, by_another), (by_another, later, direct):
        assert [each.rsvp for each in shown(*each)] == ["yes"]


def test_who_writes_another_ones_name_does_not_answer_for_them():
    ann = received("rsvp", "Ann", 1, rsvp="yes")
    eve = received("rsvp", "Ann", 2, rsvp="no", source="https://eve.example/notes/2")
    for each in (ann, eve), (eve, ann):
        assert [each.rsvp for each in shown(*each)] == ["yes"]


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        (received("like", "Nell", 1), received("repost", "Nell", 2), "two acts"),
        (
            received("reply", "Nell", 1, text="One."),
            received("reply", "Nell", 2, text="Two."),
            "two texts",
        ),
        (
            received("mention", "Nell", 1),
            received("mention", "Nell", 2),
            "two pages, of which nothing is known",
        ),
        (
            received("like", "Nell", 1),
            received(
                "like", "Nell", 1, author=Author("Nell", "https://other.example/"), source="b"
            ),
            "a name is not a person",
        ),
        (
            received("like", "Nell", 1, author=Author("Nell")),
            received("like", "Nell", 2, author=Author("Nell")),
            "nothing is known of either",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_two_stay_two(a, b, why):
    assert shown(a, b).count == 2, why


# The conversation


def tree(replies):
    return {each.author.name: tree(each.replies) for each in replies}


def said(who, number, parent=None, **more):
    return received("reply", who, number, text=who, parent=parent.id if parent else "", **more)


def test_answers_are_below_what_they_answer_in_order_of_time():
    ann = said("Ann", 5)
    bo = said("Bo", 3, ann)  # by a clock that is slow
    cy = said("Cy", 6, bo)
    di = said("Di", 7, ann)
    found = shown(di, cy, said("Ed", 1), bo, ann)
    assert tree(found.replies) == {"Ed": {}, "Ann": {"Bo": {"Cy": {}}, "Di": {}}}
    assert people(found) == ["Ed", "Bo", "Ann", "Cy", "Di"]


def test_a_fragment_names_what_is_answered():
    ann = said("Ann", 1)
    bo = said("Bo", 2, fragment=f"mention-{ann.id}")
    cy = said("Cy", 3, fragment="walls")
    assert tree(shown(ann, bo, cy).replies) == {"Ann": {"Bo": {}}, "Cy": {}}


def test_an_answer_to_what_is_not_shown_stands_for_itself():
    hidden = said("Ann", 1)
    emoji = received("reply", "Cy", 3, text="👍")
    found = shown(said("Bo", 2, hidden), emoji, said("Di", 4, emoji))
    assert tree(found.replies) == {"Bo": {}, "Di": {}}


def test_an_rsvp_with_a_note_is_part_of_the_conversation():
    found = shown(received("rsvp", "Ann", 1, rsvp="maybe", text="If it is dry."), said("Bo", 2))
    assert people(found.replies) == ["Ann", "Bo"]
    assert people(found.rsvps) == ["Ann"]


def test_a_circle_of_answers_is_opened():
    ann, bo, cy = (said(who, number) for number, who in enumerate(["Ann", "Bo", "Cy"]))
    ring = [
        said("Ann", 0, cy),
        said("Bo", 1, ann),
        said("Cy", 2, bo),
        said("Di", 3, said("Di", 3)),
    ]
    found = shown(*ring).replies
    assert tree(found) == {"Cy": {"Ann": {"Bo": {}}}, "Di": {}}


def test_a_deep_conversation_is_not_deep_on_the_page():
    chain = [said("A0", 0)]
    for number in range(1, 3000):
        chain.append(said(f"A{number}", number, chain[-1]))
    replies, depth = shown(*chain).replies, 1
    while len(replies) == 1:
        replies, depth = replies[0].replies, depth + 1
    assert depth == DEEPEST
    assert people(replies) == [f"A{number}" for number in range(DEEPEST - 1, 3000)]


# Reactions


def test_reactions_are_lines_of_names_with_a_number():
    crowd = [received("like", f"P{number}", number) for number in range(10_000)]
    comers = [
        received("rsvp", f"R{number}", number, rsvp=rsvp)
        for number, rsvp in enumerate(["no", "yes", "perhaps", "maybe", "interested", "yes"])
    ]
    found = shown(*crowd, *comers, received("bookmark", "Bo"), received("repost", "Cy"))
    assert [(line.name, line.count, line.more) for line in found.lines] == [
        ("likes", 10_000, 10_000 - NAMES),
        ("reposts", 1, 0),
        ("bookmarks", 1, 0),
        ("yes", 2, 0),
        ("maybe", 1, 0),
        ("interested", 1, 0),
        ("no", 1, 0),
        ("rsvps", 1, 0),
    ]
    assert people(found.lines[0].some) == [f"P{number}" for number in range(NAMES)]
    assert found.lines[3].label == "Attending"


@pytest.mark.parametrize(
    "text",
    ["👍", "👍🏽", "❤️", "❤", " 🎉\n", "👩‍👩‍👧‍👦", "🇵🇹", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "🧑🏿‍🚀", "☕️", "‼️", "⭐", "♥"],
)
def test_one_emoji(text):
    assert is_emoji(text)


@pytest.mark.parametrize(
    "text", ["", "a", "👍👍", "👍 yes", "1", "?", "🇵", "->", "\u200d", "👍" * 99]
)
def test_no_emoji(text):
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Ann Lee", "AL"),
        ("ann", "A"),
        ("  ", ""),
        ("", ""),
        ("blog.example", "B"),
        ("李小龙", "李"),
        ("(they) Bo @ Ek", "BE"),
        ("🌱", "🌱"),
        ("@oda", "O"),
        ("<b> [2001:db8::1]", "B"),
        ("\u200b\u2060", ""),
        ("...", "."),
        ("Ж. Дюма", "ЖД"),
    ],
)
def test_initials(name, initials):
    assert initials_of(name) == initials


# Words


WORDS = json.loads(files(display).joinpath("words.json").read_text(encoding="utf-8"))
PAGE = json.loads(
    files("pelican_linkback.plugin.feeds.page").joinpath("words.json").read_text(encoding="utf-8")
)


def test_the_languages_are_those_of_the_feeds_and_each_has_every_word():
    assert WORDS.keys() == PAGE.keys()
    assert {frozenset(words) for words in WORDS.values()} == {names()}
    assert all(text.strip() == text != "" for words in WORDS.values() for text in words.values())


@pytest.mark.parametrize(
    ("language", "spoken", "direction", "heading"),
    [
        ("de_AT.UTF-8", "de", "ltr", "Stimmen aus dem Web"),
        ("he", "he", "rtl", "תגובות מהרשת"),
        ("zh-TW", "zh-Hant", "ltr", "來自網路的回應"),
        ("tlh", "en", "ltr", "Responses"),
        ("", "en", "ltr", "Responses"),
    ],
)
def test_words_are_those_of_the_page(language, spoken, direction, heading):
    words = words_for(language, {})
    assert (words.language, words.direction, words["heading"]) == (spoken, direction, heading)


def test_an_author_has_the_last_word():
    words = words_for("de", {"heading": "Echo"})
    assert (words["heading"], words["likes"]) == ("Echo", "Gefällt")
