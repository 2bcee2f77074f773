"""The site of a command: its settings, and its articles as a build would read them."""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shlex import quote

from pelican import DEFAULT_CONFIG_NAME, Pelican
from pelican.settings import read_settings

from pelican_linkback.cli.config_edits import NAMES
from pelican_linkback.cli.usage import did_you_mean
from pelican_linkback.exceptions import FAULTS, SettingsError
from pelican_linkback.plugin.invocation import PUBLISHING
from pelican_linkback.sending.deciding.changes import Post
from pelican_linkback.sending.deciding.topics import Topic
from pelican_linkback.settings import model as settings_model
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.next_steps import in_use
from pelican_linkback.text.printable import described

__all__ = [
    "PUBLISHING",
    "build_command",
    "file_with",
    "is_enabled",
    "must_publish",
    "must_receive",
    "path_from_here",
    "publishing_instead",
    "publishing_remedy",
    "read_posts",
    "read_posts_and_topics",
    "settings_of",
]


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings that the command line names; raise SettingsError if they are wrong.

    Pelican's own are stored in ``arguments.pelican``, for the commands that read the site.
    """
    file = arguments.settings or DEFAULT_CONFIG_NAME
    if not Path(file).is_file():
        raise SettingsError([_missing(Path(file))])
    try:
        pelican = read_settings(file, override=dict(arguments.overrides))
    except FAULTS as error:  # a settings file is a program, and can fail in any way
        what = f"cannot be read: {described(error)}"
        if "path containing the content" in str(error):  # Pelican's message names no setting
            what = "names a PATH that is no folder; it is the folder with the articles"
        elif isinstance(error, ModuleNotFoundError) and _is_elsewhere(file, f"{error.name}.py"):
            what += f"; it is written for its own folder: cd {quote(str(Path(file).parent))}"
        raise SettingsError([f"{file} {what}"]) from error
    if pelican["PATH"] == os.curdir:
        if not _reads_the_output_alone(arguments):
            problem = (
                f'{file} names no PATH; add PATH = "content", or the folder that you build from'
            )
            raise SettingsError([problem])
        pelican["PATH"] = str(Path(file).absolute().parent / "content")
    arguments.pelican = pelican
    settings = settings_model.read(pelican)
    if settings.state.exists() and not settings.state.is_dir():
        problem = f"LINKBACK_STATE: {settings.state} is a file; a folder belongs there"
        raise SettingsError([problem])
    return settings


def _missing(file: Path) -> str:
    """Say that there is no such settings ``file``, and what can be done."""
    if file.is_dir():
        return f"{file} is a folder; name the site's settings in it with -s"
    if meant := did_you_mean(file.name, (each.name for each in file.parent.glob("*.py"))):
        return f"there is no file {file}{meant}"
    if str(file) == DEFAULT_CONFIG_NAME:
        return (
            f"there is no {file} in this folder; go to the folder of your site, or name its "
            "settings with -s"
        )
    return f"there is no file {file}; name the site's settings with -s"


def _is_elsewhere(file: str, module: str) -> bool:
    """Return whether a settings ``file`` is not in this folder, and ``module`` beside it."""
    folder = Path(file).parent
    return (folder / module).is_file() and not folder.samefile(os.curdir)


def _reads_the_output_alone(arguments: argparse.Namespace) -> bool:
    return arguments.command == "check" and not arguments.published


def is_enabled(pelican: PelicanSettings) -> bool:
    """Return whether a build with these settings loads this plugin.

    Without PLUGINS, Pelican loads every plugin in its namespace package.
    """
    plugins = pelican.get("PLUGINS")
    if plugins is None:
        return find_spec("pelican.plugins.linkback") is not None
    return not NAMES.isdisjoint(getattr(each, "__name__", each) for each in plugins)


def publishing_instead(settings: Settings, arguments: argparse.Namespace) -> str:
    """Return the option that names publishconf.py, if the settings in use are not those.

    Empty if they publish the site.
    """
    here = arguments.settings is not None and Path(arguments.settings).name == PUBLISHING
    other = not settings.publishes and not here and Path(PUBLISHING).is_file()
    return f"-s {PUBLISHING}" if other else ""


def must_publish(settings: Settings, arguments: argparse.Namespace, done: str = "sent") -> None:
    """Raise SettingsError if these settings do not publish the site, and nothing is ``done``."""
    if settings.publishes:
        return
    allow = ", or allow its host with LINKBACK_ALLOW_HOSTS" if settings.site_url else ""
    remedy = publishing_remedy(settings, arguments)
    problem = f"{settings.address_problem}, so nothing is {done}; {remedy}{allow}"
    raise SettingsError([problem])


def must_receive(settings: Settings, arguments: argparse.Namespace) -> None:
    """Raise SettingsError unless the site is published and has a receiver of its own."""
    if not settings.has_own_receiver:
        problem = (
            f"LINKBACK_RECEIVE = {settings.receive or None!r}: to receive mentions yourself, set "
            'it to the address of the receiver, such as "https://your.site/mentions/"'
        )
        raise SettingsError([problem])
    must_publish(settings, arguments, "received")


def publishing_remedy(settings: Settings, arguments: argparse.Namespace) -> str:
    """Say how the command gets settings that publish the site."""
    if instead := publishing_instead(settings, arguments):
        return f"name the settings that publish the site: {instead}"
    if arguments.settings:
        return f"set it to the address of the site in {arguments.settings}"
    return "name the settings that publish the site with -s"


def build_command(settings: Settings, arguments: argparse.Namespace) -> str:
    """Return the command that builds the site, with the options in use."""
    options = in_use(arguments.settings or DEFAULT_CONFIG_NAME, arguments.overrides)
    return f"pelican {quote(path_from_here(settings.content))} {options}"


def path_from_here(path: Path) -> str:
    """Return the path as it can be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def file_with(name: str, arguments: argparse.Namespace) -> str:
    """Return the name of the settings file that sets ``name``: that in use, where none does.

    The other one is pelicanconf.py, from which pelican-quickstart's publishconf.py takes the rest.
    """
    file = Path(arguments.settings or DEFAULT_CONFIG_NAME)
    setting = (each for each in (file, file.with_name(DEFAULT_CONFIG_NAME)) if _sets(each, name))
    return next(setting, file).name


def _sets(file: Path, name: str) -> bool:
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return False
    names = (each for each in ast.walk(tree) if isinstance(each, ast.Name))
    return any(each.id == name and isinstance(each.ctx, ast.Store) for each in names)


def read_posts(settings: Settings, arguments: argparse.Namespace) -> list[Post]:
    """Read the site, and return the posts that a build would give to the sender."""
    return _read(settings, arguments)[0]


def read_posts_and_topics(
    settings: Settings, arguments: argparse.Namespace
) -> tuple[list[Post], list[Topic]]:
    """Read the site, and return the posts and topics that a build would give to the sender."""
    posts, topics = _read(settings, arguments)
    return posts, list(topics)


def _read(settings: Settings, arguments: argparse.Namespace) -> tuple[list[Post], Iterator[Topic]]:
    # Most commands do not read the site, and do not open the modules of a build.
    from pelican_linkback.plugin.adapters import (  # noqa: PLC0415
        first_day,
        posts_of,
        read_site,
    )

    now = dt.datetime.now(dt.UTC)
    site = read_site(Pelican(arguments.pelican), now)
    since = first_day(settings, now.date(), remember=False)
    return list(posts_of(site.contents, settings, since)), site.topics(settings, now)
