#!/usr/bin/env bash
# Waits for one uplink and prints it: topic, then JSON. Without -C 1 and -W it would go on for ever.
set -euo pipefail
. ./environment.sh

mosquitto_sub -h "$MQTT_HOST" -p "$MQTT_PORT" -u "$APPLICATION" -P "$TRAFFIC_KEY" -t "v3/$APPLICATION/devices/+/up" -v -C 1 -W "${SECONDS_MAX:-60}"
