#!/usr/bin/env bash
# A message that no device has sent takes the way of any other, marked `simulated`: 21.4 degrees for formatter.sh.
set -euo pipefail
. ./environment.sh

call POST "/as/applications/$APPLICATION/devices/$DEVICE/up/simulate" "$TRAFFIC_KEY" '{"uplink_message": {"f_port": 1, "frm_payload": "ANY=",
  "rx_metadata": [{"gateway_ids": {"gateway_id": "test"}, "rssi": -42, "snr": 4.2}],
  "settings": {"data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}}, "frequency": "868100000"}}}' >/dev/null
echo "a message of $DEVICE is under way"
