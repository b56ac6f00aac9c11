#!/usr/bin/env bash
# A payload formatter in JavaScript: tried on two bytes first, then set for the whole application.
set -euo pipefail
. ./environment.sh

script='function decodeUplink(input) { return { data: { temperature: (input.bytes[0] << 8 | input.bytes[1]) / 10 } }; }'
quoted=$(python3 -c 'import json, sys; print(json.dumps(sys.argv[1]))' "$script")

echo "tried on 00D6:"
call POST "/as/applications/$APPLICATION/devices/$DEVICE/up/decode" "$TRAFFIC_KEY" '{"formatter": "FORMATTER_JAVASCRIPT", "parameter": '"$quoted"',
  "uplink": {"f_port": 1, "frm_payload": "ANY=", "settings": {"data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 7}}, "frequency": "868100000"}}}'
echo
call PUT "/as/applications/$APPLICATION/link" "$TRAFFIC_KEY" '{"link": {"default_formatters": {"up_formatter": "FORMATTER_JAVASCRIPT",
  "up_formatter_parameter": '"$quoted"'}}, "field_mask": {"paths": ["default_formatters"]}}' >/dev/null
echo "set for all devices of $APPLICATION"
