"""The actions of ``inbox`` that are about hosts and URLs, wherever their rules are kept."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from collections.abc import Sequence

from pelican_linkback.cli.inbox.entries import Said
from pelican_linkback.cli.inbox.words import rule, rules_to_block
from pelican_linkback.receiving.memory.decisions import Act

__all__ = ["RuleActions"]


class RuleActions(ABC):
    """Blocks, holds and trusts by ``rule_by``; ``problems`` are said beside what was done."""

    problems: list[str]

    @abstractmethod
    def rule_by(self, act: Act, rules: Sequence[str]) -> Said:
        """Have ``act`` count for these rules."""

    def block(self, arguments: argparse.Namespace) -> Said:
        """Hide what comes from these hosts, or from below these URLs, from now on."""
        rules, problem = rules_to_block(arguments.what, arguments.file)
        self.problems += filter(None, [problem])
        return self.rule_by(Act.BLOCK, rules)

    def hold(self, arguments: argparse.Namespace) -> Said:
        """Look at each mention from there before it is shown."""
        return self.rule_by(Act.HOLD, list(map(rule, arguments.what)))

    def trust(self, arguments: argparse.Namespace) -> Said:
        """Show what comes from there without a look at each."""
        return self.rule_by(Act.TRUST, list(map(rule, arguments.what)))
