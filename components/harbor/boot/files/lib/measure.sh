#!/usr/bin/env bash
# Measures Harbor, and sends what it found to the cloud's monitoring.
LIB_DIR=${LIB_DIR:-/usr/local/lib/snapdeploy-harbor}
. "$LIB_DIR/lib.sh"
[ -s "$STATE_DIR/installed" ] && [ -s "$RUN_DIR/wanted.json" ] && [ -n "$(wanted .watch)" ] || exit 0
body=$RUN_DIR/measured ZONE=
[ "$CLOUD" = ec2 ] || ZONE=$(google_metadata instance/zone)
INSTANCE=$(instance_id)
export CLOUD SCOPE ZONE INSTANCE
python3 "$LIB_DIR/measure.py" 2> >(while read -r line; do say "not measured: $line"; done) >"$body"
if [ "$CLOUD" = ec2 ]; then
  answer=$(aws_request POST monitoring "$MONITORING_URL/" GraniteServiceVersion20100801.PutMetricData "$body")
else
  token=$(cloud_token)
  answer=$(request -H @<(printf 'Authorization: Bearer %s\n' "$token") -H 'Content-Type: application/json' \
    --data-binary "@$body" "$MONITORING_URL/v3/projects/$SCOPE/timeSeries")
fi || fail_to_send=1
[ -z "${fail_to_send:-}" ] || { say "not sent: $(tr '\n' ' ' <<<"$answer" | cut -c-300)"; exit 1; }
# What was counted is forgotten only once it was told.
write_state measured.json <"$RUN_DIR/counted"
