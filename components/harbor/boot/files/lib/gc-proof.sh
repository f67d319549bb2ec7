#!/usr/bin/env bash
# Collects garbage now and proves by bytes what it freed: gc-proof.sh [--dry-run]
# shellcheck source=remote.sh
. "${LIB_DIR:=/usr/local/lib/snapdeploy-harbor}/remote.sh"
case "$#${1:-}" in 0) dry=false ;; 1--dry-run) dry=true ;; *) stop "usage: gc-proof.sh [--dry-run]" ;; esac
store=$(wanted 'if .storage.kind == "disk" then "" else "\(.storage.kind):\(.storage.bucket)" end')
stored() { rclone size --json "${store:-$DATA_DIR/harbor/registry}" | jq .bytes; }
api() { # [curl's options] PATH: as admin, the password on a pipe
  printf 'user = "admin:%s"\n' "$(secret .adminPassword | sed 's/[\\"]/\\&/g')" | harbor_curl --config - "$@"
}

before=$(stored)
job=$(api -D - -o /dev/null --json '{"schedule": {"type": "Manual"}, "parameters": {"delete_untagged": true, "dry_run": '$dry'}}' \
  /api/v2.0/system/gc/schedule | tr -d '\r' | sed -n 's#^[Ll]ocation: ##p')
while said=$(api "$job") && state=$(jq -r .job_status <<<"$said"); do
  case ${state,,} in
    pending | running | scheduled) sleep "${PAUSE:-5}" ;;
    success) break ;;
    *) stop "garbage collection: $job ended as $state" ;;
  esac
done
say "garbage collection: $(jq -r '.job_parameters | fromjson.freed_space // 0' <<<"$said") bytes freed; the storage held $before bytes and holds $(stored)"
