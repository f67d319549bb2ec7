#!/usr/bin/env bash
# The maintenance window: installs updates, restarts the server where they ask for it. Waits for what is running.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
exec 9>"$RUN_DIR/lock"
flock -w 3600 9 || { say "maintenance: something else ran for an hour; next week again"; exit 1; }
apt-get -qq -o DPkg::Lock::Timeout=300 update
unattended-upgrade
if [ -e "${REBOOT_FILE:-/var/run/reboot-required}" ]; then
  say "maintenance: updates ask for a restart"
  systemctl reboot
fi
