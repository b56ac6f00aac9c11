#!/usr/bin/env bash
# Queues a downlink by MQTT; it leaves after the device's next uplink. Then the queue, by HTTP.
set -euo pipefail
. ./environment.sh

mosquitto_pub -h "$MQTT_HOST" -p "$MQTT_PORT" -u "$APPLICATION" -P "$TRAFFIC_KEY" -q 1 -t "v3/$APPLICATION/devices/$DEVICE/down/replace" \
  -m '{"downlinks": [{"f_port": 15, "frm_payload": "AQID", "priority": "NORMAL", "correlation_ids": ["my-order-17"]}]}'
call GET "/as/applications/$APPLICATION/devices/$DEVICE/down" "$TRAFFIC_KEY"
echo
