"""Writes the first version of the store's tables, as long as none was released.

python tests/make_migration.py
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext

from pelican_linkback.receiving.store import migrations, tables

HEAD = '''"""The first version of the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
'''


def main() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        made = produce_migrations(context, tables.metadata)
        lines = render_python_code(made.upgrade_ops).splitlines()
    code = "\n".join(
        line if line.startswith(" ") else f"    {line}" for line in lines if "###" not in line
    )
    path = Path(migrations.__file__).with_name("versions") / "v0001.py"
    names = "('shown', 0), ('clock', 0)"
    seed = f'\n    op.execute("INSERT INTO counter (name, value) VALUES {names}")\n'
    path.write_text(HEAD + code + seed, encoding="utf-8")
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    subprocess.run([*ruff, "format", "-q", str(path)], check=True)


if __name__ == "__main__":
    main()
