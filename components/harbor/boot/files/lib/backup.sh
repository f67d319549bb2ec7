#!/usr/bin/env bash
# Backs Harbor up into the bucket: database, keys, wanted document.
# backup.sh [--if-due]: with --if-due nothing unless the hour of the wanted document has passed since the last one.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
[ -n "$(installed)" ] && [ -s "$RUN_DIR/wanted.json" ] || { say "no Harbor here to back up yet"; exit 0; }
# shellcheck source=harbor.sh
. "$LIB_DIR/harbor.sh"
# shellcheck source=remote.sh
. "$LIB_DIR/remote.sh"
# shellcheck source=database.sh
. "$LIB_DIR/database.sh"

due() { # is the newest passing of the hour (UTC) later than the last backup?
  local now hour last
  now=$(date +%s) hour=$(date -u -d "$(wanted .backup.at)" +%s)
  [ "$hour" -le "$now" ] || hour=$((hour - 86400))
  last=$(date -d "$(jq -r .at "$STATE_DIR/backup.json" 2>/dev/null || echo 1970-01-01)" +%s)
  [ "$last" -lt "$hour" ]
}
[ "${1:-}" != --if-due ] || due || exit 0
alone

id=$(date -u +%Y%m%dT%H%M%SZ)
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
stage=$STATE_DIR/stage
trap 'rm -rf "$stage"' EXIT
rm -rf "$stage" && mkdir -p "$stage"

counted=$(dump_database "$stage/database.dump") || stop "backup $id failed: the database could not be dumped"
ca=()
[ ! -e "$TLS_DIR/ca-key.pem" ] || ca=(snapdeploy/tls/ca.pem snapdeploy/tls/ca-key.pem)
tar -cf "$stage/files.tar" -C "$DATA_DIR" harbor/secret/keys harbor/secret/core harbor/secret/registry "${ca[@]}" ||
  stop "backup $id failed: Harbor's keys could not be read"
cp "$RUN_DIR/wanted.json" "$stage/"
files=$(cd "$stage" && sha256sum -- * | jq -Rn '[inputs | split("  ") | {(.[1]): .[0]}] | add')

rclone copy "$stage" "$BUCKET/$id" || stop "backup $id failed: $BUCKET did not take it"
while read -r sum file; do
  [ "$(rclone cat "$BUCKET/$id/$file" | sha256sum)" = "$sum  -" ] || stop "backup $id failed: $file reads back otherwise"
done < <(jq -r 'to_entries[] | "\(.value) \(.key)"' <<<"$files")
jq -n --arg id "$id" --arg at "$at" --arg version "$(installed)" --argjson counts "$counted" --argjson files "$files" \
  '{schema: 1, $id, $at, $version, $counts, $files}' >"$stage/manifest.json"
rclone copyto "$stage/manifest.json" "$BUCKET/$id/manifest.json" &&
  rclone cat "$BUCKET/$id/manifest.json" | cmp -s - "$stage/manifest.json" || stop "backup $id failed: its manifest reads back otherwise"
jq '{id, at, version}' "$stage/manifest.json" | write_state backup.json
say "backup $id is in $BUCKET"
