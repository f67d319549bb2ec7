#!/usr/bin/env bash
# Fetches what the user data have no room for, the scripts and units of day two, and starts their timers. Sourced by
# converge.sh. Their checksum is in the user data: other files make another server.
more() {
  local number packed=$LIB_DIR/more.lzma
  [ -n "${MORE:-}" ] && [ ! -e "$packed" ] || return 0
  : >"$packed.text"
  for ((number = 0; number < MORE_PARTS; number++)); do
    aws_get ssm "$SSM_URL" AmazonSSM.GetParameter "{\"Name\": \"$MORE/$number\"}" Parameter Value >>"$packed.text" 2>>"$LOG_FILE" ||
      fail scripts "$MORE/$number could not be read: may the server read it? $(tail -n1 "$LOG_FILE")"
  done
  base64 -d "$packed.text" >"$packed.new" 2>>"$LOG_FILE" || true
  [ "$(digest "$packed.new")" = "$MORE_SHA256" ] ||
    fail scripts "the scripts in $MORE are not those that this server was made for. Run pulumi up again, which makes them so"
  python3 "$LIB_DIR/unpack.py" "$packed.new"
  mv "$packed.new" "$packed"
  rm -f "$packed.text"
  systemctl daemon-reload
  start_timers
}

start_timers() {
  local unit
  for unit in "${UNIT_DIR:-/etc/systemd/system}"/*.timer; do
    # What the distribution enabled is a link there; what was written is ours.
    [ -L "$unit" ] || systemctl enable --now "${unit##*/}"
  done
}
