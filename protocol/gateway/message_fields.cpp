#include "protocol/gateway/message_fields.hpp"

#include <bit>
#include <cmath>
#include <limits>

namespace ff::gateway {
namespace {

using protobuf_wire::WireType;

Status expect(const Field& field, WireType type) {
  if (field.type != type) return fail(invalid_message);
  return {};
}

/// Octets of the character that `lead` begins; 0: it begins none.
std::size_t utf8_size(std::uint8_t lead) noexcept {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/// Neither overlong, nor a surrogate, nor above U+10FFFF. [RFC 3629 §4]
bool is_second_octet(std::uint8_t lead, std::uint8_t second) noexcept {
  const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}

bool is_utf8(ByteView text) noexcept {
  while (!text.empty()) {
    const auto size = utf8_size(text.front());
    if (size == 0 || size > text.size()) return false;
    if (size > 1 && !is_second_octet(text[0], text[1])) return false;
    for (std::size_t i = 2; i < size; ++i) {
      if ((text[i] & 0xc0) != 0x80) return false;
    }
    text = text.subspan(size);
  }
  return true;
}

struct RawTimestamp {
  std::int64_t seconds = 0;
  std::int64_t nanos = 0;
};

constexpr MessageField<RawTimestamp> timestamp_fields[] = {
    {1, &store<&RawTimestamp::seconds, RawTimestamp>},
    {2, &store<&RawTimestamp::nanos, RawTimestamp>},
};

}  // namespace

tl::unexpected<Error> refuse_field(std::string_view field, std::string_view reason) {
  return fail(invalid_field, {{"field", field}, {"reason", reason}});
}

Status into(const Field& field, bool& target) {
  FF_CHECK(expect(field, WireType::varint));
  target = field.value != 0;
  return {};
}
Status into(const Field& field, std::uint64_t& target) {
  FF_CHECK(expect(field, WireType::varint));
  target = field.value;
  return {};
}
Status into(const Field& field, std::uint32_t& target) {
  FF_CHECK(expect(field, WireType::varint));
  target = static_cast<std::uint32_t>(field.value);
  return {};
}
Status into(const Field& field, std::int64_t& target) {
  FF_CHECK(expect(field, WireType::varint));
  target = static_cast<std::int64_t>(field.value);
  return {};
}
Status into(const Field& field, std::int32_t& target) {
  FF_CHECK(expect(field, WireType::varint));
  target = static_cast<std::int32_t>(field.value);
  return {};
}

Status into(const Field& field, double& target) {
  switch (field.type) {
    case WireType::varint:
      target = static_cast<double>(static_cast<std::int64_t>(field.value));
      break;
    case WireType::fixed32:
      target = std::bit_cast<float>(static_cast<std::uint32_t>(read_le<4>(field.bytes)));
      break;
    case WireType::fixed64:
      target = std::bit_cast<double>(read_le<8>(field.bytes));
      break;
    case WireType::length_delimited:
      return fail(invalid_message);
  }
  if (!std::isfinite(target)) return fail(invalid_message);
  return {};
}
Status into(const Field& field, float& target) {
  double value = 0;
  FF_CHECK(into(field, value));
  if (std::abs(value) > std::numeric_limits<float>::max()) return fail(invalid_message);
  target = static_cast<float>(value);
  return {};
}

Status into(const Field& field, ByteView& target) {
  FF_CHECK(expect(field, WireType::length_delimited));
  target = field.bytes;
  return {};
}
Status into(const Field& field, std::string& target) {
  FF_CHECK(expect(field, WireType::length_delimited));
  if (field.bytes.size() > text_bytes_max || !is_utf8(field.bytes)) return fail(invalid_message);
  target = as_text(field.bytes);
  return {};
}

std::optional<UtcTime> time_of(std::int64_t seconds, std::int64_t nanos) noexcept {
  constexpr std::int64_t seconds_min = -2'000'000'000;
  constexpr std::int64_t seconds_max = 7'000'000'000;
  if (seconds < seconds_min || seconds > seconds_max || nanos < 0 || nanos > 999'999'999)
    return std::nullopt;
  return UtcTime{std::chrono::seconds{seconds} + Duration{nanos}};
}

Status into(const Field& field, UtcTime& target) {
  FF_CHECK(expect(field, WireType::length_delimited));
  RawTimestamp raw;
  FF_CHECK(read_message(field.bytes, timestamp_fields, raw));
  const auto time = time_of(raw.seconds, raw.nanos);
  if (!time) return fail(invalid_message);
  target = *time;
  return {};
}

}  // namespace ff::gateway
