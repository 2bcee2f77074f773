"""What must come of a site's life, said without the package: by its documentation alone.

A clone of the site knows what it did and what was merged into it. ``Knowledge`` is the oracle's
idea of that, beside the state folder and without a look into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from tests.years.author import Article, Articles, Config, Content
from tests.years.world import Heard

DAY = 86400.0
LIMIT = 6
EVERY = "every.atom.xml"


class Told(NamedTuple):
    """What a clone knows of the last delivery of a mention; ``sure`` if the answer was yes."""

    protocol: str
    seen: Content | None
    meant: Content | None
    sure: bool
    at: float


@dataclass
class Knowledge:
    """What a clone can know."""

    ids: dict[int, frozenset[str]] = field(default_factory=dict)
    """The ids that an entry may have: one, or those that two branches gave it."""

    places: dict[int, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """The files and URLs at which an entry was published."""

    first: dict[Content, float] = field(default_factory=dict)
    """When a version was built first."""

    printed: dict[int, frozenset[tuple[int, int]]] = field(default_factory=dict)
    """The titles and texts of the last publication, of each branch."""

    told: dict[tuple[str, str], Told] = field(default_factory=dict)
    """By source and target."""

    built: dict[int, tuple[float, Content | None]] = field(default_factory=dict)
    """When the present version of an article was built first, and what it is.

    None where two branches know different ones, until the next build.
    """

    perhaps: dict[int, frozenset[str]] = field(default_factory=dict)
    """The ids that a build may have given that was killed."""

    used: frozenset[str] = frozenset()

    begun: frozenset[tuple[str, str]] = frozenset()
    """By source and target, what a run that was killed may have been about to tell."""

    def forget(self) -> None:
        """Forget all, as a site does whose state folder is lost."""
        self.__init__()

    def copy(self) -> Knowledge:
        return deepcopy(self)


def merged(base: Knowledge, one: Knowledge, other: Knowledge) -> Knowledge:
    """Return what both branches know together."""
    both = Knowledge(used=one.used | other.used, begun=one.begun | other.begun)
    for uid in {*one.ids, *other.ids}:
        both.ids[uid] = one.ids.get(uid, frozenset()) | other.ids.get(uid, frozenset())
    for uid in {*one.printed, *other.printed}:
        a, b, was = (each.printed.get(uid, frozenset()) for each in (one, other, base))
        # As git merges entries.jsonl: what a branch took out, and the other left, is out.
        both.printed[uid] = (a & b) | (a - was) | (b - was)
    for name in ("places", "perhaps"):
        a, b = getattr(one, name), getattr(other, name)
        for uid in {*a, *b}:
            getattr(both, name)[uid] = a.get(uid, frozenset()) | b.get(uid, frozenset())
    for content in {*one.first, *other.first}:
        both.first[content] = min(
            each.first[content] for each in (one, other) if content in each.first
        )
    for uid in {*one.built, *other.built}:
        of_each = [each.built[uid] for each in (one, other) if uid in each.built]
        content = of_each[0][1] if of_each[0][1] == of_each[-1][1] else None
        both.built[uid] = max(at for at, _ in of_each), content
    for key in {*one.told, *other.told}:
        a, b, was = one.told.get(key), other.told.get(key), base.told.get(key)
        if was in {a, b}:
            found = b if a == was else a
        else:  # both have sent it since: which came last, their clocks may not know
            found = max((each for each in (a, b) if each), key=lambda told: told.at)
            found = found._replace(sure=found.sure and found.protocol == "pingback")
        if found is not None:
            both.told[key] = found
    return both


def plain_id(article: Article, site_url: str) -> str:
    """Return the id that Pelican gives to a new entry."""
    host = site_url.removeprefix("https://")
    return f"tag:{host},{article.date:%Y-%m-%d}:/{article.url}"


def entries(articles: Articles) -> dict[int, Article]:
    """Return what has an id: all but drafts."""
    return {uid: article for uid, article in articles.items() if not article.is_draft}


def published(articles: Articles, now: datetime) -> dict[int, Article]:
    """Return what is no draft, and not of the future by the clock of the clone."""
    return {
        uid: article
        for uid, article in entries(articles).items()
        if article.date.replace(tzinfo=UTC) <= now
    }


def is_recognised(known: Knowledge, article: Article) -> bool:
    """Return whether an entry can be known again by its file, its URL, its text or its title."""
    places = known.places.get(article.uid, frozenset())
    if any(article.file == file or article.url == url for file, url in places):
        return True
    printed = known.printed.get(article.uid, frozenset())
    return any(article.title == title or article.text == text for title, text in printed)


def wrong_ids(
    known: Knowledge, articles: Articles, config: Config, found: Mapping[int, str]
) -> Iterator[str]:
    """Yield what is wrong with the ids ``found`` in feeds, and learn them."""
    for uid, unique_id in sorted(found.items()):
        article = articles.get(uid)
        if article is None:
            continue
        allowed = known.ids.get(uid, frozenset())
        if allowed and is_recognised(known, article):
            if unique_id not in allowed:
                yield f"{article} has the id {unique_id}, and had {sorted(allowed)}"
        elif unique_id in known.used - allowed:
            yield f"{article} has the id {unique_id}, which was another's"
        elif unique_id not in {plain_id(article, config.site_url), *known.perhaps.get(uid, ())}:
            yield f"{article} is new, and has the id {unique_id}"
        known.ids[uid] = frozenset({unique_id})
    if len(set(found.values())) != len(found):
        yield f"two entries have one id: {found}"


def learn_publication(known: Knowledge, articles: Articles, config: Config) -> None:
    """Learn that a clone has published these ``articles``, those of the future included."""
    here = entries(articles)
    known.printed = {uid: frozenset({(each.title, each.text)}) for uid, each in here.items()}
    for uid, each in here.items():
        known.places[uid] = frozenset({(each.file, each.url)})
        known.ids.setdefault(uid, frozenset({plain_id(each, config.site_url)}))
    known.used |= frozenset(name for ids in known.ids.values() for name in ids)


def learn_part(known: Knowledge, articles: Articles, config: Config) -> None:
    """Learn what a publication that was killed may have done already."""
    for uid, each in entries(articles).items():
        new_id = frozenset({plain_id(each, config.site_url)})
        known.perhaps[uid] = known.perhaps.get(uid, frozenset()) | new_id
        if uid in known.ids and not is_recognised(known, each):
            known.ids[uid] |= new_id  # the next build recognises it by what this one wrote
        known.places[uid] = known.places.get(uid, frozenset()) | {(each.file, each.url)}


def learn_kill(known: Knowledge, articles: Articles, hosts: Iterable[str]) -> None:
    """Learn that a run was killed, perhaps when it had noted a telling, and before that was out.

    It is unknown then whether the receiver got it: it may have to hear that the link is gone.
    """
    known.begun |= frozenset(
        (source, target)
        for article in articles.values()
        for host in hosts
        for source in (f"https://{host}/{article.url}", f"https://{host}/{article.slug}")
        for target in article.targets
    )


def feeds_of(articles: Articles) -> dict[str, list[int]]:
    """Return what each feed document holds of what is published: the newest."""
    feeds: dict[str, list[int]] = {"all.atom.xml": [], "all.rss.xml": []}
    for article in sorted(articles.values(), key=lambda each: (each.date, each.uid)):
        names = ["all.atom.xml", "all.rss.xml", f"{article.category.lower()}.atom.xml"]
        names.append(f"by-{article.author.lower().replace(' ', '-')}.atom.xml")
        names += [f"tag-{tag}.atom.xml" for tag in article.tags]
        for name in names:
            feeds.setdefault(name, []).insert(0, article.uid)
    limited = {name: uids[:LIMIT] for name, uids in feeds.items()}
    return limited | {EVERY: feeds["all.atom.xml"]}


def wrong_telling(known: Knowledge, heard: Heard, jumped_at: float) -> str:
    """Return what is wrong with a telling, given what the clone knew; empty if nothing is."""
    before = known.told.get((heard.source, heard.target))
    meant = _meant(known, heard)
    if before and before.sure:
        if heard.protocol == "pingback":
            return f"told by {before.protocol}, and now by pingback"
        if (before.protocol, before.seen, before.meant) == (heard.protocol, heard.seen, meant):
            return "told of the same version twice"
    is_begun = (heard.source, heard.target) in known.begun
    if heard.seen is None and before is None and not is_begun:
        return "told for the first time of what is not online"
    if heard.seen and meant and heard.seen != meant and _is_older(heard.seen, meant):
        built_at = known.built[meant[0]][0]
        if heard.at - built_at < DAY and jumped_at < built_at:
            return f"told of {heard.seen} {heard.at - built_at:.0f} s after {meant} was built"
    return ""


def _is_older(seen: Content, meant: Content) -> bool:
    return seen[1] <= meant[1] and seen[2] <= meant[2]


def _meant(known: Knowledge, heard: Heard) -> Content | None:
    """Return the version of the article that the clone has built."""
    return known.built[heard.seen[0]][1] if heard.seen and heard.seen[0] in known.built else None


def learn_telling(known: Knowledge, heard: Heard, *, answered: bool) -> None:
    meant = _meant(known, heard)
    is_known = heard.seen is None or meant is not None or heard.protocol == "websub"
    sure = heard.taken and answered and is_known
    told = Told(heard.protocol, heard.seen, meant, sure, heard.at)
    known.told[heard.source, heard.target] = told


def missing(
    articles: Articles, holds: Mapping[tuple[str, str], Content], target: str
) -> Iterator[tuple[Article, set[Content]]]:
    """Yield the articles of which the receiver of ``target`` does not know the present version."""
    for article in articles.values():
        held = {
            content
            for (there, _), content in holds.items()
            if there == target and content[0] == article.uid
        }
        if target in article.targets and article.content not in held:
            yield article, held


def left_over(
    articles: Articles, holds: Mapping[tuple[str, str], Content], targets: Iterable[str]
) -> Iterator[tuple[str, str, Content]]:
    """Yield what receivers still hold of links that a published article has no more."""
    for (target, source), content in sorted(holds.items()):
        article = articles.get(content[0])
        if target in targets and article is not None and target not in article.targets:
            yield source, target, content
