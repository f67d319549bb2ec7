#!/usr/bin/env bash
# Collects garbage now and proves by bytes what it freed: gc-proof.sh [--dry-run]
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
# shellcheck source=harbor.sh
. "$LIB_DIR/harbor.sh"
# shellcheck source=remote.sh
. "$LIB_DIR/remote.sh"
case "${1:-}" in '') dry=false ;; --dry-run) dry=true ;; *) stop "usage: gc-proof.sh [--dry-run]" ;; esac
case "$(wanted .storage.kind)" in
  disk) store=$DATA_DIR/harbor/registry ;;
  *) store=$(wanted .storage.kind):$(wanted .storage.bucket) ;;
esac
stored() { rclone size --json "$store" | jq .bytes; }
api() { # [curl's options] PATH: as admin, the password on a pipe
  printf 'user = "admin:%s"\n' "$(secret .adminPassword | sed 's/[\\"]/\\&/g')" | harbor_curl --config - "$@"
}

before=$(stored)
answer=$(api -D - -o /dev/null --json "{\"schedule\": {\"type\": \"Manual\"}, \"parameters\": {\"delete_untagged\": true, \"dry_run\": $dry}}" /api/v2.0/system/gc/schedule)
job=$(tr -d '\r' <<<"$answer" | sed -n 's#^[Ll]ocation: .*/##p')
[ -n "$job" ] || stop "garbage collection: Harbor started none"
while state=$(api "/api/v2.0/system/gc/$job"); do
  case "$(jq -r .job_status <<<"$state" | tr '[:upper:]' '[:lower:]')" in
    success) break ;;
    pending | running | scheduled) sleep "${PAUSE:-5}" ;;
    *) stop "garbage collection: job $job ended as $(jq -r .job_status <<<"$state"): see Harbor, Clean Up, its log" ;;
  esac
done
freed=$(jq -r '.job_parameters | fromjson | .freed_space // 0' <<<"$state")
say "garbage collection: job $job says $freed bytes freed; the storage held $before bytes and holds $(stored)"
