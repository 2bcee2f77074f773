"""Programs that send linkbacks and that others wrote, each as a command in a process of its own.

``python -m peers.senders NAME SOURCE TARGET MEMORY`` sends one mention, as the program does when it
looks at the page SOURCE; MEMORY is a folder for what it remembers of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["ENVIRONMENTS", "SENDERS", "send"]

ROOT = Path(__file__).parent.parent
PUSHL = ROOT / ".venv-pushl" / "bin" / "python"
ENVIRONMENTS = {"pushl": PUSHL}
"""The Python of a sender that needs an environment of its own (Makefile)."""


def ronkyuu(source: str, target: str, _: str) -> None:
    """Send with ronkyuu."""
    from ronkyuu import sendWebmention

    answer = sendWebmention(source, target, test_urls=False)
    if answer is None or answer.status_code >= 400:
        raise SystemExit(f"it was not sent: {answer}")


def pelican_plugin_linkbacks(source: str, target: str, memory: str) -> None:
    """Send with pelican-plugin-linkbacks: a pingback and a webmention."""
    from pelican.plugins.linkbacks import linkbacks

    parts = urlsplit(source)
    site = f"{parts.scheme}://{parts.netloc}"
    config = linkbacks.LinkbackConfig({"SITEURL": site, "CACHE_PATH": memory})
    cache = linkbacks.Cache(config, {})  # it never sends again for a link that it remembers
    link = f'<a href="{target}">a link</a>'
    sent = linkbacks.process_all_links_of_an_article(config, cache, parts.path[1:], "one", link)
    if not sent:  # a pingback that was sent before is fault 48
        raise SystemExit(f"nothing was sent: {dict(cache.data)}")


def django_wm(source: str, target: str, _: str) -> None:
    """Send with django-wm."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    parts = urlsplit(source)
    settings.configure(
        DOMAIN_NAME=parts.netloc,
        WEBMENTIONS_URL_SCHEME=parts.scheme,
        WEBMENTIONS_USE_CELERY=False,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mentions"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ROOT_URLCONF="peers.django_urls",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    from mentions.tasks.outgoing import process_outgoing_webmentions

    sent = process_outgoing_webmentions(parts.path, f'<a href="{target}">a link</a>')
    if sent != 1:
        raise SystemExit(f"{sent} of 1 were sent")


def pushl(source: str, _: str, memory: str) -> None:
    """Send with Pushl: it fetches the page, and sends for links that it did not have or has not."""
    import asyncio

    from pushl.__main__ import _run, parse_args

    asyncio.run(_run(parse_args(["--cache", memory, "--entry", source])))


SENDERS = {
    "ronkyuu": ronkyuu,
    "pushl": pushl,
    "pelican-plugin-linkbacks": pelican_plugin_linkbacks,
    "django-wm": django_wm,
}


def send(name: str, source: str, target: str, memory: Path) -> None:
    """Send one mention with the program ``name``, in a process of its own."""
    python = ENVIRONMENTS.get(name, Path(sys.executable))
    program = [str(python), "-W", "ignore", "-m", "peers.senders"]
    command = [*program, name, source, target, str(memory)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


if __name__ == "__main__":
    _, called, *urls = sys.argv
    SENDERS[called](*urls)
