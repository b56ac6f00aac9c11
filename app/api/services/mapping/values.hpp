// Small values between domain and protobuf: times, EUIs, identifiers, keys. Whole devices and
// messages have files of their own.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"
#include "ttn/lorawan/v3/identifiers.pb.h"
#include "ttn/lorawan/v3/keys.pb.h"

namespace ff::api {

namespace pb = ttn::lorawan::v3;

void put_time(UtcTime time, google::protobuf::Timestamp& out);
/// A JSON object that we made or checked; what can not be read is left out.
void put_object(const std::string& json, google::protobuf::Struct& out);
UtcTime time_of(const google::protobuf::Timestamp& time) noexcept;
void put_duration(Duration duration, google::protobuf::Duration& out);
/// Saturates at the ends of Duration.
Duration duration_of(const google::protobuf::Duration& duration) noexcept;

std::string text_of(ByteView bytes);
Bytes bytes_of(const std::string& text);

/// The big-endian bytes of an EUI, address or NetID, as in protobuf fields.
std::string to_field(DevEui eui);
std::string to_field(JoinEui eui);
std::string to_field(GatewayEui eui);
std::string to_field(DevAddr dev_addr);
std::string to_field(NetId net_id);
/// Nothing unless `field` has the size of the type (absent fields are empty).
std::optional<DevEui> dev_eui_of(const std::string& field);
std::optional<JoinEui> join_eui_of(const std::string& field);
std::optional<GatewayEui> gateway_eui_of(const std::string& field);
std::optional<DevAddr> dev_addr_of(const std::string& field);
std::optional<NetId> net_id_of(const std::string& field);

void put_ids(const DeviceIdentifiers& ids, pb::EndDeviceIdentifiers& out);
/// Textual ids are taken as they are: requests have been validated.
DeviceIdentifiers ids_of(const pb::EndDeviceIdentifiers& ids);
DeviceUid uid_of(const pb::EndDeviceIdentifiers& ids);
void put_ids(const GatewayIdentifiers& ids, pb::GatewayIdentifiers& out);
GatewayIdentifiers ids_of(const pb::GatewayIdentifiers& ids);

/// A zero key counts as absent, as everywhere in the API.
void put_key(const Aes128Key& key, pb::KeyEnvelope& out);
void put_key(const KeyEnvelope& key, pb::KeyEnvelope& out);
KeyEnvelope key_of(const pb::KeyEnvelope& key);
/// The key in clear; nothing if there is none.
std::optional<Aes128Key> plain_key_of(const pb::KeyEnvelope& key);

}  // namespace ff::api
