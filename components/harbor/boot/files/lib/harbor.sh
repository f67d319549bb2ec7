# shellcheck shell=bash
# Harbor as it is installed: its containers, its configuration, its health. Sourced after lib.sh.

home_of() { echo "$DATA_DIR/installer/$1/harbor"; } # VERSION

compose() { # VERSION ARGUMENT...
  (cd "$(home_of "$1")" && docker compose "${@:2}")
}

start_harbor() { systemctl start harbor.service; }

stop_harbor() { systemctl stop harbor.service; }

harbor_curl() { # [curl's options] PATH: on this server, whatever the DNS says; trusts the certificate that is on the disk
  curl -sS --fail --max-time 20 --cacert "$TLS_DIR/chain.pem" --connect-to "::${HARBOR_ADDRESS:-127.0.0.1:443}" "${@:1:$#-1}" \
    "https://$(wanted .host)${*: -1}"
}

healthy_within() { # SECONDS: until Harbor says that all of it is healthy
  local end=$((SECONDS + $1)) answer=
  until answer=$(harbor_curl /api/v2.0/health 2>&1) && [ "$(jq -r .status <<<"$answer")" = healthy ]; do
    [ $SECONDS -lt "$end" ] || { say "not healthy after $1 s: ${answer:0:300}"; return 1; }
    sleep "${PAUSE:-5}"
  done
}

render_configuration() { # VERSION: harbor.yml of that version, 0600
  python3 "$LIB_DIR/render_harbor_yml.py" "$1" "$RUN_DIR/wanted.json" "$RUN_DIR/secret.json" "$DATA_DIR" "$(home_of "$1")/harbor.yml"
}

load_images() { # VERSION: a replaced server has the disk's data and no images
  docker image inspect "goharbor/harbor-core:v$1" >/dev/null 2>&1 || docker load -q -i "$(home_of "$1")/harbor.v$1.tar.gz"
}
