#!/usr/bin/env bash
# Stored messages of the last hour as a table for spreadsheets; without the header `Accept` they are JSON, one a line.
set -euo pipefail
. ./environment.sh

after=$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ)
curl --silent --show-error --fail-with-body -H "Authorization: Bearer $TRAFFIC_KEY" -H 'Accept: text/csv' \
  "$API/as/applications/$APPLICATION/packages/storage/uplink_message?after=$after&limit=1000"
