#!/usr/bin/env bash
# Proves that what is served is the certificate on the disk, and that it lasts; after a renewal, that the new one is served.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
# shellcheck source=lib.sh
. "$LIB_DIR/lib.sh"
host=$(wanted .host)
chain=$TLS_DIR/chain.pem
[ -n "$host" ] && [ -s "$chain" ] || { say "certificate: none here yet"; exit 0; }
fingerprint() { openssl x509 -noout -fingerprint -sha256; }
served() { timeout 15 openssl s_client -connect "${HARBOR_ADDRESS:-127.0.0.1:443}" -servername "$host" </dev/null 2>/dev/null | fingerprint 2>/dev/null; }

for _ in $(seq "${TRIES:-12}"); do
  [ "$(served || true)" != "$(fingerprint <"$chain")" ] || break
  sleep "${PAUSE:-5}"
done
found=$(served) || { say "certificate: nothing is served for $host: see docker ps"; exit 1; }
[ "$found" = "$(fingerprint <"$chain")" ] ||
  { say "certificate: an older one is served than the one in $chain: systemctl restart harbor.service"; exit 1; }
days=$((($(date -d "$(openssl x509 -noout -enddate <"$chain" | cut -d= -f2)" +%s) - $(date +%s)) / 86400))
[ "$days" -ge "${NEEDED_DAYS:-14}" ] || { say "certificate: $days days left, and ${NEEDED_DAYS:-14} are needed: see journalctl -u 'certbot*' -u 'harbor*'"; exit 1; }
say "certificate: the newest is served, $days days left"
