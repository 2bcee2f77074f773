"""Webmention receivers that others wrote, served on loopback by the standard library's WSGI server.

Each gives its ``url`` and, by ``mentions()``, the (source, target) pairs that it shows.
"""

from __future__ import annotations

from wsgiref.simple_server import WSGIRequestHandler, make_server

from tests.servers import serving


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def served(application):
    return serving(make_server("127.0.0.1", 0, application, handler_class=Quiet))


class DjangoWebmention:
    """Receives with django-webmention."""

    def __init__(self, folder):
        import django
        from django.conf import settings
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application

        settings.configure(
            DEBUG=False,
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF="peers.django_urls",
            INSTALLED_APPS=["webmention"],
            MIDDLEWARE=["webmention.middleware.webmention_middleware"],
            DATABASES={
                "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "mentions.db"}
            },
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            USE_TZ=True,
        )
        django.setup()
        call_command("migrate", verbosity=0)
        self.application = get_wsgi_application()

    def mentions(self):
        from webmention.models import WebMentionResponse

        shown = WebMentionResponse.objects.filter(current=True)
        return {(each.source, each.response_to) for each in shown}


class FlaskWebmentions:
    """Receives with webmentions, through its Flask adapter."""

    def __init__(self, folder):
        from flask import Flask
        from webmentions import WebmentionsHandler, WebmentionsStorage
        from webmentions.server.adapters.flask import bind_webmentions

        known = self.known = set()

        class Memory(WebmentionsStorage):
            def store_webmention(self, mention):
                known.add((mention.source, mention.target))

            def delete_webmention(self, source, target, direction):
                known.discard((source, target))

            def retrieve_webmentions(self, resource, direction):
                return []

        self.application = Flask(__name__)
        self.application.add_url_rule("/<path:page>", view_func=lambda page: f"<p>{page}</p>")
        # Its guard against loopback would refuse the source of every test.
        bind_webmentions(self.application, WebmentionsHandler(Memory(), ssrf_protection=False))

    def mentions(self):
        return set(self.known)
