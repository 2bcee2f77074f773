#!/bin/sh
# Write tests/golden anew from the sample site, with the pelican in the folder $1.
set -eu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
SITEURL=https://tidetable.example "$1/pelican" sample_site/content -s sample_site/publishconf.py -o "$out/output" \
    -e LINKBACK_STATE="\"$out/linkback\""
for name in category/harbour-town.atom.xml category/harbour-town.rss.xml category/harbour-town.json language/de.atom.xml language/de.rss.xml \
    tag/c.atom.xml author/joao-falcao.rss.xml soundings.xml soundings.json latest.atom.xml latest.rss.xml latest.json \
    latest.1.atom.xml latest.1.rss.xml latest.1.json latest.2.atom.xml latest.2.rss.xml latest.2.json latest.3.atom.xml latest.3.rss.xml; do
    mkdir -p "tests/golden/$(dirname "$name")"
    cp "$out/output/feeds/$name" "tests/golden/$name"
done
