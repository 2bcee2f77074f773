"""Pages of a megabyte that are made to cost a reader time, memory, or its life."""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["HOSTILE", "SIZE", "WALLS", "filled"]

SIZE = 1_000_000
WALLS = "https://blog.example/walls/"
LINK = f'<a href="{WALLS}">w</a>'
ENTRY = '<div class="h-entry">'


def filled(begin: str, piece: str, end: str = "") -> str:
    """``begin``, as many pieces as fit, and ``end``."""
    length = SIZE - len((begin + end).encode())
    return begin + piece * (length // len(piece.encode())) + end


def numbered(begin: str, piece: str, end: str = "") -> str:
    """As ``filled``, with a number in each piece (a ``#``)."""
    pieces, size = [begin], len(begin) + len(end)
    for number in range(SIZE):
        pieces.append(piece.replace("#", str(number)))
        size += len(pieces[-1])
        if size > SIZE:
            pieces.pop()
            break
    return "".join([*pieces, end])


_Page = Callable[[], str]

HOSTILE: Mapping[str, _Page] = {
    "open b elements": lambda: filled(ENTRY + LINK, "<b>"),
    "open divs in an entry": lambda: filled(ENTRY + LINK, "<div>"),
    "formatting that is opened again": lambda: filled(ENTRY + LINK, "<b><i><u><p>x"),
    "an end tag first, and then many": lambda: filled(f"</p>{LINK}", "</p></b></div>"),
    "nothing but angle brackets": lambda: filled(ENTRY + LINK, "<"),
    "comments without an end": lambda: filled(ENTRY + LINK, "<!--"),
    "tables in tables": lambda: filled(ENTRY + LINK, "<table><tr><td>"),
    "text that tables throw out": lambda: filled(ENTRY + LINK + "<table>", "x<b>"),
    "one tag with all attributes": lambda: numbered(ENTRY + LINK + "<p ", "a#=1 ", ">"),
    "one class attribute": lambda: numbered(f'{LINK}<p class="h-entry ', "p-a# ", '">x'),
    "classes of roots": lambda: numbered(f'{LINK}<p class="', "h-a# ", '">x'),
    "entries": lambda: filled(LINK, '<p class="h-entry">x'),
    "entries in entries": lambda: filled(LINK, '<div class="h-entry">x'),
    "cards in cards, as three properties": lambda: filled(
        ENTRY + LINK, '<p><b class="p-a u-b p-c h-card">'
    ),
    "names in names": lambda: filled(ENTRY + LINK, '<b class="p-name">x'),
    "contents in contents": lambda: filled(ENTRY + LINK, '<div class="e-content">x'),
    "properties side by side": lambda: filled(ENTRY + LINK, '<a class="u-like-of" href=x></a>'),
    "old microformats in one another": lambda: filled(
        '<div class="hentry">' + LINK, '<div class="vcard author fn hentry entry-content">x'
    ),
    "old microformats side by side": lambda: filled(
        '<div class="hentry">' + LINK, '<a rel="tag bookmark" href="/x">x</a>'
    ),
    "parts of one date": lambda: filled(
        f'{ENTRY}{LINK}<b class="dt-published">', '<i class="value">1</i>'
    ),
    "pictures with many sizes": lambda: filled(
        f'{ENTRY}{LINK}<img class="u-photo" alt="" src=x srcset="', "x 1x", '">'
    ),
    "links to nowhere": lambda: numbered(LINK, "<a href=#>"),
    "links to odd hosts": lambda: numbered(LINK, '<a href="https:#">'),
    "links to pages of ours": lambda: numbered(
        ENTRY + LINK, '<a href="https://blog.example/#/../%41">'
    ),
    "one long link": lambda: filled(f'{ENTRY}{LINK}<a class="u-url" href="', "https://a/", '">'),
    "a base of half a megabyte": lambda: (
        f'<base href="https://blog.example/{"a/" * 250_000}">'
        + filled(ENTRY + LINK, '<a class="u-url" href="../x">')[: SIZE // 2]
    ),
    "authors by rel": lambda: numbered(ENTRY + LINK, "<a rel=author href=#>"),
    "a title without an end": lambda: filled(f"{ENTRY}{LINK}<title>", "&amp;<b>&#x1F600;"),
    "entities": lambda: filled(
        f'{ENTRY}{LINK}<p class="p-name">', "&CounterClockwiseContourIntegral"
    ),
    "marks on one letter": lambda: filled(f'{ENTRY}{LINK}<p class="p-name">a', "\u0301"),
    "words without end": lambda: filled(f'{ENTRY}{LINK}<p class="e-content">', "x"),
    "blanks": lambda: filled(f'{ENTRY}{LINK}<p class="e-content">', " \n\t"),
}
