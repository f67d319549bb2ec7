#!/usr/bin/env bash
# Takes Harbor from one version to another, or back to where it was.
# upgrade.sh FROM TO, called by converge with TO unpacked; upgrade.sh --again lets a failed upgrade be tried again.
# upgrade.json holds where it is: backup (Harbor stopped, nothing changed) -> change -> gone, or back -> failed.
# shellcheck source=database.sh
. "${LIB_DIR:=/usr/local/lib/snapdeploy-harbor}/database.sh"
FROM=$1 TO=${2:-} backup=
export HARBOR_LOCKED=1

refusal() { # FROM TO FREE_BYTES DATABASE_BYTES DIRTY: prints why not, or nothing
  local from to need=$((10240 + ($4 >> 20)))
  IFS=. read -ra from <<<"$1"
  IFS=. read -ra to <<<"$2"
  if [ "$(printf '%s\n' "$@" | head -n2 | sort -V | tail -n1)" = "$1" ]; then echo "it is older than $1"
  elif [ "${from[0]}" != "${to[0]}" ] || [ $((to[1] - from[1])) -gt 2 ]; then echo "more than two minor versions after $1"
  elif [ $(($3 >> 20)) -lt "$need" ]; then echo "$need MiB have to be free: enlarge the data disk"
  elif [ "$5" != false ]; then echo "the schema is marked dirty: restore a backup"
  fi
}

mark() { # PHASE [MESSAGE]
  jq -n --arg phase "$1" --arg to "$TO" --arg backup "$backup" --arg message "${2:-}" \
    --arg wanted "$(digest "$RUN_DIR/wanted.json")" '{$phase, $to, $backup, $message, $wanted}' | write_state upgrade.json
}

marked() { jq -r ".$1" "$STATE_DIR/upgrade.json" 2>/dev/null || true; }

failed() { # MESSAGE: and the same wish is not tried again by itself
  mark failed "$1; $FROM runs as before. Mend, then upgrade.sh --again"
  fail upgrade "$(marked message)"
}

way_back() { # WHY
  mark back
  rm -f "$STATE_DIR/healthy"
  compose "$TO" down || true
  stop_harbor
  if [ -z "$PGHOST" ]; then # a new major version of PostgreSQL moves its folder: the old one starts from an empty one
    rm -rf "$DATA_DIR/harbor/database_failed"
    [ ! -d "$DATA_DIR/harbor/database" ] || mv "$DATA_DIR/harbor/database" "$DATA_DIR/harbor/database_failed"
  fi
  "$LIB_DIR/restore.sh" "$backup" || fail upgrade "not upgraded to $TO: $1; and restore.sh $backup failed too: see the log"
  failed "not upgraded to $TO: $1"
}

change() { # in a process of its own, where the first failure ends it
  local at=$RUN_DIR/upgrade-step
  echo "rendering harbor.yml" >"$at"
  render_configuration "$TO"
  cd "$(home_of "$TO")"
  umask 022
  echo "loading the images" >"$at"
  load_images "$TO"
  echo "prepare" >"$at"
  ./prepare --with-trivy
  echo "starting the containers" >"$at"
  compose "$TO" up -d --remove-orphans
  echo "the health check" >"$at"
  healthy_within "${HEALTH_SECONDS:-600}"
}

phase=$(marked phase)
case "$FROM/$phase" in
  --again/failed)
    rm -f "$STATE_DIR/upgrade.json" "$STATE_DIR/healthy"
    exit ;;
  --again/*) exit ;;
  --change/*)
    change >>"$LOG_FILE" 2>&1 </dev/null
    exit ;;
  */change | */back)
    if [ "$(marked to)" != "$FROM" ]; then
      TO=$(marked to) backup=$(marked backup)
      way_back "the server stopped in the middle"
    fi ;;
  */failed)
    [ "$FROM" = "$TO" ] || [ "$STATE_DIR/healthy" -nt "$STATE_DIR/upgrade.json" ] ||
      [ "$(marked wanted)" != "$(digest "$RUN_DIR/wanted.json")" ] || fail upgrade "$(marked message)" ;;
esac
if [ "$FROM" = "$TO" ]; then # another document came while an upgrade was under way
  start_harbor
  rm -f "$STATE_DIR/upgrade.json"
  exit
fi

database_up && size=$(say_to "$DATABASE" "SELECT pg_database_size('$DATABASE')") && dirty=$(say_to "$DATABASE" "$COUNTS" | jq .dirty) ||
  fail upgrade "the database of $FROM does not answer"
why=$(refusal "$FROM" "$TO" "$(df -B1 --output=avail "$DATA_DIR" | tail -n1)" "$size" "$dirty")
[ -z "$why" ] && newest_backup >/dev/null || fail upgrade "not upgraded to $TO: ${why:-$BUCKET cannot be read, so there would be no way back}"

say "upgrading to $TO: $FROM stops, is backed up, and starts as $TO"
mark backup
stop_harbor
if ! database_up || ! "$LIB_DIR/backup.sh"; then
  start_harbor
  failed "not upgraded to $TO: the backup before it failed"
fi
backup=$(jq -r .id "$STATE_DIR/backup.json")
mark change
rm -f "$STATE_DIR/healthy"
"$LIB_DIR/upgrade.sh" --change "$TO" || way_back "$(cat "$RUN_DIR/upgrade-step") failed"
echo "$TO $(digest "$(home_of "$TO")/harbor.yml")" | write_state prepared
echo "$TO" | write_state installed
start_harbor
rm -f "$STATE_DIR/upgrade.json"
say "upgraded from $FROM to $TO; the backup before it is $backup"
