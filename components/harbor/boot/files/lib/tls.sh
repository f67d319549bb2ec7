#!/usr/bin/env bash
# The certificate: given, by an authority of the server's own, or by Let's Encrypt. Sourced by converge.sh; run as
# `tls.sh renew` twice a day. All of it is on the data disk, so that a replaced server asks nobody for a new one.

HOST_DAYS=397 HOST_LEFT=60 CA_DAYS=3650 CA_LEFT=400

certificate() { # chain.pem and key.pem become what is wanted
  case "$(wanted .tls.mode)" in
    given) given ;;
    internal) internal ;;
    lets-encrypt) lets_encrypt ;;
    *) fail certificate "tls.mode is none that this server knows" ;;
  esac
}

lasts() { openssl x509 -noout -checkend $(($2 * 86400)) -in "$1" >/dev/null 2>&1; } # FILE DAYS

for_host() { openssl x509 -noout -checkhost "$(wanted .host)" -in "$1" 2>/dev/null | grep -q 'does match'; } # FILE

match() { # CHAIN KEY
  local of
  of=$(openssl x509 -noout -pubkey -in "$1" 2>/dev/null) && [ "$of" = "$(openssl pkey -pubout -in "$2" 2>/dev/null)" ]
}

put() { # CHAIN KEY: in place, where they are other ones
  if ! cmp -s "$1" "$TLS_DIR/chain.pem" || ! cmp -s "$2" "$TLS_DIR/key.pem"; then
    for file in chain:"$1" key:"$2"; do
      cat "${file#*:}" >"$TLS_DIR/${file%%:*}.new"
      sync "$TLS_DIR/${file%%:*}.new"
      mv "$TLS_DIR/${file%%:*}.new" "$TLS_DIR/${file%%:*}.pem"
    done
    say "certificate: a new one, until $(openssl x509 -noout -enddate -in "$TLS_DIR/chain.pem" | cut -d= -f2)"
  fi
}

given() {
  secret .tlsChain >"$RUN_DIR/chain.pem"
  secret .tlsKey >"$RUN_DIR/key.pem"
  match "$RUN_DIR/chain.pem" "$RUN_DIR/key.pem" || fail certificate "the given key is not that of the given certificate: mend tls.chain and tls.key"
  lasts "$RUN_DIR/chain.pem" 0 || fail certificate "the given certificate has ended: give a new one in tls.chain and tls.key"
  put "$RUN_DIR/chain.pem" "$RUN_DIR/key.pem"
}

ec_key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "$@" 2>>"$LOG_FILE"; }

internal() {
  local host new=$TLS_DIR/new
  host=$(wanted .host)
  if [ ! -s "$TLS_DIR/ca-key.pem" ] || ! match "$TLS_DIR/ca.pem" "$TLS_DIR/ca-key.pem" || ! lasts "$TLS_DIR/ca.pem" $CA_LEFT; then
    ec_key -x509 -days $CA_DAYS -subj "/O=Harbor/CN=Authority of ${host:0:40}" -addext keyUsage=critical,keyCertSign,cRLSign \
      -addext basicConstraints=critical,CA:TRUE,pathlen:0 -keyout "$new-ca-key" -out "$new-ca"
    mv "$new-ca-key" "$TLS_DIR/ca-key.pem"
    mv "$new-ca" "$TLS_DIR/ca.pem"
    say "certificate: a new authority"
  fi
  if ! lasts "$TLS_DIR/chain.pem" $HOST_LEFT || ! for_host "$TLS_DIR/chain.pem" || ! match "$TLS_DIR/chain.pem" "$TLS_DIR/key.pem" ||
    ! openssl verify -CAfile "$TLS_DIR/ca.pem" "$TLS_DIR/chain.pem" >/dev/null 2>&1; then
    ec_key -new -subj "/O=Harbor" -keyout "$new-key" -out "$new-request"
    printf '%s\n' "subjectAltName=DNS:$host" extendedKeyUsage=serverAuth keyUsage=critical,digitalSignature \
      basicConstraints=critical,CA:FALSE authorityKeyIdentifier=keyid >"$new-extensions"
    openssl x509 -req -in "$new-request" -CA "$TLS_DIR/ca.pem" -CAkey "$TLS_DIR/ca-key.pem" -days $HOST_DAYS \
      -set_serial "0x$(openssl rand -hex 16)" -extfile "$new-extensions" -out "$new-chain" 2>>"$LOG_FILE"
    put "$new-chain" "$new-key"
    rm -f "$new"-*
  fi
}

lets_encrypt() {
  local host how=() of=$STATE_DIR/letsencrypt
  host=$(wanted .host)
  case "$(wanted .tls.challenge)/$CLOUD" in
    dns/ec2) how=(--dns-route53) ;;
    dns/*) how=(--dns-google) ;;
    # Harbor publishes nothing on port 80 (render_harbor_yml.py), so certbot can answer there while Harbor runs.
    *) how=(--standalone --preferred-challenges http) ;;
  esac
  if ! certbot certonly --non-interactive --agree-tos --email "$(wanted .tls.email)" --cert-name harbor -d "$host" \
    --keep-until-expiring --renew-with-new-domains --config-dir "$of" --work-dir "$of/work" --logs-dir "$of/logs" \
    "${how[@]}" >>"$LOG_FILE" 2>&1; then
    if ! lasts "$TLS_DIR/chain.pem" 1 || ! for_host "$TLS_DIR/chain.pem"; then
      fail certificate "Let's Encrypt gave no certificate for $host: does its DNS record show this server, and is port 80 open (challenge http)? See $of/logs"
    fi
    say "certificate: Let's Encrypt did not renew it, see $of/logs; the one that is here is kept"
    return 0
  fi
  put "$of/live/harbor/fullchain.pem" "$of/live/harbor/privkey.pem"
}

serve_certificate() { # the newest to a Harbor that has another: `prepare` copied it to where its nginx reads it
  local at=$DATA_DIR/harbor/secret/cert
  [ -d "$at" ] || return 0
  ! cmp -s "$TLS_DIR/chain.pem" "$at/server.crt" || ! cmp -s "$TLS_DIR/key.pem" "$at/server.key" || return 0
  for file in chain:server.crt key:server.key; do
    cat "$TLS_DIR/${file%%:*}.pem" >"$at/new"
    chown --reference="$at" "$at/new"
    mv "$at/new" "$at/${file#*:}"
  done
  compose "$(installed)" exec -T proxy nginx -s reload >>"$LOG_FILE" 2>&1 || say "certificate: Harbor does not run; it will start with the new one"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
  # shellcheck source=lib.sh
  . "$LIB_DIR/lib.sh"
  # shellcheck source=harbor.sh
  . "$LIB_DIR/harbor.sh"
  [ "${1:-}" = renew ] || { say "usage: tls.sh renew"; exit 2; }
  # What is served still holds, so the report of the last convergence stands; the unit fails, and the watch counts days.
  # shellcheck disable=SC2034
  QUIET=1
  exec 9>"$RUN_DIR/lock"
  flock -w 1500 9
  [ -s "$RUN_DIR/wanted.json" ] && [ -s "$STATE_DIR/installed" ] || exit 0
  certificate
  serve_certificate
fi
