"""A module whose import fails: what LINKBACK_FEEDS may name by mistake."""


class Feed(Undefined):  # noqa: F821
    pass
