#!/usr/bin/env bash
# The last hour once more to the webhook, beside what comes meanwhile.
set -euo pipefail
. ./environment.sh

after=$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%SZ)
call POST "/farfield/as/webhooks/$APPLICATION/example/replay" "$TRAFFIC_KEY" '{"after": "'"$after"'"}'
echo
