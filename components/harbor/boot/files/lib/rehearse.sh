#!/usr/bin/env bash
# Rehearses a restore: loads the newest backup beside Harbor's database, compares, drops it again.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
[ -n "$(installed)" ] && [ -s "$RUN_DIR/wanted.json" ] || { say "no Harbor here to rehearse yet"; exit 0; }
# shellcheck source=harbor.sh
. "$LIB_DIR/harbor.sh"
# shellcheck source=remote.sh
. "$LIB_DIR/remote.sh"
# shellcheck source=database.sh
. "$LIB_DIR/database.sh"
alone
id=$(newest_backup)
scratch=rehearsal_${id,,} stage=$STATE_DIR/rehearsal
trap 'rm -rf "$stage"; drop_database "$scratch"' EXIT

ended() { # true|false MESSAGE
  jq -n --arg id "$id" --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --argjson ok "$1" --arg message "$2" '{$id, $at, $ok, $message}' |
    write_state rehearsal.json
  say "rehearsal of ${id:-nothing}: $2"
  "$1" || exit 1
}

[ -n "$id" ] || ended false "there is no backup in $BUCKET"
fetch_backup "$id" "$stage" || ended false "not whole"
load_database "$stage/database.dump" "$scratch" || ended false "the dump cannot be loaded"
found=$(counts "$scratch") || ended false "tables are missing"
[ "$found" = "$(jq -cS .counts "$stage/manifest.json")" ] || ended false "the rows are not the manifest's: $found"
[ "$(jq .dirty <<<"$found")" = false ] || ended false "the schema is marked dirty"
[ "$(tar -xOf "$stage/files.tar" harbor/secret/keys/secretkey | wc -c)" = 16 ] || ended false "the secret key is not 16 bytes"
ended true "restorable, $found"
