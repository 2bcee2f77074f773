"""The actions of ``inbox``, whatever the mentions are in: the files of a site, or a database."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from pelican_linkback.cli.inbox.arguments import rule, rules_to_block
from pelican_linkback.cli.inbox.output import Result
from pelican_linkback.receiving.memory.decisions import Act

__all__ = ["Action", "InboxActions"]

Action = Callable[[argparse.Namespace], Result]
"""Does what the arguments of the command ask for; raises LinkbackError if it cannot be done."""


class InboxActions(ABC):
    """One method for each action; ``by_name`` has them by the first word of the command.

    ``problems`` are sentences that are printed beside the result.
    """

    problems: list[str]

    def by_name(self) -> Mapping[str, Action]:
        """Return the actions by their names on the command line; "" is the list."""
        return {
            "": self.listed,
            "show": self.show,
            "approve": self.approve,
            "refuse": self.refuse,
            "block": self.block,
            "hold": self.hold,
            "trust": self.trust,
            "undo": self.undo,
            "rules": self.rules,
        }

    @abstractmethod
    def listed(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are asked for: those that are held, unless it is said."""

    @abstractmethod
    def show(self, arguments: argparse.Namespace) -> Result:
        """Return the mentions that are named, with all that is known of them."""

    @abstractmethod
    def approve(self, arguments: argparse.Namespace) -> Result:
        """Show these mentions from now on."""

    @abstractmethod
    def refuse(self, arguments: argparse.Namespace) -> Result:
        """Hide these mentions, or what comes from these URLs, from now on."""

    @abstractmethod
    def undo(self, arguments: argparse.Namespace) -> Result:
        """Take back what was decided about these mentions, URLs or hosts."""

    @abstractmethod
    def rules(self, arguments: argparse.Namespace) -> Result:
        """Return the rules that are in force."""

    @abstractmethod
    def set_rules(self, act: Act, rules: Sequence[str]) -> Result:
        """Have ``act`` count for these rules, which are in the form of ``rule_of``."""

    def block(self, arguments: argparse.Namespace) -> Result:
        """Hide what comes from these hosts, or from below these URLs, from now on."""
        rules, problem = rules_to_block(arguments.what, arguments.file)
        self.problems += filter(None, [problem])
        return self.set_rules(Act.BLOCK, rules)

    def hold(self, arguments: argparse.Namespace) -> Result:
        """Look at each mention from there before it is shown."""
        return self.set_rules(Act.HOLD, list(map(rule, arguments.what)))

    def trust(self, arguments: argparse.Namespace) -> Result:
        """Show what comes from there without a look at each."""
        return self.set_rules(Act.TRUST, list(map(rule, arguments.what)))
