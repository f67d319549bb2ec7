#!/usr/bin/env bash
# Backs Harbor up into the bucket: database, keys, wanted document.
# backup.sh [--if-due]: with --if-due nothing unless the hour of the wanted document has passed since the last one.
# shellcheck source=database.sh
. "${LIB_DIR:=/usr/local/lib/snapdeploy-harbor}/database.sh"

due() { # is the newest passing of the hour (UTC) later than the last backup?
  local hour
  hour=$(date -ud "$(wanted .backup.at)" +%s)
  [ "$hour" -le "$(date +%s)" ] || hour=$((hour - 86400))
  [ "$(date -d "$(jq -r .at "$STATE_DIR/backup.json" || echo 1970-01-01)" +%s)" -lt "$hour" ]
}
[ "${1:-}" != --if-due ] || due 2>/dev/null || exit 0
alone
at=$(date -u +%FT%TZ) id=
id=${at//[-:]/}
stage=$STATE_DIR/stage
trap 'rm -rf "$stage"' EXIT
rm -rf "$stage"
mkdir "$stage"
cd "$stage"

counts=$(dump_database database.dump) || stop "backup $id failed: the database could not be dumped"
paths=(harbor/secret/keys harbor/secret/core harbor/secret/registry)
[ ! -e "$TLS_DIR/ca-key.pem" ] || paths+=(snapdeploy/tls/ca.pem snapdeploy/tls/ca-key.pem)
tar -cf files.tar -C "$DATA_DIR" "${paths[@]}" || stop "backup $id failed: Harbor's keys could not be read"
cp "$RUN_DIR/wanted.json" .
files=$(sha256sum -- * | jq -Rn '[inputs / "  " | {(.[1]): .[0]}] | add')
take() { # PATTERN: into the bucket, and compared with what reads back
  rclone copy --include "$1" . "$BUCKET/$id" && rclone check -q --download --include "$1" . "$BUCKET/$id" ||
    stop "backup $id failed: $BUCKET did not take it"
}
take '*'
jq -n --arg id "$id" --arg at "$at" --arg version "$(installed)" --argjson counts "$counts" --argjson files "$files" \
  '{$id, $at, $version, $counts, $files}' >manifest.json
take manifest.json
jq '{id, at, version}' manifest.json | write_state backup.json
say "backup $id is in $BUCKET"
