"""The inbox, and the mentions of one page: looking at them, deciding, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from pelican_linkback.receiving.inbox.states import MentionState
from pelican_linkback.receiving.server.admin.context import AdminContext, Visit
from pelican_linkback.receiving.server.admin.mention_view import MentionView, mention_view_of
from pelican_linkback.receiving.server.admin.search import TABS, Query, number_of
from pelican_linkback.receiving.server.http import Fields, Refusal, Response
from pelican_linkback.receiving.store.mentions import ModerationAction

__all__ = ["OF_PAGE", "InboxPages"]

OF_PAGE = 50
"""So many mentions are on a page."""

_TAB_NAMES = {
    "held": "Held",
    "shown": "Shown",
    "queued": "Being checked",
    "refused": "Refused",
    "spam": "Spam",
    "gone": "Gone",
    "": "All",
}
_DONE = {"approve": "approved", "refuse": "refused", "spam": "marked as spam"}


class Tab(NamedTuple):
    """A list that is one click away."""

    name: str
    link: str
    size: int
    is_open: bool


class ActiveFilter(NamedTuple):
    """A filter of the list: its name and value, and the address of the list without it."""

    name: str
    value: str
    without: str


class UndoNotice(NamedTuple):
    """What was just decided, for people, and the token that takes it back."""

    sentence: str
    token: str


class InboxPages:
    """The handlers of ``inbox``, ``article``, ``act`` and ``undo``."""

    def __init__(self, context: AdminContext) -> None:
        self._context = context

    def inbox(self, visit: Visit) -> Response:
        """Show a list of mentions."""
        seen = self._context.store.now()  # before the mentions are read
        listed = _ListView.read("inbox", visit.request.query)
        query = listed.query
        counts = self._context.mentions.counts()
        tabs = [
            Tab(
                name,
                f"inbox{query.link(state=state, after=0)}",
                sum(counts[each] for each in TABS[state] or counts),
                state == query.state,
            )
            for state, name in _TAB_NAMES.items()
        ]
        return self._context.render(
            visit,
            "inbox.html",
            "inbox",
            tabs=tabs,
            search=query,
            filters=[*self._active_filters(query)],
            held=counts[MentionState.HELD],
            seen=seen,
            **self._list(visit, listed, self._items(listed)),
        )

    def article(self, visit: Visit) -> Response:
        """Show the mentions of one page, whatever their states."""
        seen = self._context.store.now()
        listed = _ListView.read("article", visit.request.query)
        targets, article = self._context.current_targets(), listed.query.article
        items = self._items(listed)
        page = targets.named(article, article)
        return self._context.render(
            visit,
            "article.html",
            "article",
            page=items[0].page if items else targets.title_of(article, ""),
            target_url=page.url if page else "",
            mode=page.mentions.value if page else "",
            seen=seen,
            **self._list(visit, listed, items),
        )

    def act(self, visit: Visit) -> Response:
        """Decide about the mention whose button was pressed, those marked, or all of the list."""
        form = visit.request.form()
        action, ids = _action_in(form)
        done = self._context.mentions.act(
            ids, action, "browser", number_of(form.get("seen")) or None
        )
        return self._back(visit, done.token if done.changed else "")

    def undo(self, visit: Visit) -> Response:
        """Take back what was decided."""
        self._context.mentions.undo(visit.request.form().get("undo"))
        return self._back(visit, "")

    def _back(self, visit: Visit, token: str) -> Response:
        fields = visit.request.query
        listed = _ListView.read(fields.get("view"), fields)
        return self._context.redirect(visit.request, listed.address(done=token))

    def _items(self, listed: _ListView) -> list[MentionView]:
        """Return the mentions of a list, and one more if there is a next page."""
        rows = self._context.mentions.listing(listed.query.search(), OF_PAGE + 1)
        targets = self._context.current_targets()
        return [mention_view_of(row, targets) for row in rows]

    def _list(
        self, visit: Visit, listed: _ListView, items: Sequence[MentionView]
    ) -> dict[str, object]:
        """Return what a page with a list of mentions is made of."""
        shown = items[:OF_PAGE]
        is_more = len(items) > OF_PAGE
        return {
            "items": shown,
            "next": listed.address(after=shown[-1].id) if is_more else "",
            "query": listed.as_query(),
            "done": self._undo_notice(visit.request.query.get("done")),
        }

    def _undo_notice(self, token: str) -> UndoNotice | None:
        done = self._context.mentions.decided(token)
        if done is None:
            return None
        what = "1 mention was" if done.changed == 1 else f"{done.changed} mentions were"
        return UndoNotice(f"{what} {_DONE[done.action]}.", done.token)

    def _active_filters(self, query: Query) -> Iterator[ActiveFilter]:
        targets = self._context.current_targets()
        page = query.article and targets.title_of(query.article, query.article)
        for name, field, value in (
            ("host", "host", query.host),
            ("author", "author", query.author),
            ("page", "article", page),
            ("words", "text", query.text),
        ):
            if value:
                yield ActiveFilter(name, value, f"inbox{query.link(**{field: '', 'after': 0})}")


class _ListView(NamedTuple):
    """Which list a page shows: the inbox or that of an article (``view``), and the search."""

    view: str
    query: Query

    @classmethod
    def read(cls, view: str, fields: Fields) -> _ListView:
        if view == "article":
            after = number_of(fields.get("after"))
            return cls(view, Query("", article=fields.get("id"), after=after))
        return cls("inbox", Query.read(fields))

    def address(self, **more: object) -> str:
        """Return the address of the list; ``more`` in place of its fields."""
        if self.view == "inbox":
            return f"inbox{self.query.link(**more)}"
        return f"article?{self._article_query(more)}"

    def as_query(self) -> str:
        """Return what a form on it has in its address, so that the answer leads back to it."""
        if self.view == "inbox":
            return self.query.link()
        return f"?view=article&{self._article_query({})}"

    def _article_query(self, more: Mapping[str, object]) -> str:
        fields = {"id": self.query.article, "after": self.query.after, **more}
        return urlencode({name: value for name, value in fields.items() if value})


def _action_in(form: Fields) -> tuple[ModerationAction, list[int]]:
    """Return what a form decides, and about which mentions; raise Refusal if it says neither."""
    name, ids = next(
        (
            (form.get(button), form.all(field))
            for button, field in (("marked", "id"), ("listed", "all"))
            if button in form
        ),
        ("", ()),
    )
    if not name:
        name, _, id_ = form.get("one").partition(" ")
        ids = (id_,)
    try:
        return ModerationAction(name), [number for number in map(number_of, ids) if number]
    except ValueError:
        raise Refusal(400, "The form does not say what to do.") from None
