"""Print the lower bounds of setup.cfg as constraints: what ``make test-oldest`` tests with."""

import configparser
from pathlib import Path

setup = configparser.ConfigParser()
setup.read(Path(__file__).parent.parent / "setup.cfg", encoding="utf-8")
wanted = setup["options"]["install_requires"] + setup["options.extras_require"]["test"]
for line in filter(None, wanted.splitlines()):
    name, _, bound = line.partition(">=")
    print(f"{name}=={bound.split(',')[0]}")
