"""Print the lower bounds of pyproject.toml as constraints: what ``make test-oldest`` tests with."""

import tomllib
from pathlib import Path

CONTEMPORARIES = [
    "docutils==0.20.1",  # a newer one warns of what Pelican 4.8 does
]

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
for line in wanted:
    requirement, _, marker = line.partition(";")
    name, _, bound = requirement.partition(">=")
    version = bound.partition(",")[0].strip()
    name = name.partition("[")[0]  # a constraint has no extras
    print(f"{name}=={version}" + (f"; {' '.join(marker.split())}" if marker else ""))
print(*CONTEMPORARIES, sep="\n")
