# shellcheck shell=bash
set -Eeuo pipefail
umask 077
. "${PLACE_FILE:-/etc/snapdeploy-harbor/place.env}"
DATA_DIR=${DATA_DIR:-/data} RUN_DIR=${RUN_DIR:-/run/snapdeploy-harbor}
say() { echo "$*" >&2; echo "$*" >>"$RUN_DIR/log"; }
fail() { say "failed $1: $2"; exit 1; }
wanted() { jq -r "$1 // empty" "$RUN_DIR/wanted.json"; }
secret() { jq -r "$1 // empty" "$RUN_DIR/secret.json"; }
