# shellcheck shell=bash
# What every script begins with: strictness, places, words. Sourced; the caller says nothing of `set`.
#
# say TEXT                      one line to the journal (stderr) and to the log
# fail STEP MESSAGE             reports `failed` and ends; MESSAGE says what, and how to mend it
# report STATE STEP MESSAGE     writes the report to where the program reads it; 1: could not
# wanted FILTER, secret FILTER  jq on the documents as last fetched; nothing where it is null
# fetch_wanted, fetch_secret    fetch them; another status than 0: said why
# cloud_token, aws_request      see cloud.sh
set -Eeuo pipefail
umask 077
PLACE_FILE=${PLACE_FILE:-/etc/snapdeploy-harbor/place.env}
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
DATA_DIR=${DATA_DIR:-/data}
RUN_DIR=${RUN_DIR:-/run/snapdeploy-harbor}
LOG_FILE=${LOG_FILE:-/var/log/snapdeploy-harbor.log}
STATE_DIR=$DATA_DIR/snapdeploy
TLS_DIR=$STATE_DIR/tls
export PLACE_FILE LIB_DIR DATA_DIR RUN_DIR LOG_FILE STATE_DIR TLS_DIR HOME=${HOME:-/root}
# shellcheck source=/dev/null
. "$PLACE_FILE"
mkdir -p "$RUN_DIR"

say() {
  printf '%s\n' "$*" >&2
  printf '%s %s\n' "$(date -u +%FT%TZ)" "$*" >>"$LOG_FILE"
}

wanted() { jq -r "$1 | select(. != null)" "$RUN_DIR/wanted.json"; }

secret() { jq -r "$1 | select(. != null)" "$RUN_DIR/secret.json"; }

digest() { sha256sum "$1" 2>/dev/null | cut -c-64; }

installed() { cat "$STATE_DIR/installed" 2>/dev/null || true; }

write_state() { # NAME, text on standard input: replaced whole or not at all, also when the power goes
  cat >"$STATE_DIR/$1.new" && sync "$STATE_DIR/$1.new" && mv "$STATE_DIR/$1.new" "$STATE_DIR/$1" && sync "$STATE_DIR"
}

fetch_wanted() { fetch "$RUN_DIR/wanted.json" get_wanted; }

fetch_secret() { fetch "$RUN_DIR/secret.json" get_secret; }

fetch() { # FILE COMMAND: what COMMAND prints becomes FILE, if it is a JSON object
  local problem
  if problem=$("$2" 2>&1 >"$1.new") && problem=$(python3 -IS -c 'import json,sys; dict(json.load(open(sys.argv[1])))' "$1.new" 2>&1); then
    mv "$1.new" "$1"
  else
    say "$2: $(tail -n1 <<<"$problem" | cut -c-300)"
    rm -f "$1.new"
    return 1
  fi
}

report() { # STATE STEP MESSAGE
  local INSTANCE
  INSTANCE=$(instance_id) || INSTANCE=
  export INSTANCE
  if ! python3 -IS "$LIB_DIR/report.py" "$@" >"$RUN_DIR/report.json" || ! put_report "$RUN_DIR/report.json"; then
    say "the report \"$1: $2\" could not be sent"
    return 1
  fi
}

fail() { # STEP MESSAGE
  say "failed: $1: $2"
  : >"$RUN_DIR/said"
  [ -n "${QUIET:-}" ] || report failed "$1" "$2" || true
  exit 1
}

enable_timers() {
  local unit
  systemctl daemon-reload
  for unit in "${UNIT_DIR:-/etc/systemd/system}"/*.timer; do
    # What the distribution enabled is a link there; what was written is ours.
    [ -L "$unit" ] || systemctl enable --now "${unit##*/}"
  done
}

# shellcheck source=cloud.sh
. "$LIB_DIR/cloud.sh"
