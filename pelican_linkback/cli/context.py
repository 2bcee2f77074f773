"""The site of a command: its settings, and its articles as a build would read them."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from importlib.util import find_spec
from pathlib import Path

from pelican import DEFAULT_CONFIG_NAME, Pelican
from pelican.settings import read_settings

from pelican_linkback.cli.config_edits import NAMES
from pelican_linkback.exceptions import FAULTS, SettingsError
from pelican_linkback.plugin.adapters import ReadSite, first_day, posts_of, read_site
from pelican_linkback.sending import Post
from pelican_linkback.sending.deciding.topics import Topic
from pelican_linkback.settings import model as settings_model
from pelican_linkback.settings.model import Settings
from pelican_linkback.settings.pelican import PelicanSettings
from pelican_linkback.text.printable import described

PUBLISHING = "publishconf.py"
"""What pelican-quickstart calls the settings that publish a site."""

__all__ = [
    "PUBLISHING",
    "is_enabled",
    "must_publish",
    "publishing_instead",
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
        raise SettingsError([f"there is no file {file}; name the site's settings with -s"])
    try:
        pelican = read_settings(file, override=dict(arguments.overrides))
    except FAULTS as error:  # a settings file is a program, and can fail in any way
        what = f"cannot be read: {described(error)}"
        if "path containing the content" in str(error):  # Pelican's message names no setting
            what = "names a PATH that is no folder; it is the folder with the articles"
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


def must_publish(settings: Settings, arguments: argparse.Namespace) -> None:
    """Raise SettingsError if these settings do not publish the site."""
    if settings.publishes:
        return
    if instead := publishing_instead(settings, arguments):
        remedy = f"name the settings that publish the site: {instead}"
    elif arguments.settings:
        remedy = f"set it to the address of the site in {arguments.settings}"
    else:
        remedy = "name the settings that publish the site with -s"
    problem = (
        f"SITEURL = {settings.site_url!r} is not public, so nothing is sent; {remedy}, or allow "
        "its host with LINKBACK_ALLOW_HOSTS"
    )
    raise SettingsError([problem])


def read_posts(settings: Settings, arguments: argparse.Namespace) -> list[Post]:
    """Read the site, and return the posts that a build would give to the sender."""
    return _posts(read_site(Pelican(arguments.pelican), _now()), settings)


def read_posts_and_topics(
    settings: Settings, arguments: argparse.Namespace
) -> tuple[list[Post], list[Topic]]:
    """Read the site, and return the posts and topics that a build would give to the sender."""
    site = read_site(Pelican(arguments.pelican), _now())
    return _posts(site, settings), list(site.topics(settings, _now()))


def _posts(site: ReadSite, settings: Settings) -> list[Post]:
    since = first_day(settings, _now().date(), remember=False)
    return list(posts_of(site.contents, settings, since))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
