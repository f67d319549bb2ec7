#!/bin/sh
# Writes the locks anew from the .in files: `make lock`. Hashes, every platform, no address of any index.
set -eu
cd "$(dirname "$0")"
for name in uv go run dev; do
    case $name in dev) constraint="-c run.txt" ;; *) constraint="" ;; esac
    # shellcheck disable=SC2086  # empty or two words
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" $constraint "$name.in" -o "$name.txt" "$@"
done
