# Where the server is and who you are. Change it to yours; variables that are set already stay.
: "${API:=http://localhost:1885/api/v3}"
: "${MQTT_HOST:=localhost}" "${MQTT_PORT:=1883}"
: "${DATA:=./data}"                                  # of a server on this machine
: "${APPLICATION:=my-app}" "${DEVICE:=dev-1}"
: "${ADMIN_KEY:=$(cat "$DATA/admin-api-key" 2>/dev/null || true)}"
: "${TRAFFIC_KEY:=$(cat traffic-key 2>/dev/null || true)}"
: "${RECEIVER:=http://127.0.0.1:8099}"               # receiver.py
export API MQTT_HOST MQTT_PORT DATA APPLICATION DEVICE ADMIN_KEY TRAFFIC_KEY RECEIVER

# call METHOD PATH KEY [BODY]: a call of the API; its answer, or its error and a failure.
call() {
  curl --silent --show-error --fail-with-body -X "$1" "$API$2" -H "Authorization: Bearer $3" ${4:+--data "$4"}
}
