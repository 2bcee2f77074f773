"""A host whose status page asks to be left alone is left alone by the runs after this one, too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.fakeweb import Reply
from tests.test_hosts_in_trouble import Days
from tests.test_sender import FAR, accept, offering, post

STATUS = f"{FAR}/status/1"


def test_a_status_page_that_asks_for_a_pause_gets_it_from_all_mentions(tmp_path: Path) -> None:
    world = Days(tmp_path)
    first, second = post("a", f"{FAR}/b"), post("c", f"{FAR}/d")
    world.web.pages |= dict.fromkeys([f"{FAR}/b", f"{FAR}/d"], offering(webmention=f"{FAR}/wm"))
    world.web.pages[f"{FAR}/wm"] = Reply(201, [("Location", STATUS)])
    world.sender().run(world.publish(first))

    world.web.pages[STATUS] = Reply(429, [("Retry-After", "7200")])
    world.now += timedelta(minutes=20)
    world.sender().run()
    asked = len(world.web.requests)
    world.web.pages[f"{FAR}/wm"] = accept
    for minutes in (0, 60):  # each of them is a sender that has to read what is on record
        world.now += timedelta(minutes=minutes)
        report = world.sender().run(world.publish(first, second))
        assert [each.url for each in world.web.requests[asked:] if each.url.startswith(FAR)] == []
        assert report.left == 1

    world.now += timedelta(minutes=61)
    world.web.pages[STATUS] = Reply(200, body=b"success")
    assert world.sender().run().summary() == "Linkbacks: 1 sent"
    assert [each.url for each in world.web.requests].count(STATUS) == 2
