"""docs/reference/states.rst has every state, decision and reason, and no other."""

from __future__ import annotations

import ast
import inspect
import re
from itertools import chain

from pelican_linkback.cli import labels
from pelican_linkback.protocol.pingback import FAULTS
from pelican_linkback.protocol.response import PASSING
from pelican_linkback.sending.deciding.reasons import REASONS as IN_WORDS
from pelican_linkback.sending.memory.delivery import State
from tests.pages import DOCS, PACKAGE, PAGES, table


def codes(heading: str) -> list[str]:
    return [row[0].strip("`") for row in table("states", heading)]


def test_every_state_is_there_with_the_word_that_the_list_has_for_it():
    rows = {name.strip("`"): word for name, word, _ in table("states", "States")}
    assert rows == {state.value: labels.STANDING[state] for state in State}


def reasons() -> set[str]:
    """Every reason that the code gives; of one that is put together its first part."""
    places = {"Outcome": 1, "Asked": 1, "Unreadable": 0}
    found: list[ast.expr] = []
    for path in PACKAGE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                index = places.get(getattr(call.func, "id", ""))
                found += call.args[index : index + 1] if index is not None else []
                found += [each.value for each in call.keywords if each.arg == "reason"]
    texts = chain(*(each.values if isinstance(each, ast.JoinedStr) else [each] for each in found))
    made = {str(each.value) for each in texts if isinstance(each, ast.Constant) and each.value}
    return made | set(IN_WORDS)


REASONS = [
    *("Reasons while it waits", "Reasons when it is sent"),
    *("Reasons why not", "Faults of pingbacks"),
]


def test_every_reason_is_there_and_no_other():
    on_page = {code.partition("`` ")[0] for heading in REASONS for code in codes(heading)}
    faults = {f"fault-{number}" for number in FAULTS}  # chosen from that table
    assert on_page == reasons() | faults | {"fault-"}


def test_every_fault_is_there_with_what_becomes_of_it():
    rows = {code.strip("`"): state.strip("`") for code, state, _ in table("states", REASONS[-1])}
    assert rows == {f"fault-{number}": fault.verdict.value for number, fault in FAULTS.items()}


def test_every_status_that_is_tried_again_is_there():
    (row,) = re.findall(
        r"^``target-``(.*?)are tried again", PAGES["states"], re.MULTILINE | re.DOTALL
    )
    on_page = {int(number) for number in re.findall(r"\b4\d\d\b", row)}
    assert on_page == PASSING, (
        "docs/reference/states.rst and PASSING in protocol/response.py differ"
    )


def test_every_decision_is_there():
    source = inspect.getsource(labels.intent) + inspect.getsource(labels._news)
    verbs = set(re.findall(r'return "([a-z ]+)", [f"_]', source))
    assert {row[1] for row in table("states", "What comes next")} == verbs
    schema = (DOCS / "schemas" / "delivery.schema.json").read_text("utf-8")
    decisions = {row[0].strip("`") for row in table("states", "What comes next")}
    assert decisions == set(re.findall(r'"(send|ask|wait|skip|give-up)"', schema))
