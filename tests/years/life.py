"""The life of a site: what its author does, what happens to it, and what is checked each time."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pelican

from tests.years import checks, oracle
from tests.years.author import Article, Config, Pen, write_content
from tests.years.clone import MERGED, Clone, merge
from tests.years.oracle import DAY, Knowledge
from tests.years.process import Clock, Ended, Step, run
from tests.years.publication import Publication
from tests.years.world import UNREACHABLE, OwnHost, World, feed_seen

NEW_YEAR = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
PAUSES = (600.0, 3 * 3600.0, 0.9 * DAY, 2 * DAY, 5 * DAY, 15 * DAY)
LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "nl")
THEME = str(Path(pelican.__file__).parent / "themes" / "simple")


class Life:
    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.world = World(self.random)
        self.pen = Pen(self.random, self.world.targets)
        self.config = Config(emptied=self.random.random() < 0.5, sends=self.random.random() < 0.5)
        self.true = NEW_YEAR
        self.clones = [Clone(name, folder / name) for name in ("home", "away")]
        for clone in self.clones:
            (clone.folder / "output").mkdir(parents=True)
        self.publications = 0
        self.retracted: dict[tuple[str, str], int] = {}
        self.lost_at = 0.0
        self.deliberate: Counter[str] = Counter()
        self.violations: list[str] = []
        self.diary: list[str] = []

    # What happens

    def live(self, publications: int) -> None:
        """Live through so many publications, then see what has come of it all."""
        for _ in range(3):
            self._write(self.clones[0])
        self._merge()
        while self.publications < publications:
            self._spend_a_while()
        self._come_to_rest()

    def _spend_a_while(self) -> None:
        random = self.random
        self.true += random.choice(PAUSES)
        clone = random.choice([self.clones[0]] * 3 + [self.clones[1]])
        for _ in range(random.randint(0, 3)):
            self._change(clone)
        for chance, event in self._events():
            if random.random() < chance:
                event(clone)
        self._build(clone, kills=True)
        if random.random() < 0.2:
            self._build(clone)
        self.true += random.choice(PAUSES[:3])
        if random.random() < 0.8:
            self._upload(clone)
        if random.random() < 0.7:
            self._send(clone, kills=True)

    def _events(self) -> list[tuple[float, Callable[[Clone], None]]]:
        return [
            (0.4, lambda _: self._trouble()),
            (0.15, lambda _: self._merge()),
            (0.03, lambda _: self._move()),
            (0.04, self._jump),
            (0.05, self._mistake_the_address),
            (0.03, self._build_for_looking),
            (0.03, self._build_without_plugin),
            (0.04, self._build_with_a_failing_feed),
            (0.01, self._lose_the_memory),
            (0.02, lambda _: self._correct_the_language()),
            (0.1, self._take_away),
            (0.05, self._look),
            (0.05, lambda _: self._own_trouble()),
        ]

    def _note(self, what: str) -> None:
        self.diary.append(f"{datetime.fromtimestamp(self.true, UTC):%Y-%m-%d %H:%M} {what}")

    def _wrong(self, what: str) -> None:
        self._note(f"VIOLATION: {what}")
        self.violations.append(f"seed {self.seed}, publication {self.publications}: {what}")

    def _write(self, clone: Clone) -> None:
        self.true += 60
        article = self.pen.article(datetime.fromtimestamp(self.true, UTC))
        clone.articles[article.uid] = replace(article, edited=self.true)
        self._note(f"{clone.name} writes {article}")

    def _change(self, clone: Clone) -> None:
        self.true += 60
        if self.random.random() < 0.35 or not clone.articles:
            self._write(clone)
            return
        uid = self.random.choice(sorted(clone.articles))
        if len(clone.articles) > 14:
            uid = min(clone.articles)
            self._note(f"{clone.name} takes away {clone.articles.pop(uid)}")
            return
        new = replace(self.pen.edited(clone.articles[uid]), edited=self.true)
        self._note(f"{clone.name} edits {new}")
        clone.articles[uid] = new

    def _take_away(self, clone: Clone) -> None:
        """Delete an article, and retract what was sent of it."""
        if not clone.articles:
            return
        article = clone.articles.pop(self.random.choice(sorted(clone.articles)))
        self._note(f"{clone.name} takes away {article}, and retracts it")
        self._build(clone)
        told = [
            key
            for key, told in sorted(clone.known.told.items())
            if told.protocol == "webmention" and told.sure and (told.seen or (0,))[0] == article.uid
        ]
        for source in dict(told):
            self._command(clone, "retract", source)
        self.retracted |= dict.fromkeys(told, article.uid)
        self._upload(clone)

    def _trouble(self) -> None:
        self.world.trouble()
        moods = {host: site.mood for host, site in self.world.receivers.items() if site.mood}
        self._note(f"troubles: {moods}")

    def _own_trouble(self) -> None:
        host = self.world.own[self.config.host]
        host.mood = "" if host.mood else self.random.choice(["503", UNREACHABLE])
        self._note(f"the own host: {host.mood or 'well'}")

    def _jump(self, clone: Clone) -> None:
        """Let a clock go wrong, or right."""
        wrong = self.random.choice([-400 * DAY, -2 * DAY, 3 * 3600.0, 2 * DAY, 900 * DAY])
        clone.ahead = 0.0 if clone.ahead else wrong
        clone.jumped_at = self.true
        self.world.forgive(clone.name)
        self._note(f"the clock of {clone.name} is {clone.ahead / DAY:.1f} days ahead")

    def _move(self) -> None:
        """Move to another domain."""
        self._merge()
        old, new = self.config.host, f"blog{len(self.world.own)}.example.io"
        own = self.world.own[old]
        self.world.own[new] = OwnHost(dict(own.files), own.strips)
        how = self.random.choice(["redirects", "redirects", "gone", "stays", "down"])
        own.leads_to = new if how == "redirects" else ""
        own.mood = {"gone": "gone", "down": UNREACHABLE}.get(how, "")
        self.config = replace(self.config, host=new)
        self._note(f"moves from {old}, which {how}, to {new}")

    def _merge(self) -> None:
        merge(*self.clones)
        back = self.clones[0].articles  # what one took away, the other may have edited since
        self.retracted = {key: uid for key, uid in self.retracted.items() if uid not in back}
        self._note("the clones are merged")

    # Mistakes

    def _mistake_the_address(self, clone: Clone) -> None:
        self._note("a wrong SITEURL")
        self._build(clone, replace(self.config, host="typo.example.io"))

    def _build_for_looking(self, clone: Clone) -> None:
        before = {name: clone.lines(name) for name in MERGED}
        self._build(clone, replace(self.config, host="localhost:8000"))
        if before != {name: clone.lines(name) for name in MERGED}:
            self._wrong("a build that publishes nothing wrote to the memory")

    def _build_without_plugin(self, clone: Clone) -> None:
        self._build(clone, replace(self.config, plugin=False))

    def _build_with_a_failing_feed(self, clone: Clone) -> None:
        self._build(clone, feed_fails=True)

    def _lose_the_memory(self, clone: Clone) -> None:
        self._note(f"{clone.name} loses its memory")
        shutil.rmtree(clone.state, ignore_errors=True)
        self.world.forgive(clone.name)
        self.retracted.clear()
        self.lost_at = self.true
        clone.known.forget()
        clone.base = (clone.base[0], Knowledge(), {})
        self.clones[0].base = (self.clones[0].base[0], Knowledge(), {})
        clone.last = None

    def _correct_the_language(self) -> None:
        """Correct DEFAULT_LANG, in a build of its own."""
        if self.config.lang == LANGUAGES[-1]:
            return
        self._merge()
        self._build(self.clones[0])
        self._merge()
        self.config = replace(self.config, lang=LANGUAGES[LANGUAGES.index(self.config.lang) + 1])
        self._note(f"the language is {self.config.lang}")
        self._build(self.clones[0])
        self._merge()

    # What its author does

    def _look(self, clone: Clone) -> None:
        clone_lines = {name: clone.lines(name) for name in MERGED}
        self._command(clone, self.random.choice(["plan", "status"]))
        if clone_lines != {name: clone.lines(name) for name in MERGED}:
            self._wrong("a look wrote to the memory")
        self._command(clone, "compact")

    def _step(self, clone: Clone, *, kills: bool = False) -> Step:
        killed_at = self.random.randint(1, 30) if kills and self.random.random() < 0.12 else 0
        return Step(clone.folder, clone.name, built_at=clone.built_at, killed_at=killed_at)

    def _run(self, clone: Clone, step: Step) -> Ended:
        clock = Clock(self.true, clone.ahead)
        heard = len(self.world.heard)
        ended = run(step, self.world, clock)
        self.true = clock.true
        if ended.killed:
            oracle.learn_kill(clone.known, clone.published(self.true), self.world.own)
        news = self.world.heard[heard:]
        for each in news:
            if why := oracle.wrong_telling(clone.known, each, clone.jumped_at):
                self._wrong(f"{why}: {each}")
            answered = self._mood(each.target) != "lost" and not (ended.killed and each == news[-1])
            oracle.learn_telling(clone.known, each, answered=answered)
            if each.seen:
                self.retracted.pop((each.source, each.target), None)
        what = f"{step.command or 'build'} of {clone.name}: {news}{' KILLED' * ended.killed}"
        self._note(f"{what}\n{ended.said}")
        self._look_at_the_end(clone, ended)
        return ended

    def _mood(self, target: str) -> str:
        site = self.world.site(target.split("/")[2])
        return site.mood if site else ""

    def _look_at_the_end(self, clone: Clone, ended: Ended) -> None:
        for each in self.world.violations:
            self._wrong(each)
        self.world.violations.clear()
        if ended.killed:
            self.world.forgive(clone.name)
        if ended.error:
            self._wrong(f"an exception: {ended.error}\n{ended.said}")
        for level, message in ended.messages:
            self._note(f"{level}: {message}")
            if level >= logging.ERROR and "bad mood" not in message:
                self._wrong(message)

    def _command(self, clone: Clone, *command: str, kills: bool = False) -> None:
        self.config.write(clone.folder, THEME)
        write_content(clone.folder, clone.articles.values())
        self._run(clone, replace(self._step(clone, kills=kills), command=command))

    def _send(self, clone: Clone, *, kills: bool = False) -> None:
        wait = ("--wait", "2m") if self.random.random() < 0.3 else ()
        self._command(clone, "send", *wait, kills=kills)

    def _upload(self, clone: Clone) -> None:
        pages = checks.files_of(clone.folder / "output", "**/*.*ml")
        self.world.upload(self.config.host, {name: body for name, (body, _) in pages.items()})
        self._note(f"{clone.name} uploads")

    def _build(
        self,
        clone: Clone,
        config: Config | None = None,
        *,
        feed_fails: bool = False,
        kills: bool = False,
    ) -> None:
        config = config or self.config
        config.write(clone.folder, THEME)
        write_content(clone.folder, clone.articles.values())
        this = Publication.begin(clone, config, self.true, feed_fails=feed_fails)
        if this.publishes:
            # A clone that has the article brings it back: "plan" names it when it vanishes again.
            there = clone.articles
            self.retracted = {key: uid for key, uid in self.retracted.items() if uid not in there}
        self.publications += this.publishes
        clone.built_at = self.true + clone.ahead
        ended = self._run(clone, replace(self._step(clone, kills=kills), feed_fails=feed_fails))
        for each in this.end(is_whole=not (ended.killed or ended.error)):
            self._wrong(each)

    # The end

    def _come_to_rest(self) -> None:
        """Let all troubles end, and see that nothing is lost."""
        self._note("all troubles end")
        self._merge()
        self.world.calm()
        home = self.clones[0]
        home.ahead = 0.0
        self.config = replace(self.config, sends=True)
        self.true += 20 * DAY
        for command in ("", "--retry-failed", "", ""):
            self._build(home, replace(self.config, emptied=True))
            self._upload(home)
            self._command(home, "send", *filter(None, [command]), "--wait", "2m")
            self.true += 9 * DAY
        for target in self.world.targets:
            self._check_target(home, target)
        for source, target in sorted(self.retracted):
            site = self.world.receivers[target.split("/")[2]]
            if (target, source) in site.holds and self._is_gone(source):
                self._wrong(f"{target} still holds {source}, which was retracted")
        for name, (body, _) in home.feeds.items():
            url = f"{self.config.site_url}/feeds/{name}"
            # To who has lost the memory a feed is new to its hub, which hears of the next change.
            told = (each for (source, _), each in home.known.told.items() if source == url)
            was_told = any(each.at > self.lost_at for each in told)
            if was_told and self.world.pinged.get(url, feed_seen(body)) != feed_seen(body):
                self._wrong(f"the hub does not know the present {url}")

    def _is_gone(self, source: str) -> bool:
        page = self.world.fetch(source)
        return page.status == 404 or b"410 Gone" in page.body

    def _check_target(self, home: Clone, target: str) -> None:
        articles = home.published(self.true)
        site = self.world.receivers[target.split("/")[2]]
        if not site.takes:
            return
        pinged = {(content[0], there) for (there, _), content in site.pinged.items()}
        for article, held in oracle.missing(articles, site.holds, target):
            if (article.uid, target) in pinged:
                continue
            if held and self._was_told_early(home, article, target):
                self.deliberate["told after a day, before the upload"] += 1
                continue
            self._wrong(f"{target} does not know {article}, but {held}")
        for source, there, content in oracle.left_over(articles, site.holds, [target]):
            if self.world.seen(source, there) or (content[0], there) in pinged:
                # The answer to a webmention was lost, and a pingback was taken in its place.
                self.deliberate["an old address still online, or a pingback at last"] += 1
                continue
            self._wrong(f"{there} still holds {content} from {source}")

    def _was_told_early(self, home: Clone, article: Article, target: str) -> bool:
        return any(
            told.meant == article.content and told.seen != told.meant
            for (_, there), told in home.known.told.items()
            if there == target
        )


def lived(
    seed: int, publications: int, diaries: Path | None
) -> tuple[int, list[str], Counter[str]]:
    """Return how many publications a life had, its violations, and what was deliberate."""
    with tempfile.TemporaryDirectory() as folder:
        life = Life(seed, Path(folder))
        life.live(publications)
    if diaries:
        diaries.mkdir(exist_ok=True)
        (diaries / f"{seed}.txt").write_text("\n".join(life.diary))
    return life.publications, life.violations, life.deliberate
