#include "app/api/services/mapping/values.hpp"

#include <limits>

#include "protocol/api_json/api_json.hpp"

namespace ff::api {
namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;

template <std::size_t N>
std::string big_endian(std::uint64_t value) {
  std::array<std::uint8_t, N> bytes{};
  write_be<N>(bytes, value);
  return text_of(bytes);
}

template <class Id, std::size_t N>
std::optional<Id> from_big_endian(const std::string& field) {
  if (field.size() != N) return std::nullopt;
  return Id{static_cast<typename Id::Value>(read_be<N>(as_bytes(field)))};
}

/// Seconds and nanoseconds of the same sign as nanoseconds, saturated.
Duration total(std::int64_t seconds, std::int32_t nanos) noexcept {
  constexpr auto most = std::numeric_limits<std::int64_t>::max() / nanos_per_second - 1;
  if (seconds > most) return Duration::max();
  if (seconds < -most) return Duration::min();
  return Duration(seconds * nanos_per_second + nanos);
}

}  // namespace

void put_time(UtcTime time, google::protobuf::Timestamp& out) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  out.set_seconds(seconds.count());
  out.set_nanos(static_cast<std::int32_t>((since_epoch - seconds).count()));
}

void put_object(const std::string& json, google::protobuf::Struct& out) {
  if (!api_json::from_json(json, out)) out.Clear();
}

UtcTime time_of(const google::protobuf::Timestamp& time) noexcept {
  return UtcTime(total(time.seconds(), time.nanos()));
}

void put_duration(Duration duration, google::protobuf::Duration& out) {
  out.set_seconds(duration.count() / nanos_per_second);
  out.set_nanos(static_cast<std::int32_t>(duration.count() % nanos_per_second));
}

Duration duration_of(const google::protobuf::Duration& duration) noexcept {
  return total(duration.seconds(), duration.nanos());
}

std::string text_of(ByteView bytes) {
  return std::string(as_text(bytes));
}
Bytes bytes_of(const std::string& text) {
  return to_owned(as_bytes(text));
}

std::string to_field(DevEui eui) {
  return big_endian<8>(eui.value());
}
std::string to_field(JoinEui eui) {
  return big_endian<8>(eui.value());
}
std::string to_field(GatewayEui eui) {
  return big_endian<8>(eui.value());
}
std::string to_field(DevAddr dev_addr) {
  return big_endian<4>(dev_addr.value());
}
std::string to_field(NetId net_id) {
  return big_endian<3>(net_id.value());
}

std::optional<DevEui> dev_eui_of(const std::string& field) {
  return from_big_endian<DevEui, 8>(field);
}
std::optional<JoinEui> join_eui_of(const std::string& field) {
  return from_big_endian<JoinEui, 8>(field);
}
std::optional<GatewayEui> gateway_eui_of(const std::string& field) {
  return from_big_endian<GatewayEui, 8>(field);
}
std::optional<DevAddr> dev_addr_of(const std::string& field) {
  return from_big_endian<DevAddr, 4>(field);
}
std::optional<NetId> net_id_of(const std::string& field) {
  return from_big_endian<NetId, 3>(field);
}

void put_ids(const DeviceIdentifiers& ids, pb::EndDeviceIdentifiers& out) {
  out.set_device_id(ids.uid.device_id.text());
  out.mutable_application_ids()->set_application_id(ids.uid.application_id.text());
  if (ids.dev_eui) out.set_dev_eui(to_field(*ids.dev_eui));
  if (ids.join_eui) out.set_join_eui(to_field(*ids.join_eui));
  if (ids.dev_addr) out.set_dev_addr(to_field(*ids.dev_addr));
}

DeviceUid uid_of(const pb::EndDeviceIdentifiers& ids) {
  return {ApplicationId(ids.application_ids().application_id()), DeviceId(ids.device_id())};
}

DeviceIdentifiers ids_of(const pb::EndDeviceIdentifiers& ids) {
  return {uid_of(ids), dev_eui_of(ids.dev_eui()), join_eui_of(ids.join_eui()),
          dev_addr_of(ids.dev_addr())};
}

void put_ids(const GatewayIdentifiers& ids, pb::GatewayIdentifiers& out) {
  out.set_gateway_id(ids.gateway_id.text());
  if (ids.eui) out.set_eui(to_field(*ids.eui));
}

GatewayIdentifiers ids_of(const pb::GatewayIdentifiers& ids) {
  return {GatewayId(ids.gateway_id()), gateway_eui_of(ids.eui())};
}

void put_key(const Aes128Key& key, pb::KeyEnvelope& out) {
  if (!key.is_zero()) out.set_key(text_of(key.bytes()));
}

void put_key(const KeyEnvelope& key, pb::KeyEnvelope& out) {
  if (key.key) out.set_key(text_of(key.key->bytes()));
  out.set_kek_label(key.kek_label);
  out.set_encrypted_key(text_of(key.encrypted_key));
}

std::optional<Aes128Key> plain_key_of(const pb::KeyEnvelope& key) {
  if (key.key().size() != Aes128Key::size) return std::nullopt;
  return Aes128Key::from(as_bytes(key.key()));
}

KeyEnvelope key_of(const pb::KeyEnvelope& key) {
  // Without a label the second field has the key in clear: kept as what it is, so that it does not
  // lie open at rest. [spec events-cluster-discovery §9]
  const auto& bytes = key.encrypted_key();
  if (!plain_key_of(key) && key.kek_label().empty() && bytes.size() == Aes128Key::size)
    return {Aes128Key::from(as_bytes(bytes)), {}, {}};
  return {plain_key_of(key), key.kek_label(), bytes_of(bytes)};
}

}  // namespace ff::api
