#!/usr/bin/env bash
# The one thing that cloud-init runs: hands the server over to its units, and waits for the first convergence.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
UNIT_DIR=${UNIT_DIR:-/etc/systemd/system}
systemctl daemon-reload
# Updates come in the maintenance window (snapdeploy-harbor-maintenance.timer), and at no other time.
systemctl mask --now apt-daily-upgrade.timer
systemctl enable harbor.service
for unit in "$UNIT_DIR"/*.timer; do
  # What the distribution enabled is a link there; what was written is ours.
  [ -L "$unit" ] || systemctl enable --now "${unit##*/}"
done
systemctl start snapdeploy-harbor-converge.service
