#!/bin/sh
# A site in an empty folder, built with the commands in the folder $1: does the installed wheel work?
set -eu
site=$(mktemp -d)
trap 'rm -rf "$site"' EXIT
cd "$site"
mkdir content
printf 'A post\n######\n\n:date: 2026-01-01\n:category: Boats\n\nText.\n' > content/post.rst
cat > pelicanconf.py <<'CONF'
PATH = "content"
TIMEZONE = "UTC"
SITEURL = "https://me.example"
CATEGORY_FEED_ATOM = "feeds/category/{slug}.atom.xml"
CONF
"$1/pelican" content --fatal errors
grep -q '<title>A post</title>' output/feeds/category/boats.atom.xml
"$1/pelican-linkback" status
"$1/python" - <<'CODE'
from importlib.resources import files
import pelican_linkback
assert files(pelican_linkback).joinpath("py.typed").is_file()
display = files("pelican_linkback.receiving.display")
for name in "mentions.html", "mention-form.html", "mentions.css", "words.json":
    assert display.joinpath(name).is_file(), name
deploy = files("pelican_linkback.receiving.server") / "deploy"
for name in "linkback@.service", "nginx.conf", "linkback.cgi", "htaccess", "Containerfile":
    assert deploy.joinpath(name).is_file(), name
CODE
echo "The wheel works."
