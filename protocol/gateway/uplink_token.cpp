#include "protocol/gateway/uplink_token.hpp"

#include "protocol/base/protobuf_wire.hpp"
#include "protocol/gateway/message_fields.hpp"

namespace ff::gateway {
namespace {

using protobuf_wire::Field;
using protobuf_wire::put_bytes;
using protobuf_wire::put_number;
using protobuf_wire::WireType;

// --- writing -----------------------------------------------------------------------------------

Bytes timestamp(UtcTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  Bytes out;
  put_number(out, 1, static_cast<std::uint64_t>(seconds.count()));
  put_number(out, 2, static_cast<std::uint64_t>((time.time_since_epoch() - seconds).count()));
  return out;
}

Bytes gateway_ids(const GatewayIdentifiers& gateway) {
  Bytes out;
  if (!gateway.gateway_id.empty()) put_bytes(out, 1, as_bytes(gateway.gateway_id.text()));
  if (gateway.eui) {
    std::array<std::uint8_t, 8> eui{};
    write_be<8>(eui, gateway.eui->value());
    put_bytes(out, 2, eui);
  }
  return out;
}

// --- reading -----------------------------------------------------------------------------------

/// Calls `visit(field)` for every field; it returns a Status.
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

Result<UtcTime> read_timestamp(ByteView message) {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
  const auto read = for_each_field(message, [&](const Field& field) -> Status {
    if (field.number > 2) return {};
    FF_CHECK(expect(field, WireType::varint));
    (field.number == 1 ? seconds : nanos) = static_cast<std::int64_t>(field.value);
    return {};
  });
  FF_CHECK(read);
  const auto time = time_of(seconds, nanos);
  if (!time) return fail(invalid_uplink_token);
  return *time;
}

Result<GatewayIdentifiers> read_gateway_ids(ByteView message) {
  GatewayIdentifiers ids;
  const auto read = for_each_field(message, [&](const Field& field) -> Status {
    if (field.number != 1 && field.number != 2) return {};
    FF_CHECK(expect(field, WireType::length_delimited));
    if (field.number == 1) {
      ids.gateway_id = GatewayId{std::string(as_text(field.bytes))};
    } else {
      if (field.bytes.size() != 8) return fail(invalid_uplink_token);
      ids.eui = GatewayEui{read_be<8>(field.bytes)};
    }
    return {};
  });
  FF_CHECK(read);
  return ids;
}

Status read_antenna(ByteView message, UplinkToken& token) {
  return for_each_field(message, [&](const Field& field) -> Status {
    if (field.number == 1) {
      FF_CHECK(expect(field, WireType::length_delimited));
      FF_TRY(token.gateway, read_gateway_ids(field.bytes));
    } else if (field.number == 2) {
      FF_CHECK(expect(field, WireType::varint));
      token.antenna_index = static_cast<std::uint32_t>(field.value);
    }
    return {};
  });
}

Status read_field(const Field& field, UplinkToken& token) {
  if (field.number < 1 || field.number > 5) return {};
  const bool number = field.number == 2 || field.number == 4;
  FF_CHECK(expect(field, number ? WireType::varint : WireType::length_delimited));
  switch (field.number) {
    case 1:
      return read_antenna(field.bytes, token);
    case 2:
      token.timestamp_us = static_cast<std::uint32_t>(field.value);
      return {};
    case 3: {
      FF_TRY(token.server_time, read_timestamp(field.bytes));
      return {};
    }
    case 4: {
      token.concentrator_time =
          schedule::ConcentratorTime{Duration{static_cast<std::int64_t>(field.value)}};
      return {};
    }
    default: {
      FF_TRY(token.gateway_time, read_timestamp(field.bytes));
      return {};
    }
  }
}

}  // namespace

Bytes encode_uplink_token(const UplinkToken& token) {
  Bytes antenna;
  put_bytes(antenna, 1, gateway_ids(token.gateway));
  put_number(antenna, 2, token.antenna_index);
  Bytes out;
  put_bytes(out, 1, antenna);
  put_number(out, 2, token.timestamp_us);
  put_bytes(out, 3, timestamp(token.server_time));
  put_number(out, 4,
             static_cast<std::uint64_t>(token.concentrator_time.time_since_epoch().count()));
  if (token.gateway_time) put_bytes(out, 5, timestamp(*token.gateway_time));
  return out;
}

Result<UplinkToken> decode_uplink_token(ByteView bytes) {
  UplinkToken token;
  FF_CHECK(for_each_field(bytes, [&](const Field& field) { return read_field(field, token); }));
  if (token.gateway.gateway_id.empty()) return fail(invalid_uplink_token);
  return token;
}

}  // namespace ff::gateway
