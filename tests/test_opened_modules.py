"""Which modules a build of feeds opens, beside those that Pelican opens itself: the whole list.

A module costs each build its time. Whoever adds one here knows that every build needs it; what only
some builds need is imported where it is used. ``benchmarks/importing.py`` measures what they cost.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import SiteBuilder
from tests.test_architecture import OWN
from tests.versions import PELICAN

PROGRAM = """
import sys, pelican
def build(plugins):
    pelican.main(["content", "-s", "conf.py", "-q", "-e", f"PLUGINS={plugins}"])
    return set(sys.modules)
before = build("[]")
print(*sorted(build('["pelican_linkback"]') - before))
"""

OURS = """
exceptions
feeds feeds.articles feeds.articles.answers feeds.articles.articles feeds.articles.audio
feeds.articles.entries feeds.articles.files feeds.articles.groups feeds.articles.kinds
feeds.articles.mentions feeds.articles.pages feeds.articles.podcast feeds.articles.stock
feeds.content
feeds.content.cleaning feeds.content.page_only feeds.content.pictures feeds.content.scanner
feeds.content.tree feeds.formats
feeds.formats.atom feeds.formats.base feeds.formats.entry_cache feeds.formats.extensions
feeds.formats.jsonfeed feeds.formats.kinds feeds.formats.people feeds.formats.podcast
feeds.formats.podcast_terms feeds.formats.registry feeds.formats.rss feeds.formats.validity
feeds.formats.xml feeds.formats.xml_base feeds.framework feeds.framework.archives
feeds.framework.aspects feeds.framework.catalogue feeds.framework.contents feeds.framework.feed
feeds.framework.head feeds.framework.item_values feeds.framework.items feeds.framework.order
feeds.framework.resolver feeds.framework.sharing feeds.framework.site feeds.framework.site_aspects
feeds.framework.spelling
feeds.ids feeds.ids.assignment feeds.ids.entries feeds.ids.registry feeds.ids.store
feeds.output feeds.output.copies feeds.output.files feeds.output.folder
feeds.output.manifest
journal journal.appending journal.atomic journal.collector journal.group_commit journal.journal
journal.lines
net net.addresses
plugin plugin.build plugin.contents plugin.feeds plugin.feeds.documents plugin.feeds.links
plugin.feeds.listeners plugin.feeds.maker plugin.feeds.site_files plugin.feeds.site_reader
plugin.feeds.stage plugin.garbage plugin.invocation plugin.mentions plugin.mentions.gathering
plugin.mentions.hooks plugin.messages plugin.pelican_types plugin.publishing plugin.signals
plugin.templates plugin.theme plugin.written_pages
receiving receiving.display
sending
settings settings.model settings.pelican settings.validators
text text.elements text.idna text.language text.next_steps text.printable text.regex
text.summarise text.titles text.urls text.xml_characters
"""

OTHERS = """
contextvars gc xml.parsers xml.parsers.expat xml.parsers.expat.errors xml.parsers.expat.model
"""


@pytest.fixture
def opened(site: SiteBuilder) -> list[str]:
    """The modules that a build opens of a site that was published before."""
    site.article("one", tags="a")
    site.build()
    settings = {**site.settings, "LINKBACK_SEND": True}
    conf = site.folder / "conf.py"
    conf.write_text("".join(f"{name} = {value!r}\n" for name, value in settings.items()), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=site.folder, capture_output=True, check=True, text=True
    )
    return done.stdout.splitlines()[-1].split()


@pytest.mark.skipif(
    PELICAN < (4, 11), reason="what Pelican opens itself is not counted, and differs"
)
def test_a_build_of_feeds_opens_these_modules_and_no_others(opened):
    ours = [name for name in opened if name.startswith(OWN)]
    assert [name.removeprefix(f"{OWN}.") for name in ours] == OURS.split()
    others = [name for name in opened if name not in ours and not name.startswith("_")]
    assert others == OTHERS.split()
