#!/usr/bin/env bash
# Puts a backup in place: restore.sh ID|latest [--anyway]. What was there stays as database NAME_before_TIME.
# Stopped in the middle it can be run again. --anyway: also a backup of another minor version than the installed one.
# shellcheck source=database.sh
. "${LIB_DIR:=/usr/local/lib/snapdeploy-harbor}/database.sh"
case "$#${2:---anyway}" in [12]--anyway) ;; *) stop "usage: restore.sh ID|latest [--anyway]" ;; esac
alone
id=$1
[ "$id" != latest ] || id=$(newest_backup)
[ -n "$id" ] || stop "there is no backup in $BUCKET"
stage=$STATE_DIR/restore new=${DATABASE}_restored
trap 'rm -rf "$stage"' EXIT
untouched() { stop "restore $id: $1; Harbor is untouched"; }
again() { stop "restore $id: $1; run it again"; }

fetch_backup "$id" "$stage" || untouched "damaged, or without a manifest and so no backup"
of=$(jq -r .version "$stage/manifest.json") version=$(installed)
[ "${of%.*}" = "${version%.*}" ] || [ $# = 2 ] ||
  untouched "it is of $of, and ${version:-no Harbor} is installed: set version: $of, or add --anyway and Harbor migrates it"
database_up && load_database "$stage" "$new" || untouched "the dump could not be loaded, or its rows are not the manifest's"

stop_harbor
compose "$version" stop
database_up || again "the database does not answer"
kept=${DATABASE}_before_$(date -u +%Y%m%d%H%M%S%3N)
switch_database "$new" "$kept" || again "the databases were not switched"
tar -xpf "$stage/files.tar" -C "$DATA_DIR" || again "the keys were not put back"
start_harbor
healthy_within "${HEALTH_SECONDS:-600}" || stop "restore $id: in place, but Harbor is not healthy: see docker ps"
say "restored $id; what was there is database $kept: drop it once all is well"
