"""The page of the rules about hosts and authors."""

from __future__ import annotations

from urllib.parse import urlencode

from pelican_linkback.receiving.memory.decisions import ABOUT_RULES, Act
from pelican_linkback.receiving.memory.rules import rule_of
from pelican_linkback.receiving.server.admin.context import AdminContext, Visit
from pelican_linkback.receiving.server.http import Refusal, Response

__all__ = ["OF_PAGE", "RulePages"]

OF_PAGE = 200
_LONGEST = 2_000


class RulePages:
    """The handlers of ``rules``."""

    def __init__(self, context: AdminContext) -> None:
        self._context = context

    def rules(self, visit: Visit, problem: str = "", rule: str = "") -> Response:
        """Show the rules, and a form for a new one."""
        fields = visit.request.query
        rules = self._context.rules.all(fields.get("after"), OF_PAGE + 1)
        shown = rules[:OF_PAGE]
        is_more = len(rules) > OF_PAGE
        return self._context.render(
            visit,
            "rules.html",
            "rules",
            rules=shown,
            next=f"rules?{urlencode({'after': shown[-1].rule})}" if is_more else "",
            rule=(rule or fields.get("rule"))[:_LONGEST],
            problem=problem,
        )

    def decide(self, visit: Visit) -> Response:
        """Make a rule, or take one back."""
        form = visit.request.form()
        if released := form.get("release"):
            self._context.rules.set([released], Act.RELEASE, "browser")
            return self._context.redirect(visit.request, "rules")
        act = form.get("act")
        if act not in ABOUT_RULES:
            raise Refusal(400, "The form does not say what to do.")
        try:
            rule = rule_of(form.get("rule")[:_LONGEST])
        except ValueError as error:
            return self.rules(visit, f"{error}", form.get("rule"))
        self._context.rules.set([rule], Act(act), "browser")
        return self._context.redirect(visit.request, "rules")
