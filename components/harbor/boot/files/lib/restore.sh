#!/usr/bin/env bash
# Puts a backup in place: restore.sh ID|latest [--anyway]. What was there stays as database NAME_before_TIME.
# Stopped in the middle it can be run again. --anyway: also a backup of another minor version than the installed one.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
# shellcheck source=harbor.sh
. "$LIB_DIR/harbor.sh"
# shellcheck source=remote.sh
. "$LIB_DIR/remote.sh"
# shellcheck source=database.sh
. "$LIB_DIR/database.sh"
[ $# -ge 1 ] && case "${2:-}" in '' | --anyway) ;; *) false ;; esac || stop "usage: restore.sh ID|latest [--anyway]"
alone
id=$1
[ "$id" != latest ] || id=$(newest_backup)
[ -n "$id" ] || stop "there is no backup in $BUCKET"
version=$(installed)
[ -n "$version" ] || stop "no Harbor is installed here: let converge install it first"
stage=$STATE_DIR/restore new=${DATABASE}_restored
trap 'rm -rf "$stage"' EXIT
fetch_backup "$id" "$stage" || stop "restore $id: nothing was touched"
of=$(jq -r .version "$stage/manifest.json")
[ "$(minor "$of")" = "$(minor "$version")" ] || [ "${2:-}" = --anyway ] ||
  stop "restore $id: it is of $of and $version is installed; set version: $of, or add --anyway and Harbor migrates it"

database_up "$version" && load_database "$stage/database.dump" "$new" && found=$(counts "$new") ||
  stop "restore $id: the dump could not be loaded; Harbor is untouched"
[ "$found" = "$(jq -cS .counts "$stage/manifest.json")" ] || stop "restore $id: the rows are not the manifest's; Harbor is untouched"

stop_harbor
compose "$version" stop
database_up "$version" || stop "restore $id: stopped before the switch; run it again"
kept=${DATABASE}_before_$(date -u +%Y%m%d%H%M%S)
switch_database "$new" "$kept" || stop "restore $id: the databases were not switched; run it again"
tar -xpf "$stage/files.tar" -C "$DATA_DIR" || stop "restore $id: the keys were not put back; run it again"
start_harbor
healthy_within "${HEALTH_SECONDS:-600}" || stop "restore $id: in place, but Harbor is not healthy; see docker ps and /var/log/harbor"
say "restored $id; what was there before is database $kept: drop it once all is well"
