"""The control of test_hostile: what one writes in ten lines with requests.

Every attack that the suite holds the plugin to must succeed here, or the test proves nothing.
"""

from __future__ import annotations

import xmlrpc.client

import requests
from bs4 import BeautifulSoup


def tell(source: str, target: str) -> str:
    """Tell ``target`` of ``source`` by Pingback, and return what the server says."""
    page = requests.get(target)
    endpoint = page.headers.get("X-Pingback")
    if endpoint is None:
        link = BeautifulSoup(page.text, "html.parser").find(rel="pingback")
        if link is None:
            return "no-endpoint"
        endpoint = str(link["href"])
    call = xmlrpc.client.dumps((source, target), "pingback.ping")
    reply = requests.post(endpoint, call, headers={"Content-Type": "text/xml"})
    (said,), _ = xmlrpc.client.loads(reply.text)
    return str(said)
