"""The same Feed class on Django's framework and on ours: one declaration, two documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.conf import settings
from django.contrib.syndication.views import Feed as DjangoFeed
from django.test import RequestFactory
from django.utils import feedgenerator as django_generators
from jinja2 import DictLoader, Environment

from pelican_linkback import feeds

HOST = "testserver"  # as RequestFactory calls it
TEMPLATES = {"title.html": "{{ obj }} at {{ site.name }}", "more.html": "{{ obj }}, {{ more }}"}
ZONE = "Europe/Lisbon"

settings.configure(
    ALLOWED_HOSTS=[HOST],
    LANGUAGE_CODE="en",
    TIME_ZONE=ZONE,
    USE_I18N=False,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", TEMPLATES)]},
        }
    ],
)
django.setup()

SITE = feeds.Site(
    f"https://{HOST}",
    HOST,
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    language="en",
    timezone=ZoneInfo(ZONE),
    template=Environment(loader=DictLoader(TEMPLATES), autoescape=False).get_template,
)

Aspects = Mapping[str, Any]


class Django:
    """Django's framework, and its generators."""

    Feed = DjangoFeed
    generators = django_generators

    @staticmethod
    def generator(feed_class: type, obj: Any) -> Any:
        return feed_class().get_feed(obj, RequestFactory().get("/feed.xml", secure=True))


class Ours:
    """Ours; what a URLconf says to Django, ``path`` says to us."""

    Feed = type("Feed", (feeds.Feed,), {"path": "feed.xml"})
    generators = feeds

    @staticmethod
    def generator(feed_class: type, obj: Any) -> Any:
        return feed_class().get_feed(obj, SITE)


Kit = type[Django] | type[Ours]


def generator(kit: Kit, aspects: Callable[[Kit], Aspects], form: str, obj: Any = "object") -> Any:
    """Return the populated generator of the Feed class that ``aspects`` declares for a kit."""
    feed_type = {"feed_type": getattr(kit.generators, form)}
    feed_class = type("Declared", (kit.Feed,), feed_type | dict(aspects(kit)))
    return kit.generator(feed_class, obj)


def document(kit: Kit, aspects: Callable[[Kit], Aspects], form: str) -> str:
    """Return the document of the Feed class that ``aspects`` declares for a kit."""
    text: str = generator(kit, aspects, form).writeString("utf-8")
    return text
