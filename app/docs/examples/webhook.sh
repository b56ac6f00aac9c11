#!/usr/bin/env bash
# A webhook to receiver.py, with a key for its downlinks; then how it stands. Webhooks into private networks are refused unless
# as.webhooks.allow-networks names them.
set -euo pipefail
. ./environment.sh

call PUT "/as/webhooks/$APPLICATION/example" "$TRAFFIC_KEY" '{"webhook": {"base_url": "'"$RECEIVER"'", "format": "json",
  "downlink_api_key": "'"$TRAFFIC_KEY"'", "uplink_message": {"path": "/up"}, "join_accept": {"path": "/join"}},
  "field_mask": {"paths": ["base_url", "format", "downlink_api_key", "uplink_message", "join_accept"]}}' >/dev/null
call GET "/farfield/as/webhooks/$APPLICATION/example/delivery" "$TRAFFIC_KEY"
echo
