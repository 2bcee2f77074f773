"""What an author reads while a site is built: each case through a real ``pelican``.

At the default level there is one line for feeds and one for linkbacks, and warnings only for what
an author can mend; each names the article, the target, the reason and the remedy.
"""

from __future__ import annotations

import pytest

from tests import terminal


def written(site, name="publishconf.py", more="", **settings):
    """Write the site's settings; return the words that build it."""
    conf = site.folder / name
    lines = (f"{key} = {value!r}\n" for key, value in (site.settings | settings).items())
    conf.write_text("".join(lines) + more, encoding="utf-8")
    return ["pelican", "-s", name, "--log-handler", "plain"]


@pytest.mark.parametrize("words", [[], ["--autoreload"]], ids=["build", "autoreload"])
def test_wrong_settings_are_sentences_and_no_traceback(site, words):
    build = written(site, LINKBACK_TIMEOUT=-1, LINKBACK_SNED=True)
    done = terminal.run(site.folder, *build, *words)
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines() == [
        "pelican_linkback: 2 settings are wrong:",
        "- LINKBACK_SNED is not a setting of pelican_linkback; did you mean LINKBACK_SEND?",
        "- LINKBACK_TIMEOUT = -1: takes a number of seconds above 0, such as 10",
    ]


def test_with_debug_a_wrong_setting_has_its_traceback(site):
    done = terminal.run(site.folder, *written(site, LINKBACK_TIMEOUT=-1), "--debug")
    assert "Traceback" in done.stdout
