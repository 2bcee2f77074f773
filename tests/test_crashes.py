"""Processes that are killed, and processes that meet: nothing lost, nothing sent twice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Blog, WebHost, serving
from tests.test_end_to_end import mark

ROOT = Path(__file__).parent.parent


def python(*argv, timeout=120):
    # The package under test comes first for the child as well, which is proved and not measured.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(
        [sys.executable, *map(str, argv)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**env, "PYTHONPATH": str(ROOT)},
        check=False,
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize(
    ("posts", "runs"), [("a", 21), pytest.param("abcde", 101, marks=pytest.mark.hostile)]
)
def test_killed_at_every_write(posts, runs):
    done = python("-m", "tests.killed_sender", posts)
    assert done.stdout == f"{runs} runs killed and completed\n", done.stderr[-2000:]


def test_two_processes_that_send_at_once_send_nothing_twice(site):
    site.output.mkdir()
    others = []

    class Meeting(Blog):
        def _ping(self, source, target):
            if not self.pings:  # The first process is in the midst of its sending.
                others.append(send())
            return super()._ping(source, target)

    with serving(WebHost(site.output)) as host, serving(Meeting()) as blog:
        site.settings |= {
            "SITEURL": host.url,
            "LINKBACK_ALLOW_HOSTS": ["127.0.0.1"],
            "LINKBACK_TIMEOUT": 60,
        }
        targets = [f"{blog.url}/{n}" for n in range(5)]
        mark(site, *targets)
        site.build(LINKBACK_SEND=False)
        conf = site.folder / "publishconf.py"
        conf.write_text("".join(f"{k} = {v!r}\n" for k, v in site.settings.items()))

        def send():
            return python("-m", "pelican_linkback", "send", "-s", conf)

        first = send()
        assert first.stdout.endswith("Linkbacks: 5 sent\n"), first.stderr
        (other,) = others
        # Those that are under way are the first one's: one, or two at a time.
        left = re.fullmatch(
            "Linkbacks: ([34]) left for the next run, since another one is sending\n", other.stdout
        )
        assert left, other.stdout
        assert sorted(target for _, target in blog.pings) == targets
