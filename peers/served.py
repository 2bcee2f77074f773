"""Receivers that others wrote, served by waitress as ours is, each by a function for a process."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import waitress

__all__ = ["Serve", "django_webmention", "django_wm", "webmentions"]

Serve = Callable[[int, Path], None]
"""Serves a receiver on a port until it is killed, with its files in a folder."""


def django_wm(port: int, folder: Path) -> None:
    """Serve django-wm without Celery: it writes down what is to be verified later."""
    _django(
        port,
        folder,
        apps=["django.contrib.contenttypes", "django.contrib.auth", "mentions"],
        urls=[("webmention/", "mentions.urls")],
        more={
            "DOMAIN_NAME": f"127.0.0.1:{port}",
            "WEBMENTIONS_USE_CELERY": False,
            "WEBMENTIONS_URL_SCHEME": "http",
        },
    )


def django_webmention(port: int, folder: Path) -> None:
    """Serve django-webmention."""
    _django(
        port,
        folder,
        apps=["webmention"],
        urls=[("webmention/", "webmention.urls")],
        more={"MIDDLEWARE": ["webmention.middleware.webmention_middleware"]},
    )


def _django(
    port: int,
    folder: Path,
    apps: list[str],
    urls: list[tuple[str, str]],
    more: dict[str, object],
) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import include, path

    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="served_urls",
        INSTALLED_APPS=apps,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "mentions.db"}
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        USE_TZ=True,
        LOGGING_CONFIG=None,
        **more,
    )
    django.setup()
    served = ModuleType("served_urls")
    served.urlpatterns = [
        *(path(place, include(module)) for place, module in urls),
        path("<path:page>", lambda request, page: HttpResponse(page)),
    ]
    sys.modules["served_urls"] = served
    call_command("migrate", verbosity=0)
    _serve(get_wsgi_application(), port)


def webmentions(port: int, folder: Path) -> None:
    """Serve webmentions through its Flask adapter, with its own storage."""
    from flask import Flask
    from webmentions import WebmentionsHandler
    from webmentions.server.adapters.flask import bind_webmentions
    from webmentions.storage.adapters.db import init_db_storage

    storage = init_db_storage(engine=f"sqlite:///{folder / 'mentions.db'}")
    application = Flask(__name__)
    application.add_url_rule("/<path:page>", view_func=lambda page: page)
    bind_webmentions(
        application,
        WebmentionsHandler(storage, base_url=f"http://127.0.0.1:{port}", ssrf_protection=False),
    )
    _serve(application, port)


def _serve(application: object, port: int) -> None:
    logging.disable(logging.CRITICAL)
    waitress.serve(application, listen=f"127.0.0.1:{port}", threads=8, _quiet=True)
