#!/usr/bin/env bash
# Proves that what is served is the certificate on the disk, and that it lasts; after a renewal, that the new one is served.
# shellcheck source=lib.sh
. "${LIB_DIR:=/usr/local/lib/snapdeploy-harbor}/lib.sh"
newest=$(openssl x509 -in "$TLS_DIR/chain.pem")
served() { timeout 15 openssl s_client -connect "${HARBOR_ADDRESS:-127.0.0.1:443}" -servername "$(wanted .host)" </dev/null 2>&1 | openssl x509 2>&1; }
bad() { say "certificate: $1"; exit 1; }

for _ in $(seq "${TRIES:-12}"); do
  [ "$(served)" != "$newest" ] || break
  sleep "${PAUSE:-5}"
done
found=$(served) || bad "nothing is served: see docker ps"
[ "$found" = "$newest" ] || bad "an older one is served: systemctl restart harbor.service"
days=$((($(date -d "$(openssl x509 -noout -enddate <<<"$newest" | cut -d= -f2)" +%s) - $(date +%s)) / 86400))
[ "$days" -ge "${NEEDED_DAYS:-14}" ] || bad "$days days left: see journalctl -u snapdeploy-harbor-renewal"
say "certificate: the newest is served, $days days left"
