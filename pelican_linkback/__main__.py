"""``python -m pelican_linkback`` is ``pelican-linkback``."""

import sys

from pelican_linkback.cli import main

sys.exit(main())
