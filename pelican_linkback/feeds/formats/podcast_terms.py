"""The terms of podcasting: Apple's categories, and the roles of the Podcast Taxonomy Project.

From two lists: "Apple Podcasts categories" (Apple Podcasts for Creators), and taxonomy.json of the
podcast namespace, where two names have a misprint, which is kept.
"""

from __future__ import annotations

__all__ = ["CATEGORIES", "GROUPS", "MEDIUMS"]

_CATEGORIES = """
Arts: Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts
Business: Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit
Comedy: Comedy Interviews, Improv, Stand-Up
Education: Courses, How To, Language Learning, Self-Improvement
Fiction: Comedy Fiction, Drama, Science Fiction
Government:
Health & Fitness: Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality
History:
Kids & Family: Education for Kids, Parenting, Pets & Animals, Stories for Kids
Leisure: Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games
Music: Music Commentary, Music History, Music Interviews
News: Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, \
Tech News
Religion & Spirituality: Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality
Science: Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, \
Nature, Physics, Social Sciences
Society & Culture: Documentary, Personal Journals, Philosophy, Places & Travel, Relationships
Sports: Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, \
Soccer, Swimming, Tennis, Volleyball, Wilderness, Wrestling
Technology:
True Crime:
TV & Film: After Shows, Film History, Film Interviews, Film Reviews, TV Reviews
"""

_GROUPS = """
creative direction: director, assistant director, executive producer, senior producer, producer, \
associate producer, development producer, creative director
cast: host, co-host, guest host, guest, voice actor, narrator, announcer, reporter
writing: author, editorial director, co-writer, writer, songwriter, guest writer, story editor, \
managing editor, script editor, script coordinator, researcher, editor, fact checker, translater, \
transcriber, logger
audio production: studio coordinator, technical director, technical manager, audio engineer, \
remote recording engineer, post production engineer
audio post-production: audio editor, sound designer, foley artist, composer, theme music, \
music production, music contributor
administration: production coordinator, booking coordinator, production assistant, \
content manager, marketing manager, sales representative, sales manager
visuals: graphic designer, cover art designer
community: social media manager
misc.: consultant, intern
video production: camera operator, lighting designer, camera grip, assistant camera
video post-production: editor, assistant editor
"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (line.partition(":") for line in text.strip().splitlines())
    return {name: tuple(filter(None, map(str.strip, rest.split(",")))) for name, _, rest in rows}


CATEGORIES = _table(_CATEGORIES)
"""Apple's categories, each with its subcategories; case counts."""

GROUPS = _table(_GROUPS)
"""The groups of people who make a podcast, each with its roles, all in lower case."""

_KINDS = ("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course")
MEDIUMS = frozenset({*_KINDS, *(f"{kind}L" for kind in _KINDS), "publisher", "mixed"})
"""What a feed can be (podcast:medium); one with an L is a list of such."""
