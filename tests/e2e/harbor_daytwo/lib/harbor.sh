# shellcheck shell=bash
render_configuration() { echo "hostname: $(wanted .host)" >"$DATA_DIR/installer/$1/harbor/harbor.yml"; }
healthy_within() { [ ! -e "$RUN_DIR/sick" ] || [ "$(cat "$RUN_DIR/sick")" != "$(cat "$RUN_DIR/up")" ]; }
load_images() { :; }
compose() { docker compose -f "$DATA_DIR/installer/$1/harbor/docker-compose.yml" "${@:2}"; }
stop_harbor() { systemctl stop harbor.service; }
start_harbor() { systemctl start harbor.service; }
