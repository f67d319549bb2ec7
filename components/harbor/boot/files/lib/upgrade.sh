#!/usr/bin/env bash
# Takes Harbor from one version to another, or back to where it was.
# upgrade.sh FROM TO, called by converge with TO unpacked; upgrade.sh --again lets a failed upgrade be tried again.
# upgrade.json holds where it is: backup (Harbor stopped, nothing changed) -> change -> gone, or back -> failed.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
# shellcheck source=harbor.sh
. "$LIB_DIR/harbor.sh"
# shellcheck source=remote.sh
. "$LIB_DIR/remote.sh"
# shellcheck source=database.sh
. "$LIB_DIR/database.sh"

refusal() { # FROM TO FREE_BYTES DATABASE_BYTES DIRTY: prints why not, or nothing
  local from to
  IFS=. read -ra from <<<"$1"
  IFS=. read -ra to <<<"$2"
  if [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n1)" = "$1" ]; then echo "$2 is older than $1: Harbor cannot go back"
  elif [ "${from[0]}" != "${to[0]}" ] || [ $((to[1] - from[1])) -gt 2 ]; then echo "$2 is more than two minor versions after $1: go by ${from[0]}.$((from[1] + 2))"
  elif [ "$3" -lt $((10737418240 + $4)) ]; then echo "$(($3 >> 20)) MiB free, and $(((10737418240 + $4) >> 20)) are needed: enlarge the data disk"
  elif [ "$5" != f ]; then echo "the database's schema is marked dirty: restore the last good backup first"
  fi
}

mark() { jq -n --arg phase "$1" --arg from "$FROM" --arg to "$TO" --arg backup "${backup:-}" --arg message "${2:-}" \
  --arg wanted "$(digest "$RUN_DIR/wanted.json")" '{$phase, $from, $to, $backup, $message, $wanted}' | write_state upgrade.json; }

marked() { jq -r ".$1" "$STATE_DIR/upgrade.json" 2>/dev/null || true; }

way_back() { # WHY
  mark back "$1"
  rm -f "$STATE_DIR/healthy"
  compose "$TO" down || true
  stop_harbor
  if [ -z "$EXTERNAL" ]; then # a new major version of PostgreSQL moves its folder: the old one starts from an empty one
    rm -rf "$DATA_DIR/harbor/database_failed"
    [ ! -d "$DATA_DIR/harbor/database" ] || mv "$DATA_DIR/harbor/database" "$DATA_DIR/harbor/database_failed"
  fi
  "$LIB_DIR/restore.sh" "$backup" || fail upgrade "upgrade to $TO failed: $1; the way back to $FROM failed too: restore.sh $backup"
  mark failed "upgrade to $TO failed: $1; $FROM runs again with the data of $backup. Mend, then upgrade.sh --again"
  fail upgrade "$(marked message)"
}

step() { # NAME COMMAND: the name is what a failure is called
  echo "$1" >"$RUN_DIR/upgrade-step"
  "${@:2}"
}

change() { # in a process of its own, where the first failure ends it
  step "rendering harbor.yml" render_configuration "$TO"
  cd "$(home_of "$TO")"
  umask 022
  step "loading the images" load_images "$TO"
  step prepare ./prepare --with-trivy >>"$LOG_FILE" 2>&1 </dev/null
  step "starting the containers" compose "$TO" up -d --remove-orphans
  step "the health check" healthy_within "${HEALTH_SECONDS:-600}"
}

if [ "${1:-}" = --again ]; then
  [ "$(marked phase)" != failed ] || rm -f "$STATE_DIR/upgrade.json" "$STATE_DIR/healthy"
  exit 0
elif [ "${1:-}" = --change ]; then
  TO=$2
  change
  exit 0
fi
FROM=$1 TO=$2
export HARBOR_LOCKED=1

case "$(marked phase)" in
  change | back)
    if [ "$(marked to)" != "$FROM" ]; then
      TO=$(marked to) backup=$(marked backup)
      way_back "the server stopped in the middle"
    fi ;;
  failed)
    [ "$FROM" = "$TO" ] || [ "$STATE_DIR/healthy" -nt "$STATE_DIR/upgrade.json" ] ||
      [ "$(marked wanted)" != "$(digest "$RUN_DIR/wanted.json")" ] || fail upgrade "$(marked message)" ;;
esac
if [ "$FROM" = "$TO" ]; then # another document came while an upgrade was under way
  start_harbor
  rm -f "$STATE_DIR/upgrade.json"
  exit 0
fi

database_up "$FROM" || fail upgrade "the database of $FROM does not answer"
facts=$(psql_in "$DATABASE" -c "SELECT pg_database_size(current_database()), bool_or(dirty) FROM schema_migrations" </dev/null) ||
  fail upgrade "the database of $FROM cannot be read"
why=$(refusal "$FROM" "$TO" "$(df -B1 --output=avail "$DATA_DIR" | tail -n1)" "${facts%|*}" "${facts#*|}")
[ -z "$why" ] || fail upgrade "not upgraded to $TO: $why"
newest_backup >/dev/null || fail upgrade "not upgraded to $TO: $BUCKET cannot be read, so there would be no way back"

say "upgrading $FROM to $TO: Harbor stops, is backed up, and starts as $TO"
mark backup
stop_harbor
if ! database_up "$FROM" || ! "$LIB_DIR/backup.sh"; then
  start_harbor
  mark failed "not upgraded to $TO: the backup before it failed, and $FROM runs as before. Mend, then upgrade.sh --again"
  fail upgrade "$(marked message)"
fi
backup=$(jq -r .id "$STATE_DIR/backup.json")
mark change
rm -f "$STATE_DIR/healthy"
"$LIB_DIR/upgrade.sh" --change "$TO" || way_back "$(cat "$RUN_DIR/upgrade-step") failed"
echo "$TO $(digest "$(home_of "$TO")/harbor.yml")" | write_state prepared
echo "$TO" | write_state installed
start_harbor
rm -f "$STATE_DIR/upgrade.json"
say "upgraded $FROM to $TO; the backup before it is $backup"
