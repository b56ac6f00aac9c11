#!/usr/bin/env bash
# Registers an OTAA device (LoRaWAN 1.0.3, EU868) with a new random AppKey: who it is, then what network, application and join server have to
# know. farfield-cli devices create does the four calls in one.
set -euo pipefail
. ./environment.sh

dev_eui=${DEV_EUI:-70B3D57ED0000001} join_eui=${JOIN_EUI:-0000000000000000}
app_key=${APP_KEY:-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | tr a-f A-F)}
ids='"ids": {"device_id": "'"$DEVICE"'", "application_ids": {"application_id": "'"$APPLICATION"'"}, "dev_eui": "'"$dev_eui"'", "join_eui": "'"$join_eui"'"}'
path=/applications/$APPLICATION/devices
id_paths='"ids.device_id", "ids.dev_eui", "ids.join_eui"'

call POST "$path" "$ADMIN_KEY" '{"end_device": {'"$ids"', "name": "An example", "network_server_address": "localhost",
  "application_server_address": "localhost", "join_server_address": "localhost"}}' >/dev/null
call PUT "/js$path/$DEVICE" "$ADMIN_KEY" '{"end_device": {'"$ids"', "root_keys": {"app_key": {"key": "'"$app_key"'"}}},
  "field_mask": {"paths": ['"$id_paths"', "root_keys.app_key.key"]}}' >/dev/null
call PUT "/ns$path/$DEVICE" "$ADMIN_KEY" '{"end_device": {'"$ids"', "supports_join": true, "lorawan_version": "MAC_V1_0_3",
  "lorawan_phy_version": "PHY_V1_0_3_REV_A", "frequency_plan_id": "EU_863_870_TTN"},
  "field_mask": {"paths": ['"$id_paths"', "supports_join", "lorawan_version", "lorawan_phy_version", "frequency_plan_id"]}}' >/dev/null
call PUT "/as$path/$DEVICE" "$ADMIN_KEY" '{"end_device": {'"$ids"'}, "field_mask": {"paths": ['"$id_paths"']}}' >/dev/null
echo "$DEVICE is registered: DevEUI $dev_eui, JoinEUI $join_eui, AppKey $app_key"
