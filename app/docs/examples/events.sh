#!/usr/bin/env bash
# Events of the application and its devices, as they happen, one JSON object a line. Ends after SECONDS_MAX.
set -euo pipefail
. ./environment.sh

curl --silent --no-buffer --max-time "${SECONDS_MAX:-10}" "$API/events" -H "Authorization: Bearer $TRAFFIC_KEY" \
  --data '{"identifiers": [{"application_ids": {"application_id": "'"$APPLICATION"'"}}]}' || [ $? -eq 28 ]
