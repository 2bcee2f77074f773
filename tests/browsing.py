"""A browser for tests of the administration: it keeps cookies, and sends forms as browsers do."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from tests.asking import Answer, ask

BASE = "https://blog.example/mentions/"


class Browser:
    """Somebody at a browser; ``base`` is the address of the receiver."""

    def __init__(self, application: Callable, base: str = BASE) -> None:
        self.application, self.base = application, base
        self.url = urljoin(base, "admin/")
        self.cookies: dict[str, str] = {}
        self.set_cookies: list[str] = []
        self.answer: Answer | None = None

    @property
    def origin(self) -> str:
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def page(self) -> BeautifulSoup:
        """The page as a browser would read it."""
        return BeautifulSoup(self.answer.body, "html5lib")

    @property
    def words(self) -> str:
        """What is to be read on the page, in one line."""
        return " ".join(self.page.get_text(" ").split())

    def open(self, path: str) -> BeautifulSoup:
        """Follow a link."""
        self.request("GET", path)
        return self.page

    def post(self, path: str, fields: list[tuple[str, str]] | dict, **headers: str) -> Answer:
        """Send a form, as by a page of the receiver, and follow where the answer leads."""
        answer = self.request("POST", path, fields, **({"origin": self.origin} | headers))
        if answer.status == 303:
            self.request("GET", answer.header("Location"))
        return answer

    def press(self, name: str, value: str, *marked: str) -> Answer:
        """Press the button with this name and value, with these boxes marked."""
        button = self.page.find("button", attrs={"name": name, "value": value})
        return self.send(button, marked)

    def press_words(self, words: str, **typed: str) -> Answer:
        """Press the first button that says ``words``, with this typed into its form."""
        button = next(each for each in self.page.find_all("button") if words in each.text)
        return self.send(button, (), typed)

    def send(self, button: Tag, marked: tuple[str, ...] = (), typed: dict | None = None) -> Answer:
        form = button.find_parent("form")
        fields = [
            (each["name"], (typed or {}).get(each["name"], each.get("value", "")))
            for each in form.find_all("input")
            if each.get("type") != "checkbox" or each["value"] in marked
        ]
        if button.get("name"):
            fields.append((button["name"], button["value"]))
        if form["method"] == "get":
            query = "&".join(f"{name}={value}" for name, value in fields)
            return self.request("GET", f"{form['action']}?{query}")
        return self.post(form["action"], fields)

    def request(self, method: str, path: str, fields=None, **headers: str) -> Answer:
        url = urljoin(self.url, path)
        parts = urlsplit(url)
        if self.cookies:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = {"cookie": cookie} | headers
        query = f"?{parts.query}" if parts.query else ""
        self.answer = ask(self.application, method, parts.path + query, form=fields, **headers)
        self.set_cookies = [v for name, v in self.answer.headers if name == "Set-Cookie"]
        for each in self.set_cookies:
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        if method == "GET":
            self.url = url
        return self.answer
