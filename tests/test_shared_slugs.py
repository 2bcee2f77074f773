"""Names that share a slug: said once, in one line, with the advice that fits."""

from __future__ import annotations

import pytest

from pelican_linkback.text.summarise import FEW

APART = "keep them apart with TAG_REGEX_SUBSTITUTIONS"
ALIKE = "write the name alike everywhere"


@pytest.mark.parametrize(
    ("names", "advice"),
    [
        (("C++", "C#"), APART),
        (("code review", "code-review"), ALIKE),
        (("Rope's", "Rope’s"), ALIKE),
        (("résumé", "resume"), APART),
        (("rope", "Rope"), None),
    ],
)
def test_the_advice_fits_the_names(site, names, advice):
    site.article("one", tags=names[0])
    site.article("two", tags=names[1])
    built = site.build(TAG_FEED_ATOM="feeds/tag/{slug}.xml")
    if advice is None:
        assert not built.problems
    else:
        (problem,) = built.problems
        assert advice in problem


def test_many_are_one_message_with_a_count(site):
    for n in range(FEW + 4):
        site.article(f"a{n}", tags=f"word{n}+, word{n}#")
    built = site.build(TAG_FEED_ATOM="feeds/tag/{slug}.xml")
    (problem,) = built.problems
    assert problem.startswith("The tags word0# and word0+ share the slug 'word0'")
    assert f"(and {FEW + 3} more like it; -v names them)" in problem
