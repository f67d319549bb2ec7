#!/usr/bin/env bash
# The one thing that cloud-init runs: hands the server over to its units, and waits for the first convergence.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
# Updates come in the maintenance window (snapdeploy-harbor-maintenance.timer), and at no other time.
systemctl mask --now apt-daily-upgrade.timer
enable_timers
systemctl enable harbor.service
systemctl start snapdeploy-harbor-converge.service
