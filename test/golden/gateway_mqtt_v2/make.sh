#!/usr/bin/env bash
# Writes the *.bin of this folder and of ../gateway_mqtt from their *.txt with protobuf's own encoder. Run after a change of a .txt;
# what the server reads and writes by hand is thereby compared with what protobuf says.
set -euo pipefail
cd "$(dirname "$0")"
for text in *.txt; do
  protoc -I. --encode="legacy.$(sed -n '1s/# //p' "$text")" messages.proto <"$text" >"${text%.txt}.bin"
done
proto=../../../protocol/proto
for text in ../gateway_mqtt/*.txt; do
  protoc -I"$proto" --encode="ttn.lorawan.v3.$(sed -n '1s/# //p' "$text")" ttn/lorawan/v3/gatewayserver.proto \
    <"$text" >"${text%.txt}.bin"
done
