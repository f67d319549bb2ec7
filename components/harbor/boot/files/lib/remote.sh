# shellcheck shell=bash
# The bucket of the backups, through rclone: the instance's own role, no configuration file, no key anywhere.
# Sourced after lib.sh. A backup counts once its manifest.json is there; the bucket's lifecycle ends it.
# What the bucket is encrypted with is the bucket's own setting. Before 1.62 rclone knows no env_auth for Google and
# takes the instance's account by itself.

BUCKET=$(wanted .backup.bucket)
export RCLONE_CONFIG=/dev/null RCLONE_CONTIMEOUT=15s RCLONE_TIMEOUT=2m \
  RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=${S3_PROVIDER:-AWS} RCLONE_CONFIG_S3_ENV_AUTH=true \
  RCLONE_CONFIG_S3_REGION=$REGION RCLONE_CONFIG_S3_NO_CHECK_BUCKET=true \
  RCLONE_CONFIG_GCS_TYPE='google cloud storage' RCLONE_CONFIG_GCS_ENV_AUTH=true RCLONE_CONFIG_GCS_BUCKET_POLICY_ONLY=true

stop() { # MESSAGE: ends a day-two script; the report of the last converge stays as it is
  say "$1"
  exit 1
}

alone() { # waits for converge and for the other day-two scripts; what they start has the lock already
  [ -z "${HARBOR_LOCKED:-}" ] || return 0
  exec 9>"$RUN_DIR/lock"
  flock -w "${LOCK_SECONDS:-1800}" 9 || stop "another run holds $RUN_DIR/lock: see journalctl, then run this again"
  export HARBOR_LOCKED=1
}

minor() { cut -d. -f1,2 <<<"$1"; }

newest_backup() { rclone lsf --recursive --files-only --include '/*/manifest.json' "$BUCKET" | sort | tail -n1 | cut -d/ -f1; }

fetch_backup() { # ID FOLDER: everything of a backup, every sum checked
  rm -rf "$2" && mkdir -p "$2" && rclone copy "$BUCKET/$1" "$2" && [ -s "$2/manifest.json" ] ||
    { say "$BUCKET/$1 has no manifest.json, so it is no backup"; return 1; }
  (cd "$2" && jq -er '.files | to_entries[] | "\(.value)  \(.key)"' manifest.json | sha256sum --check --strict --quiet) ||
    { say "$BUCKET/$1 is damaged: a sum differs"; return 1; }
}
