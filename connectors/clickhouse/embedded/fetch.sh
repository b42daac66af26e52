#!/bin/sh
# Brings the embedded ClickHouse engine that engine.pin names into the cache
# where Find looks for it: once, checked, and whole or not at all.
set -eu
umask 077

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
pin() { sed -n "s/^$1 //p" "$here/engine.pin"; }
fail() { echo "engine: $*" >&2; exit 1; }

version=$(pin version)
package=$(pin package)
want=$(pin sha256)
case "${XDG_CACHE_HOME:-}" in
/*) cache=$XDG_CACHE_HOME ;;
*) cache=$HOME/.cache ;;
esac
folder=$cache/uprava/engine/$version
target=$folder/libchdb.so

case "$(uname -s)/$(uname -m)" in
Linux/x86_64 | Linux/amd64) ;;
*) fail "version $version exists for $(pin platform) only, not for $(uname -s)/$(uname -m); use a ClickHouse server (UPRAVA_CLICKHOUSE_DSN)" ;;
esac

sum() { sha256sum "$1" | cut -d ' ' -f 1; }

if [ -f "$target" ]; then
	[ "$(sum "$target")" = "$want" ] && { echo "engine $version is there: $target"; exit 0; }
	echo "engine: $target does not match its checksum, fetching it again" >&2
fi
command -v npm >/dev/null || fail "npm is needed to fetch $package, and is not installed"

mkdir -p "$folder"
work=$(mktemp -d "$folder/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
echo "engine $version: fetching $package (about 180 MB, 570 MB unpacked)"
(cd "$work" && echo '{"private":true}' >package.json &&
	npm install --no-save --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error "$package") ||
	fail "npm could not install $package"
fetched=$work/node_modules/${package%@*}/libchdb.so
[ -f "$fetched" ] || fail "$package holds no libchdb.so"
got=$(sum "$fetched")
[ "$got" = "$want" ] || fail "$package: the SHA-256 of libchdb.so is $got, wanted $want; nothing was installed"
mv -f "$fetched" "$target"
echo "engine $version is there: $target"
