"""``pelican-linkback init``: set up an existing site for the plugin.

All changes are shown as a diff first, and written when the author agrees. A file that the program
does not understand is not changed: then a message says what to write into it by hand.
"""

from __future__ import annotations

import argparse
import difflib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from shlex import quote

import pelican.plugins
from pelican import DEFAULT_CONFIG_NAME

from pelican_linkback.cli.config_edits import (
    NAMES,
    NOT_FOR_GIT,
    git_pattern,
    merge_line,
    with_lines,
    with_plugin,
    with_setting,
    without_plugin,
)
from pelican_linkback.cli.context import PUBLISHING, path_from_here, settings_of
from pelican_linkback.cli.import_linkbacks import place_of_cache
from pelican_linkback.cli.terminal import Screen
from pelican_linkback.exceptions import LinkbackError
from pelican_linkback.journal.atomic import rewrite
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import LINKBACKS_PLUGIN
from pelican_linkback.text.printable import printable

__all__ = ["run"]

AUTHOR_FEED = "AUTHOR_FEED_ATOM", '"feeds/author/{slug}.atom.xml"'
TAKE_OUT = (
    '{}: take "linkbacks" out of PLUGINS, if it is there: pelican-plugin-linkbacks and this plugin '
    "would both notify the same sites"
)
RECIPES = {"github": ".github/workflows/publish.yml", "gitlab": ".gitlab-ci.yml"}


@dataclass(frozen=True, slots=True)
class Change:
    """A file's text before and after the change."""

    path: Path
    before: str
    after: str

    def diff(self, folder: Path) -> str:
        """Return the difference as ``diff -u`` shows it, with paths relative to ``folder``."""
        name = self.path.relative_to(folder).as_posix()
        old = f"a/{name}" if self.before else "/dev/null"
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "\n".join(map(_shown, difflib.unified_diff(before, after, old, f"b/{name}")))


def _shown(line: str) -> str:
    """Return a line of a difference; a file may end without the end of a line."""
    (text,) = line.splitlines()
    return text if text != line else f"{text}\n\\ No newline at end of file"


def run(settings: Settings, arguments: argparse.Namespace, screen: Screen) -> int:
    """Show the changes, ask, and write. Status 1 if something is left to the author."""
    folder = Path(arguments.settings or DEFAULT_CONFIG_NAME).absolute().parent
    steps = list(_steps(folder, settings, arguments))
    by_hand = [step for step in steps if isinstance(step, str)]
    changes = [each for each in steps if isinstance(each, Change) and each.before != each.after]
    for change in () if screen.json else changes:
        screen.diff(change.diff(folder))
    agreed = bool(changes) and _agreed(arguments, screen)
    for change in changes if agreed else ():
        _write(change)
    if screen.json:
        diffs = [
            {"file": each.path.relative_to(folder).as_posix(), "diff": each.diff(folder)}
            for each in changes
        ]
        screen.data({"changes": diffs, "by_hand": by_hand, "written": agreed})
    else:
        _conclude(by_hand, screen, changes=len(changes), agreed=agreed)
        if agreed and not by_hand:
            screen.say(f"Next: {_next_step(settings, publishing=folder / PUBLISHING)}")
    return 1 if by_hand or (changes and not agreed) else 0


def _steps(
    folder: Path, settings: Settings, arguments: argparse.Namespace
) -> Iterator[Change | str]:
    """Yield each change, or a sentence about what to do by hand."""
    base = folder / Path(arguments.settings or DEFAULT_CONFIG_NAME).name
    publishing = folder / PUBLISHING
    if base == publishing and (folder / DEFAULT_CONFIG_NAME).is_file():
        base = folder / DEFAULT_CONFIG_NAME
    yield from _plugins(base)
    if base != publishing:
        yield from _publishing(publishing, arguments)
    if not settings.state.is_relative_to(folder):
        yield f"keep {settings.state} with the site: it records what was sent"
        return
    state = settings.state.relative_to(folder).as_posix()
    for name, lines in {
        ".gitattributes": [merge_line(settings.state, folder)],
        ".gitignore": [git_pattern(state, name) for name in NOT_FOR_GIT],
    }.items():
        before = _read(folder / name)
        yield Change(folder / name, before, with_lines(before, lines))
    yield from _recipe(folder, state, arguments.ci)


def _plugins(file: Path) -> Iterator[Change | str]:
    """Yield the change that adds this plugin to PLUGINS and removes the one that it replaces."""
    before = _read(file)
    after = with_plugin(before, _to_name(_installed()))
    if after is None:
        yield f'{file.name}: add "pelican_linkback" to PLUGINS'
    alone = without_plugin(before if after is None else after, LINKBACKS_PLUGIN)
    if alone is None:
        yield TAKE_OUT.format(file.name)
    yield Change(file, before, alone or after or before)


def _publishing(file: Path, arguments: argparse.Namespace) -> Iterator[Change | str]:
    """Yield the changes of the settings that publish the site."""
    if not file.is_file():
        yield (
            "there is no publishconf.py: publish with settings in which SITEURL is the address "
            'of your site, such as SITEURL = "https://your.site"'
        )
        return
    before = _read(file)
    # A list of its own is in the place of that of pelicanconf.py.
    named = with_plugin(before, None) or before
    alone = without_plugin(named, LINKBACKS_PLUGIN)
    if alone is None and "linkbacks" in before.replace("pelican_linkback", ""):
        yield TAKE_OUT.format(file.name)
    after = with_setting(alone or named, *AUTHOR_FEED)
    yield (
        f"{file.name}: add {' = '.join(AUTHOR_FEED)}, unless authors are to have no feeds"
        if after is None
        else Change(file, before, after)
    )
    publishing = argparse.Namespace(**vars(arguments) | {"settings": str(file)})
    published, cache = settings_of(publishing), place_of_cache(publishing.pelican)
    if cache.is_file():
        yield (
            f"run pelican-linkback import-linkbacks -s {file.name}, which records what "
            f"pelican-plugin-linkbacks sent; then delete {cache}"
        )
    if not published.publishes:
        yield (
            f"{file.name}: set SITEURL to the address of your site, such as "
            f'SITEURL = "https://your.site"; now it is "{published.site_url}"'
        )


def _recipe(folder: Path, state: str, wanted: str | None) -> Iterator[Change | str]:
    """Yield the recipe for a CI service, if one is asked for or seems to be used."""
    kind = wanted or next((name for name in RECIPES if _seems_used(folder, name)), None)
    if kind is None:
        return
    path = folder / RECIPES[kind]
    listed = (folder / "requirements.txt").is_file()
    install = "-r requirements.txt" if listed else '"pelican[markdown]" pelican-linkback'
    text = (files("pelican_linkback.cli") / "recipes" / f"{kind}.yml").read_text(encoding="utf-8")
    # A JSON string is a YAML string, too; in a literal block the shell reads it.
    filled = {"@INSTALL@": install, "@STATE_PATH@": json.dumps(state), "@STATE@": quote(state)}
    for mark, value in filled.items():
        text = text.replace(mark, value)
    if path.exists() and _read(path) != text:
        yield (
            f"{RECIPES[kind]}: build with -e LINKBACK_SEND=false, after the upload run "
            f"pelican-linkback send -s publishconf.py --wait 10m, then commit {state}"
        )
    else:
        yield Change(path, _read(path), text)


def _seems_used(folder: Path, kind: str) -> bool:
    return (folder / RECIPES[kind].partition("/")[0]).exists()


def _installed() -> set[str]:
    """Return the plugins in Pelican's namespace package."""
    return {each.name for each in pkgutil.iter_modules(pelican.plugins.__path__) if each.ispkg}


def _to_name(installed: set[str]) -> list[str] | None:
    """Return the plugins for a new PLUGINS beside this one, None if no PLUGINS is needed.

    A list turns off every plugin that is not in it: needed only to turn off the one replaced.
    """
    return sorted(installed - LINKBACKS_PLUGIN - NAMES) if installed & LINKBACKS_PLUGIN else None


def _agreed(arguments: argparse.Namespace, screen: Screen) -> bool:
    if arguments.yes or screen.json:
        return bool(arguments.yes)
    return screen.ask("Write this?")


def _conclude(by_hand: list[str], screen: Screen, *, changes: int, agreed: bool) -> None:
    for step in by_hand:
        screen.insist(f"By hand: {step}")
    if not changes:
        screen.say("Nothing to write.")
    elif agreed:
        screen.say(f"Written: {changes} files." if changes > 1 else "Written: 1 file.")
    else:
        screen.insist("Nothing was written; --yes writes without a question.")


def _next_step(settings: Settings, *, publishing: Path) -> str:
    """Return the command that builds the site with what was written."""
    content, file = (quote(path_from_here(each)) for each in (settings.content, publishing))
    return f"pelican {content} -s {file}; then pelican-linkback doctor"


def _read(path: Path) -> str:
    """Return the text of a file with its line endings; empty if there is no file."""
    try:
        return path.read_bytes().decode() if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise LinkbackError(f"{path} cannot be read: {printable(error)}") from error


def _write(change: Change) -> None:
    try:
        change.path.parent.mkdir(parents=True, exist_ok=True)
        rewrite(change.path, change.after.encode())
    except OSError as error:
        raise LinkbackError(f"{change.path} cannot be written: {printable(error)}") from error
