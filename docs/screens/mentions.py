"""``make screens``: what mentions look like under an article, in four themes.

A site of one article is built with each theme and with a state folder in which something of every
kind was received. Pelican brings two of the themes; two are taken from the package index, without
what else they would install. Chromium draws the page as ``feeds.py`` draws feeds.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from itertools import product
from pathlib import Path

import pelican
from feeds import HERE, HOST, ROOT, SCHEMES, Files, browser, draw

from pelican_linkback.receiving.received import Author, Kind, Received

STOCK = Path(pelican.__file__).parent / "themes"
FROM_THE_INDEX = {
    "reflex": ("pelican-theme-reflex==4.0.1", "pelican/themes/reflex"),
    "engineering": ("pelican-engineering-theme==0.1.0", "pelican_engineering_theme/theme"),
}
SIZES = {"phone": (390, 1450), "desk": (1280, 1250)}
CHOICE = "<head><script>localStorage.setItem('pelican-engineering-theme', '{}')</script>"
"""One of the themes has its dark colours behind a button; it is drawn as after a click on that."""

CONF = """
SITENAME = "The Tide Table"
SITEURL = "http://{host}"
TIMEZONE = "Europe/Lisbon"
DEFAULT_DATE_FORMAT = "%-d %B %Y"
AUTHOR = "Ann Lee"
PLUGINS = ["pelican_linkback"]
THEME = {theme!r}
LINKBACK_SEND = False
LINKBACK_PULL = []
JINJA_ENVIRONMENT = {{"extensions": ["jinja2.ext.i18n"], "trim_blocks": True}}
JINJA_GLOBALS = {{"gettext": lambda text, **names: text % names}}
CC_LICENSE = {{}}
"""

ARTICLE = """Title: Stepping a mast at slack water
Slug: mast
Date: 2026-03-01 10:00
Category: Boats

Wait for the hour in which nothing moves. Two people can hold what ten cannot hold in the stream.
"""

TARGET = f"http://{HOST}/mast.html"
MORNING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def said(kind: str, name: str, hours: int, text: str = "", **more: str) -> Received:
    """Return what somebody said of the article, so many hours after the first morning."""
    home = f"https://{name.lower().split()[0].strip('.')}.example.net/"
    when = MORNING + dt.timedelta(hours=hours)
    url = more.pop("url", f"{home}2026/{hours}")
    return Received(
        source=url,
        url=url,
        target=TARGET,
        article=TARGET,
        kind=Kind(kind),
        author=Author(name, home),
        received=when + dt.timedelta(minutes=3),
        published=when,
        text=text,
        **more,
    )


def everything() -> list[Received]:
    """Return something of every kind."""
    question = said(
        "reply",
        "Bo Ekström",
        1,
        "Does this hold for a deck-stepped mast, too?\nOurs is 14 m, and the club's crane is gone.",
    )
    answer = said("reply", "Ann Lee", 3, "It does, with a gin pole.", parent=question.id)
    thanks = said("reply", "Bo Ekström", 20, "Then we try it on Sunday.", parent=answer.id)
    arabic = said(
        "reply",
        "ليلى حداد",
        26,
        "جرّبنا هذا في الميناء القديم، ونجح من أول مرة.",
        url="https://social.example.org/@layla/1117",
    )
    likes = [
        said("like", name, n)
        for n, name in enumerate(["Ida", "Per", "Uma Rao", "Kofi", "Mei", "Tom"])
    ]
    crowd = [said("like", f"R{n}", 30 + n) for n in range(41)]
    return [
        question,
        answer,
        thanks,
        arabic,
        *likes,
        *crowd,
        said("repost", "Harbour Post", 5),
        said("bookmark", "Nils", 6),
        said("reply", "Zoë", 7, "⛵"),
        said("reply", "Gil", 8, "☀"),
        said("rsvp", "Olga", 9, rsvp="yes"),
        said("rsvp", "Ike", 10, rsvp="maybe"),
        said(
            "mention",
            "Old Mole Almanac",
            50,
            "A week of reading for those who lay up late, with a note on gin poles.",
            title="What we read in March",
            url="https://almanac.example.com/2026/03/what-we-read",
        ),
        said(
            "quote",
            "Ruth",
            60,
            "“Two people can hold what ten cannot hold in the stream.” True of more than masts.",
        ),
    ]


def build(theme: str, folder: Path) -> Path:
    """Build the site in ``folder``, where its mentions are; return the output folder."""
    content, state = folder / "content", folder / "linkback"
    content.mkdir(parents=True)
    state.mkdir()
    (content / "mast.md").write_text(ARTICLE, encoding="utf-8")
    lines = [json.dumps(each.line(), ensure_ascii=False) + "\n" for each in everything()]
    (state / "received.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "conf.py").write_text(CONF.format(theme=theme, host=HOST), encoding="utf-8")
    program = Path(sys.executable).with_name("pelican")
    subprocess.run(
        [program, content, "-s", folder / "conf.py", "-o", folder / "output", "-q"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return folder / "output"


def themes(folder: Path) -> dict[str, str]:
    """Return the folder of each theme; those of the index are put into ``folder``."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--target", folder, *(name for name, _ in FROM_THE_INDEX.values())]
    subprocess.run(command, check=True)
    found = {name: str(folder / path) for name, (_, path) in FROM_THE_INDEX.items()}
    return {name: str(STOCK / name) for name in ("notmyidea", "simple")} | found


def main() -> None:
    """Draw every picture."""
    program = browser()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, theme in themes(folder / "packages").items():
            output = build(theme, folder / name)
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=output))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page = (output / "mast.html").read_text(encoding="utf-8")
            for scheme in SCHEMES:
                html = page.replace("<head>", CHOICE.format(scheme), 1)
                (output / f"{scheme}.html").write_text(html, encoding="utf-8")
            for size, scheme in product(SIZES, SCHEMES):
                picture = HERE / "mentions" / f"{name}-{size}-{scheme}.png"
                url, port = f"http://{HOST}/{scheme}.html", server.server_port
                draw(program, url, port, folder, picture, SIZES[size])
            server.shutdown()


if __name__ == "__main__":
    main()
