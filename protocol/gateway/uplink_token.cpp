#include "protocol/gateway/uplink_token.hpp"

namespace ff::gateway {
namespace {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

// --- writing -----------------------------------------------------------------------------------

void put_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_tag(Bytes& out, unsigned field, WireType type) {
  put_varint(out, field << 3 | static_cast<unsigned>(type));
}

/// Zero is protobuf's default and not written.
void put_number(Bytes& out, unsigned field, std::uint64_t value) {
  if (value == 0) return;
  put_tag(out, field, WireType::varint);
  put_varint(out, value);
}

void put_bytes(Bytes& out, unsigned field, ByteView value) {
  put_tag(out, field, WireType::length_delimited);
  put_varint(out, value.size());
  append(out, value);
}

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

struct Field {
  std::uint64_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;  // varint
  ByteView bytes;           // length delimited
};

/// Takes fields from the front of a message; every length is checked against what is left.
class Reader {
 public:
  explicit Reader(ByteView message) : rest_(message) {}

  bool at_end() const { return rest_.empty(); }

  Result<Field> next() {
    FF_TRY(const auto tag, varint());
    Field field{tag >> 3, static_cast<WireType>(tag & 7), 0, {}};
    switch (field.type) {
      case WireType::varint: {
        FF_TRY(field.value, varint());
        return field;
      }
      case WireType::fixed64:
        return take(field, 8);
      case WireType::fixed32:
        return take(field, 4);
      case WireType::length_delimited: {
        FF_TRY(const auto size, varint());
        return take(field, size);
      }
    }
    return fail(invalid_uplink_token);
  }

 private:
  Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return fail(invalid_uplink_token);
      const auto byte = rest_.front();
      rest_ = rest_.subspan(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return fail(invalid_uplink_token);
  }

  Result<Field> take(Field field, std::uint64_t size) {
    if (size > rest_.size()) return fail(invalid_uplink_token);
    field.bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return field;
  }

  ByteView rest_;
};

/// Calls `visit(field)` for every field; it returns a Status.
template <class Visit>
Status for_each_field(ByteView message, Visit visit) {
  Reader reader(message);
  while (!reader.at_end()) {
    FF_TRY(const auto field, reader.next());
    FF_CHECK(visit(field));
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
  constexpr std::int64_t seconds_max = 9'000'000'000;
  if (seconds < -seconds_max || seconds > seconds_max || nanos < 0 || nanos > 999'999'999)
    return fail(invalid_uplink_token);
  return UtcTime{std::chrono::seconds{seconds} + Duration{nanos}};
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
