#include "protocol/relay/uplink_token.hpp"

#include <array>

#include "protocol/base/protobuf_wire.hpp"

namespace ff::relay {
namespace {

using protobuf_wire::Field;
using protobuf_wire::put_bytes;
using protobuf_wire::put_number;
using protobuf_wire::WireType;

template <std::size_t Size>
void put_big_endian(Bytes& out, unsigned field, std::uint64_t value) {
  std::array<std::uint8_t, Size> octets{};
  write_be<Size>(octets, value);
  put_bytes(out, field, octets);
}

// ttn.lorawan.v3.EndDeviceIdentifiers: 1 device_id, 2 application_ids {1 application_id},
// 4 dev_eui, 5 join_eui, 6 dev_addr.
Bytes device_ids(const DeviceIdentifiers& ids) {
  Bytes application;
  put_bytes(application, 1, as_bytes(ids.uid.application_id.text()));
  Bytes out;
  put_bytes(out, 1, as_bytes(ids.uid.device_id.text()));
  put_bytes(out, 2, application);
  if (ids.dev_eui) put_big_endian<8>(out, 4, ids.dev_eui->value());
  if (ids.join_eui) put_big_endian<8>(out, 5, ids.join_eui->value());
  if (ids.dev_addr) put_big_endian<4>(out, 6, ids.dev_addr->value());
  return out;
}

/// Calls `visit(field)` for every field of the types given by number; others are skipped.
template <class Visit>
Status for_each_field(ByteView message, Visit visit) {
  protobuf_wire::Reader reader(message);
  while (!reader.at_end()) {
    const auto field = reader.next();
    if (!field) return fail(invalid_uplink_token);
    FF_CHECK(visit(*field));
  }
  return {};
}

Status expect(const Field& field, WireType type) {
  if (field.type != type) return fail(invalid_uplink_token);
  return {};
}

template <class Id, std::size_t Size>
Status take(const Field& field, std::optional<Id>& out) {
  if (field.bytes.size() != Size) return fail(invalid_uplink_token);
  out = Id{static_cast<typename Id::Value>(read_be<Size>(field.bytes))};
  return {};
}

Status read_application(ByteView message, DeviceIdentifiers& ids) {
  return for_each_field(message, [&](const Field& field) -> Status {
    if (field.number != 1) return {};
    FF_CHECK(expect(field, WireType::length_delimited));
    ids.uid.application_id = ApplicationId{std::string(as_text(field.bytes))};
    return {};
  });
}

Status read_device(const Field& field, DeviceIdentifiers& ids) {
  if (field.number < 1 || field.number == 3 || field.number > 6) return {};
  FF_CHECK(expect(field, WireType::length_delimited));
  switch (field.number) {
    case 1:
      ids.uid.device_id = DeviceId{std::string(as_text(field.bytes))};
      return {};
    case 2:
      return read_application(field.bytes, ids);
    case 4:
      return take<DevEui, 8>(field, ids.dev_eui);
    case 5:
      return take<JoinEui, 8>(field, ids.join_eui);
    default:
      return take<DevAddr, 4>(field, ids.dev_addr);
  }
}

Status read_field(const Field& field, UplinkToken& token) {
  if (field.number < 1 || field.number > 3) return {};
  FF_CHECK(expect(field, field.number == 3 ? WireType::varint : WireType::length_delimited));
  switch (field.number) {
    case 1:
      return for_each_field(field.bytes,
                            [&](const Field& inner) { return read_device(inner, token.relay); });
    case 2:
      token.session_key_id = to_owned(field.bytes);
      return {};
    default:
      token.f_cnt = FCnt32{static_cast<std::uint32_t>(field.value)};
      return {};
  }
}

}  // namespace

Bytes encode_uplink_token(const UplinkToken& token) {
  Bytes out;
  put_bytes(out, 1, device_ids(token.relay));
  if (!token.session_key_id.empty()) put_bytes(out, 2, token.session_key_id);
  put_number(out, 3, token.f_cnt.value());
  return out;
}

Result<UplinkToken> decode_uplink_token(ByteView bytes) {
  UplinkToken token;
  FF_CHECK(for_each_field(bytes, [&](const Field& field) { return read_field(field, token); }));
  const auto& uid = token.relay.uid;
  if (!is_valid_id(uid.application_id.text()) || !is_valid_id(uid.device_id.text()))
    return fail(invalid_uplink_token);
  return token;
}

}  // namespace ff::relay
