#!/usr/bin/env bash
# Makes this server what is wanted; each minute by a timer, and at once by `converge.sh --now`, which also retries what
# failed a moment ago. Each step looks first whether it is done, so that it goes on after an interruption anywhere.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
for part in lib harbor disk tls installer; do
  # shellcheck source=/dev/null
  . "$LIB_DIR/$part.sh"
done
STEP=wanted KEY=

step() { # NAME MESSAGE
  STEP=$1
  say "$1: $2"
  report working "$1" "$2" || true
}

unexpected() { # PLACE STATUS
  trap - ERR
  [ -e "$RUN_DIR/said" ] || fail "$STEP" "unexpected: status $2 at $1. See journalctl -u snapdeploy-harbor-converge; it is tried again"
  exit 1
}

ended() { # STATUS
  case "$1/$STEP" in
    0/* | */wanted | */disk | */secrets) return 0 ;;
  esac
  local key times
  read -r key times _ 2>/dev/null <"$RUN_DIR/failures" && [ "$key" = "$KEY" ] || times=0
  echo "$KEY $((times + 1)) $(date +%s)" >"$RUN_DIR/failures"
}

resting() { # after a failure the same thing is tried again after 2, 4, … 32 minutes: Let's Encrypt allows five an hour
  local key times at
  read -r key times at 2>/dev/null <"$RUN_DIR/failures" && [ "$key" = "$KEY" ] &&
    [ "$(date +%s)" -lt $((at + 60 * (1 << (times < 5 ? times : 5)))) ]
}

more_files() { # what EC2's user data have no room for: parameters hold it, and the user data its checksum
  local file=$RUN_DIR/more part
  [ "$MORE_PARTS" -gt 0 ] && [ "$(cat "$LIB_DIR/more" 2>/dev/null)" != "$MORE_SHA256" ] || return 0
  for part in $(seq "$MORE_PARTS"); do
    aws_get ssm "$SSM_URL" AmazonSSM.GetParameter "{\"Name\": \"$WANTED-files-$part\"}" Parameter Value
  done >"$file" 2>>"$LOG_FILE" || fail wanted "the server's own scripts ($WANTED-files-*) could not be read: $(tail -n1 "$LOG_FILE")"
  [ "$(digest "$file")" = "$MORE_SHA256" ] ||
    fail wanted "the server's own scripts ($WANTED-files-*) are not those that it was made with: run \`pulumi up\` again"
  base64 -d "$file" >"$file.lzma"
  python3 "$LIB_DIR/unpack.py" "$file.lzma"
  enable_timers
  echo "$MORE_SHA256" >"$LIB_DIR/more"
}

packages() {
  local compose=docker-compose missing=() name
  # shellcheck source=/dev/null
  [ "$(. "${OS_RELEASE:-/etc/os-release}" && echo "$ID")" != ubuntu ] || compose=docker-compose-v2
  for name in ca-certificates certbot curl docker.io "$compose" jq openssl postgresql-client python3-certbot-dns-google \
    python3-certbot-dns-route53 python3-yaml rclone unattended-upgrades; do
    # shellcheck disable=SC2016
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  step packages "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  {
    dpkg --configure -a && apt-get -qq -o DPkg::Lock::Timeout=300 update &&
      apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"
  } >>"$LOG_FILE" 2>&1 </dev/null ||
    fail packages "${missing[*]} could not be installed: $(tail -n1 "$LOG_FILE"). Does the server reach the distribution's archive?"
}

in_installer() { # VERSION COMMAND...: as its documentation has it run, with what it says in the log
  (cd "$(home_of "$1")" && umask 022 && TERM=dumb "${@:2}") >>"$LOG_FILE" 2>&1 </dev/null
}

installation() { # VERSION
  local version=$1 prepared
  prepared="$version $(digest "$(home_of "$version")/harbor.yml")"
  if [ -z "$(installed)" ]; then
    step install "installing Harbor $version"
    in_installer "$version" ./install.sh --with-trivy || fail install "install.sh of $version failed: $(tail -n1 "$LOG_FILE"). See $LOG_FILE"
    echo "$version" | write_state installed
  elif [ "$(cat "$STATE_DIR/prepared" 2>/dev/null)" != "$prepared" ]; then
    step install "harbor.yml changed: Harbor starts anew"
    stop_harbor
    in_installer "$version" ./prepare --with-trivy || fail configuration "prepare of $version failed: $(tail -n1 "$LOG_FILE"). See $LOG_FILE"
  fi
  echo "$prepared" | write_state prepared
  serve_certificate
  start_harbor || fail install "harbor.service does not start: see journalctl -u harbor"
}

converge() {
  local version from known=yes
  rm -f "$RUN_DIR/said"
  # First of all, so that also a report on the disk can say what it answers.
  fetch_wanted || known=
  STEP=disk
  disk
  STEP=wanted
  [ -n "$known" ] || unreadable "the wanted document ($WANTED) could not be read: may the server read it? $(tail -n1 "$LOG_FILE")"
  more_files
  STEP=secrets
  fetch_secret || unreadable "the secret document ($SECRET) could not be read: may the server read it? $(tail -n1 "$LOG_FILE")"
  KEY=$(digest "$RUN_DIR/wanted.json")-$(digest "$RUN_DIR/secret.json")
  if [ "${1:-}" != --now ]; then
    if [ "$(cat "$RUN_DIR/settled" 2>/dev/null)" = "$KEY" ] && [ -e "$STATE_DIR/healthy" ] || resting; then
      return 0
    fi
  fi
  rm -f "$RUN_DIR/settled"
  STEP=packages
  packages
  step certificate "the certificate ($(wanted .tls.mode))"
  certificate
  version=$(wanted .version)
  from=$(installed)
  step installer "the installer of $version"
  installer
  if [ -n "$from" ]; then
    [ -d "$(home_of "$from")" ] || fail installer "$from is installed, and its installer is not on the disk: set version: $from first"
    load_images "$from" || fail installer "the images of $from could not be loaded"
    if [ "$from" != "$version" ] || [ -e "$STATE_DIR/upgrade.json" ]; then
      step upgrade "from $from to $version"
      "$LIB_DIR/upgrade.sh" "$from" "$version" || exit 1
      # It rendered and prepared the new version, so that need not be again.
      [ "$from" = "$version" ] || echo "$version $(digest "$(home_of "$version")/harbor.yml")" | write_state prepared
    fi
  fi
  STEP=configuration
  render_configuration "$version"
  installation "$version"
  step healthy "waiting until Harbor is healthy"
  healthy_within "${HEALTH_SECONDS:-600}" || fail healthy "Harbor is not healthy: $(tail -n1 "$LOG_FILE"). See docker ps and /var/log/harbor"
  tidy "$version"
  say "healthy: Harbor $version serves $(wanted .host)"
  report healthy healthy "Harbor $version serves $(wanted .host)"
  digest "$RUN_DIR/wanted.json" | write_state healthy
  echo "$KEY" >"$RUN_DIR/settled"
  rm -f "$RUN_DIR/failures"
}

unreadable() { # MESSAGE: a server that is as it was wanted a minute ago does not call itself failed for it
  [ ! -e "$RUN_DIR/settled" ] || export QUIET=1
  fail "$STEP" "$1"
}

exec 9>"$RUN_DIR/lock"
flock -n 9 || exit 0
export HARBOR_LOCKED=1
trap '[ "$BASH_SUBSHELL" -gt 0 ] || unexpected "${BASH_SOURCE[0]##*/}:$LINENO" $?' ERR
trap 'ended $?' EXIT
converge "$@"
