#!/bin/sh
# Write tests/golden anew from the sample site, with the pelican in the folder $1.
set -eu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
SITEURL=https://tidetable.example "$1/pelican" sample_site/content -s sample_site/publishconf.py -o "$out" \
    -e LINKBACK_STATE="\"$out/linkback\""
for name in category/harbour-town.atom.xml category/harbour-town.rss.xml category/harbour-town.json language/de.atom.xml language/de.rss.xml \
    tag/c.atom.xml author/joao-falcao.rss.xml; do
    mkdir -p "tests/golden/$(dirname "$name")"
    cp "$out/feeds/$name" "tests/golden/$name"
done
