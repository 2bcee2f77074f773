"""What keeps a checkout from being published; and what says the same in two places."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from pelican_linkback import __version__
from tests.release import problems

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
READY = {
    "version": "1.2.0",
    "files": {
        "CHANGELOG.rst": "Changelog\n=========\n\n1.2.0 (2026-12-24)\n------------------\n",
        "CITATION.cff": "title: x\nversion: 1.2.0\nlicense: MIT\n",
    },
    "project": {"urls": {"Home": "https://code.example/"}},
    "tags": ["v1.1.0"],
}


def test_what_is_ready_can_be_published():
    assert list(problems(**READY)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "1.2"}, "no number of a release"),
        ({"tags": ["v1.2.0"]}, "is published"),
        ({"files": READY["files"] | {"CHANGELOG.rst": "Unreleased\n----------\n"}}, '"Unreleased"'),
        ({"files": READY["files"] | {"CITATION.cff": "\nversion: 1.1.0\n"}}, "CITATION.cff"),
        ({"project": {}}, "[project.urls]"),
        ({"changed": " M README.rst\n"}, "README.rst"),
    ],
)
def test_what_is_missing_is_reported(change, words):
    assert any(words in each for each in problems(**READY | change))


def test_the_number_is_the_same_everywhere():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))["version"] == __version__


def test_the_matrix_has_every_python():
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text("utf-8"))["jobs"]
    known = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    assert jobs["suite"]["strategy"]["matrix"]["python"] == known


@pytest.mark.parametrize("path", [".readthedocs.yaml", ".pre-commit-config.yaml"])
def test_what_others_read_is_yaml(path):
    assert yaml.safe_load((ROOT / path).read_text("utf-8"))
