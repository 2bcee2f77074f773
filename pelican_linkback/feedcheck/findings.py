"""All findings about feeds: every code of ``check``, and its message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pelican_linkback.text.printable import printable

__all__ = ["CODES", "Finding", "Problem", "Problems", "say"]

CODES: Mapping[str, str] = {
    "not-well-formed": "This is not well-formed, and no reader will show it ({}); "
    "build the site again, and if that does not help, leave the feed out",
    "doctype": "A feed needs no DOCTYPE, and readers refuse it; take it out",
    "id-missing": "There is no id, so that readers cannot tell it from others; give it one",
    "id-invalid": "The id {} is not a URI (RFC 3986), and validators refuse it; "
    "publish with an absolute SITEURL, and give it an id without spaces and accents",
    "id-doubled": "The id {} is used here twice, and readers show one of the two; "
    "give each entry its own",
    "id-changed": "Readers know this entry as {1}, and now its id is {0}: they would show it as "
    "new; give it the old id again",
    "id-shared": "The id {} is that of another page in {}, and readers show one of the two; "
    "give each its own",
    "id-differs": "This page has the id {} here and {} in {}: who reads both feeds sees it "
    "twice; give it one id",
    "feed-id-shared": "The id {} is that of the feed {} too, and readers take one for the other; "
    "give each feed its own",
    "guid-permalink": "The guid {} is not a URL, and readers would open it as one; "
    'write isPermaLink="false" with it',
    "link-missing": "There is no link to the page; give it one",
    "self-missing": "The feed does not say where it is; give it a link with rel=self",
    "hub-without-self": "The feed names the hub {} and not its own address, so that nobody can "
    "subscribe to it there; give it a link with rel=self",
    "self-elsewhere": "The feed is at {1}, and says that it is at {0}; fix SITEURL or "
    "FEED_DOMAIN, or the feed's address",
    "url-relative": "The URL {} is relative, and broken in most readers; make it absolute",
    "date-missing": "There is no updated element, which Atom asks for; give it a date",
    "date-wrong": "The date {} is not one ({}); correct it",
    "date-zone": "The date {} has no time zone, and readers guess one; set TIMEZONE",
    "date-future": "The date {} is in the future, and pins this to the top of every reader; "
    "correct it, or publish when it has come",
    "author-empty": "There is an author without a name; set AUTHOR, or name the article's author",
    "author-missing": "Neither the entry nor the feed has an author, which Atom asks for; "
    "set AUTHOR, or name the article's author",
    "answer-wrong": "The id {} of what this answers (in-reply-to) is not a URI, and readers cannot "
    "show the two together; give it the id of that entry",
    "count-wrong": "The number of replies {} is none; give it a whole number, or leave it out",
    "title-empty": "There is no title; give it one",
    "language-wrong": "The language {} is no language tag (BCP 47), and what reads aloud or "
    'translates guesses; write one, such as "en" or "pt-BR", in DEFAULT_LANG or in Lang',
    "content-missing": "There is neither content_html nor content_text, which JSON Feed asks for; "
    "give it one of them, if only an empty one",
    "podcast-lacks": "Apple Podcasts asks for {} in the channel; give the podcast one",
    "podcast-wrong": "{} is not what Apple Podcasts or the podcast namespace asks for; correct it",
    "podcast-long": "The {} is longer than podcast apps take (4000 bytes for a description, else "
    "255 or 128 characters), and is cut; shorten it, or give the article a summary",
    "podcast-category": "{} is none of Apple's categories, or not of the one around it; write it "
    "exactly as Apple does",
    "podcast-number": "This episode has no number, which Apple asks of a serial show; "
    "write Episode into its metadata",
    "podcast-role": "{} is no role and group of the podcast namespace's list; write another, "
    "or leave it out",
    "podcast-insecure": "The podcast namespace asks for https in {}; publish with an https SITEURL",
    "picture-kind": "The picture {} is not what its name says, a JPEG or a PNG, which Apple "
    "Podcasts asks for; save it as one of them",
    "picture-size": "The picture {} is not square with 1400 to 3000 pixels a side, as Apple "
    "Podcasts asks; make another",
    "picture-colours": "The picture {} is not in RGB, as Apple Podcasts asks; save it so",
    "enclosure-missing": "This episode has no enclosure, and podcast apps do not show it; "
    "name its file, or leave it out of the podcast",
    "enclosure-length": "The length of {} is not known, and Apple asks for the number of its "
    "bytes; give the file's path in the content folder, or Enclosure_Length",
    "enclosure-size": "The length of {} is another than the file's, and apps stop too early; "
    "build the site again",
    "enclosure-type": "Apple Podcasts does not play {}; publish an MP3, M4A, MP4, M4V, MOV or PDF "
    "file, with its own extension and type",
    "enclosure-name": "The address {} has more than ASCII letters and digits, which Apple asks "
    "for; rename the file",
    "enclosure-doubled": "The file {} is another episode's too, and Apple shows one of the two; "
    "give each episode its own",
    "file-missing": "The file {} is not in the output folder; build the site again, or fix the "
    "path in the metadata",
    "chapters-wrong": "The file {} holds no chapters that apps can read; write a JSON object with "
    "a version, and chapters in the order of their startTime",
    "title-markup": "The title has the tag {}, which readers show as plain text; write plain "
    "text, or take title out of FORMATTED_FIELDS",
    "description-markup": "The description of the feed has the tag {}, which readers show as "
    "plain text; write plain text in SITESUBTITLE",
    "name-email": "The name holds the address {}; write the name alone, and the address in "
    "Author_Email, if readers are to have it",
    "summary-blank": "The summary is empty when shown; leave it out, or write one",
    "style": "There is a style element in the text, which readers take for a risk or show as "
    "text; take it out",
    "link-unresolved": "The link {} was not resolved by Pelican, and leads nowhere; fix its path",
    "enclosure-wrong": "The enclosure cannot have the {}; fix the metadata of the article",
    "no-feed": "This was written as a feed, and is none any more; see what wrote over it, and "
    "build the site again",
    "reader-failed": "This is not checked: {}; its author has to fix it",
    "script": "There is a script in the text ({}), and readers refuse it; take it out",
}
"""The message of each code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    ``feed`` is the document's path in the output folder, ``entry`` the title of the entry (else its
    link, else its number) or None for the feed as a whole, ``code`` one of CODES, ``message`` a
    sentence with the remedy.
    """

    feed: str
    entry: str | None
    code: str
    message: str


Problem = tuple[str, str]
"""A code and its message."""

Problems = Iterator[Problem]


def say(code: str, *words: object) -> Problem:
    """Return the problem with this ``code``, its message filled in with ``words``."""
    return code, CODES[code].format(*(printable(word) or "nothing" for word in words))
