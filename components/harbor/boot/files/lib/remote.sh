# shellcheck shell=bash
# The bucket of the backups, through rclone: the instance's own role, no configuration file, no key anywhere. Sourced.
#
# A backup counts once its manifest.json is there; the bucket's lifecycle ends it, and its own setting encrypts it.
# Before 1.62 rclone knows no env_auth for Google, and takes the instance's account by itself.
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
# shellcheck source=harbor.sh
. "$LIB_DIR/harbor.sh"

BUCKET=$(wanted .backup.bucket)
export RCLONE_CONFIG=/dev/null RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER="${S3_PROVIDER:-AWS}" \
  RCLONE_CONFIG_S3_ENV_AUTH=true RCLONE_CONFIG_S3_REGION="$REGION" RCLONE_CONFIG_S3_NO_CHECK_BUCKET=true \
  RCLONE_CONFIG_GCS_TYPE='google cloud storage' RCLONE_CONFIG_GCS_ENV_AUTH=true RCLONE_CONFIG_GCS_BUCKET_POLICY_ONLY=true

stop() { # MESSAGE: ends a day-two script; the report of the last convergence stays as it is
  say "$1"
  exit 1
}

alone() { # waits for converge and for the other day-two scripts; what they start has the lock already
  [ -z "${HARBOR_LOCKED:-}" ] || return 0
  exec 9>"$RUN_DIR/lock"
  flock -w 1800 9 || stop "something else has run for half an hour: see journalctl"
  export HARBOR_LOCKED=1
}

newest_backup() { rclone lsf -R --files-only --include '/*/manifest.json' "$BUCKET" | sort | tail -n1 | cut -d/ -f1; }

fetch_backup() { # ID FOLDER: everything of a backup, every sum checked
  rm -rf "$2"
  rclone copy "$BUCKET/$1" "$2" && (
    cd "$2"
    jq -r '.files | to_entries[] | "\(.value)  \(.key)"' manifest.json | sha256sum -c --strict --quiet
  )
}
