"""The suite under each Python with the newest Pelican, and with the Pelican of its own time.

``nox`` runs what this machine has a Python for, ``nox --python 3.13`` one of them. The first Python
with the oldest of every package is ``make test-oldest``.
"""

import nox

nox.needs_version = ">=2025.2.9"
nox.options.error_on_missing_interpreters = False

PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
OF_THEIR_TIME = {
    "3.12": ["pelican==4.9.1", "docutils<0.22"],  # Ubuntu 24.04
    "3.13": ["pelican==4.11.0", "docutils<0.22"],  # Debian 13
}


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """Run the suite with the newest of everything."""
    _test(session)


@nox.session(python=list(OF_THEIR_TIME))
def distributions(session: nox.Session) -> None:
    """Run the suite with the Pelican that a distribution has beside this Python."""
    _test(session, *OF_THEIR_TIME[str(session.python)])


def _test(session: nox.Session, *pins: str) -> None:
    session.install("--upgrade", "pip>=25.1")  # the first that knows --group
    session.install("--group", "test", "--editable", ".", *pins)
    options = session.posargs or ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
    session.run("python", "-m", "pytest", *options)
