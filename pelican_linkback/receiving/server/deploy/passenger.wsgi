"""The receiver for Passenger, as hosts with cPanel have it: "Setup Python App".

The application's folder is that of the site, and this file lies in it.
"""

import os

os.chdir(os.path.dirname(os.path.abspath(__file__)))

from pelican_linkback.cli.receiver.wsgi import application as receiver

application = receiver("publishconf.py")
