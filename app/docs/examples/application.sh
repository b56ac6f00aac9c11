#!/usr/bin/env bash
# Creates an application, and an API key that may read its messages and send downlinks. The key is shown once: it is kept in ./traffic-key.
set -euo pipefail
. ./environment.sh

call POST /users/admin/applications "$ADMIN_KEY" '{"application": {"ids": {"application_id": "'"$APPLICATION"'"}, "name": "An example"}}'
echo
umask 077
call POST "/applications/$APPLICATION/api-keys" "$ADMIN_KEY" '{"name": "messages", "rights": [
  "RIGHT_APPLICATION_TRAFFIC_READ", "RIGHT_APPLICATION_TRAFFIC_UP_WRITE", "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE",
  "RIGHT_APPLICATION_SETTINGS_BASIC", "RIGHT_APPLICATION_LINK", "RIGHT_APPLICATION_INFO"]}' |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["key"])' > traffic-key
echo "key of $APPLICATION: in ./traffic-key"
