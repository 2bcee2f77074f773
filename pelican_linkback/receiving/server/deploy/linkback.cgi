#!/home/me/blog/.venv/bin/python
"""The receiver, started by the web server for each request (CGI).

Change the path above and the folder below, and make the file executable: chmod 755 linkback.cgi
"""

import os

os.chdir("/home/me/blog")

from pelican_linkback.cli.receiver.wsgi import run_cgi

run_cgi("publishconf.py")
