#!/usr/bin/env bash
# Rehearses a restore: loads the newest backup beside Harbor's database, compares, drops it again.
# shellcheck source=database.sh
. "${LIB_DIR:=/usr/local/lib/snapdeploy-harbor}/database.sh"
alone
id=$(newest_backup)
scratch=rehearsal_${id,,} stage=$STATE_DIR/rehearsal
trap 'rm -rf "$stage"; drop_database "$scratch"' EXIT

ended() { # true|false MESSAGE
  jq -n --arg id "$id" --arg at "$(date -u +%FT%TZ)" --argjson ok "$1" --arg message "$2" '{$id, $at, $ok, $message}' |
    write_state rehearsal.json
  say "rehearsal of ${id:-nothing}: $2"
  "$1"
  exit
}

[ -n "$id" ] || ended false "there is no backup in $BUCKET"
fetch_backup "$id" "$stage" || ended false "not whole"
load_database "$stage" "$scratch" || ended false "the dump cannot be loaded, or its rows are not the manifest's"
[ "$(jq .counts.dirty "$stage/manifest.json")" = false ] || ended false "the schema is marked dirty"
[ "$(tar -xOf "$stage/files.tar" harbor/secret/keys/secretkey | wc -c)" = 16 ] || ended false "the secret key is not 16 bytes"
ended true "restorable, $(jq -c .counts "$stage/manifest.json")"
