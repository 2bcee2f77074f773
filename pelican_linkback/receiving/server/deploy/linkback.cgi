#!/home/me/blog/.venv/bin/python
"""The receiver, started by the web server for each request (CGI).

Change the path above and the folder below, and make the file executable: chmod 755 linkback.cgi
"""

import os
from wsgiref.handlers import CGIHandler

os.chdir("/home/me/blog")

from pelican_linkback.cli.receiver.wsgi import application

CGIHandler().run(application("publishconf.py"))
