"""One build: the files before it, and what is wrong with those that it left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.years import checks, oracle
from tests.years.author import Article, Articles, Config
from tests.years.clone import Clone


@dataclass(frozen=True)
class Publication:
    """A build of ``clone`` with ``config``; ``articles`` are those that its feeds show."""

    clone: Clone
    config: Config
    articles: Articles
    feeds: checks.Files
    state: checks.Files
    built: Mapping[int, tuple[float, tuple[int, int, int] | None]]
    feed_fails: bool

    @classmethod
    def begin(cls, clone: Clone, config: Config, true: float, *, feed_fails: bool) -> Publication:
        this = cls(
            clone,
            config,
            clone.published(true),
            clone.feeds,
            checks.files_of(clone.state, "*.jsonl"),
            dict(clone.known.built),
            feed_fails,
        )
        if this.publishes:
            for uid, each in this.articles.items():
                first = clone.known.first.setdefault(each.content, true)
                clone.known.built[uid] = first, each.content
        return this

    @property
    def publishes(self) -> bool:
        return self.config.plugin and not self.config.host.startswith("localhost")

    def end(self, *, is_whole: bool) -> Iterator[str]:
        """Yield what is wrong, and learn from what was done."""
        last, self.clone.last = self.clone.last, None
        if not self.config.plugin:
            self.clone.foreign |= self.clone.feeds.keys()
        if self.publishes and not is_whole:
            self.clone.known.built = dict(self.built)
            oracle.learn_part(self.clone.known, self.clone.articles, self.config)
        if not (self.publishes and is_whole):
            return
        yield from self._wrong_feeds()
        yield from self._wrong_memory()
        if last is not None and last[1] == self.config and not self.feed_fails:
            yield from self._touched(*last[::2])
        oracle.learn_publication(self.clone.known, self.clone.articles, self.config)
        if not self.feed_fails:
            self.clone.last = (self.articles, self.config, dict(self.clone.articles))

    def _wrong_feeds(self) -> Iterator[str]:
        expected, found = oracle.feeds_of(self.articles), {}
        ids: dict[int, set[str]] = {}
        self.clone.foreign -= expected.keys()
        for name, (body, _) in self.clone.feeds.items():
            if self.feed_fails and name.startswith("tag-"):
                expected.pop(name, None)
                if name not in self.feeds or body != self.feeds[name][0]:
                    yield f"{name} failed, and was touched"
                continue
            if name in self.clone.foreign:
                continue
            found[name] = [uid for uid, _ in checks.entries_of(body)]
            for uid, unique_id in checks.entries_of(body):
                ids.setdefault(uid, set()).add(unique_id)
        if self.feed_fails:
            failed = {name for name in oracle.feeds_of(self.articles) if name.startswith("tag-")}
            if lost := failed & self.feeds.keys() - self.clone.feeds.keys():
                yield f"a feed that failed cost what was published before: {lost}"
            expected = {name: uids for name, uids in expected.items() if name not in failed}
        if found != expected:
            yield f"the feeds hold {_difference(found, expected)}"
        if several := {uid: names for uid, names in ids.items() if len(names) > 1}:
            yield f"several ids of one entry: {several}"
        one = {uid: min(names) for uid, names in ids.items()}
        yield from oracle.wrong_ids(self.clone.known, self.articles, self.config, one)

    def _wrong_memory(self) -> Iterator[str]:
        for name in ("ids.jsonl", "deliveries.jsonl"):
            if not self.clone.lines(name).startswith(self.state.get(name, (b"", 0))[0]):
                yield f"{name} was not only added to"

    def _touched(self, were: Articles, all_were: Articles) -> Iterator[str]:
        """Yield the files that were touched, and nothing has changed that they say."""
        feeds, now, then = self.clone.feeds, self.articles, oracle.feeds_of(were)
        for name, uids in oracle.feeds_of(now).items():
            same = _articles(uids, now) == _articles(then.get(name, []), were)
            if name in then and same and feeds.get(name) != self.feeds.get(name):
                yield f"{name} was touched, and nothing in it has changed"
        if oracle.entries(all_were) == oracle.entries(self.clone.articles):
            after = checks.files_of(self.clone.state, "*.jsonl")
            for name in ("ids.jsonl", "entries.jsonl"):
                if self.state.get(name) != after.get(name):
                    yield f"{name} was touched, and nothing has changed"


def _articles(uids: list[int], of: Articles) -> list[Article]:
    return [of[uid] for uid in uids]


def _difference(found: Mapping[str, object], expected: Mapping[str, object]) -> str:
    return ", ".join(
        f"{name}: {found.get(name)} in place of {expected.get(name)}"
        for name in sorted({*found, *expected})
        if found.get(name) != expected.get(name)
    )
