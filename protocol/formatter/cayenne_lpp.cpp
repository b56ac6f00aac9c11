#include "protocol/formatter/cayenne_lpp.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <charconv>
#include <cmath>
#include <optional>

#include "protocol/base/bytes.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/formatter/errors.hpp"

namespace ff::formatter {
namespace {

/// One part of a record's value.
struct Part {
  std::string_view name;  // empty: the value has no other parts
  std::uint8_t size = 0;  // octets, 1 to 3
  bool is_signed = false;
  double divisor = 1;
};

struct Type {
  std::uint8_t number = 0;
  std::string_view name;
  std::array<Part, 3> parts;  // up to the first of size 0
};

constexpr Part unsigned_part(std::uint8_t size, double divisor = 1) {
  return {"", size, false, divisor};
}
constexpr Part signed_part(double divisor) {
  return {"", 2, true, divisor};
}
constexpr std::array<Part, 3> axes(double divisor) {
  return {{{"x", 2, true, divisor}, {"y", 2, true, divisor}, {"z", 2, true, divisor}}};
}

constexpr std::array<Type, 12> types{{
    {0x00, "digital_in", {unsigned_part(1)}},
    {0x01, "digital_out", {unsigned_part(1)}},
    {0x02, "analog_in", {signed_part(100)}},
    {0x03, "analog_out", {signed_part(100)}},
    {0x65, "luminosity", {unsigned_part(2)}},
    {0x66, "presence", {unsigned_part(1)}},
    {0x67, "temperature", {signed_part(10)}},
    {0x68, "relative_humidity", {unsigned_part(1, 2)}},
    {0x71, "accelerometer", axes(1000)},
    {0x73, "barometric_pressure", {signed_part(10)}},
    {0x86, "gyrometer", axes(100)},
    {0x88,
     "gps",
     {{{"latitude", 3, true, 10'000}, {"longitude", 3, true, 10'000}, {"altitude", 3, true, 100}}}},
}};

constexpr double downlink_factor = 100;
constexpr std::uint8_t downlink_end = 0xFF;
constexpr std::string_view downlink_prefix = "value_";

const Type* find_type(std::uint8_t number) noexcept {
  for (const auto& type : types) {
    if (type.number == number) return &type;
  }
  return nullptr;
}

std::int32_t read_integer(ByteView octets, bool is_signed) noexcept {
  std::uint32_t value = 0;
  for (const auto octet : octets) value = value << 8U | octet;
  const auto bits = 8 * octets.size();
  if (is_signed && (value >> (bits - 1)) != 0)
    return static_cast<std::int32_t>(std::int64_t{value} - (std::int64_t{1} << bits));
  return static_cast<std::int32_t>(value);
}

/// Takes the part's octets from the front of `rest`.
std::optional<double> take(const Part& part, ByteView& rest) {
  if (rest.size() < part.size) return std::nullopt;
  const auto value = read_integer(rest.first(part.size), part.is_signed);
  rest = rest.subspan(part.size);
  return value / part.divisor;
}

std::optional<boost::json::value> take_value(const Type& type, ByteView& rest) {
  if (type.parts[0].name.empty()) {
    const auto value = take(type.parts[0], rest);
    if (!value) return std::nullopt;
    return boost::json::value(*value);
  }
  boost::json::object value;
  for (const auto& part : type.parts) {
    const auto number = take(part, rest);
    if (!number) return std::nullopt;
    value.emplace(boost::json::string_view(part.name.data(), part.name.size()), *number);
  }
  return boost::json::value(std::move(value));
}

void put(boost::json::object& out, std::string_view name, std::uint8_t channel,
         boost::json::value value) {
  out.insert_or_assign(std::string(name) + "_" + std::to_string(channel), std::move(value));
}

/// The channel of `value_<channel>`, as the reference writes it: without leading zeros.
std::optional<std::uint8_t> channel_of(std::string_view name) {
  if (!name.starts_with(downlink_prefix)) return std::nullopt;
  name.remove_prefix(downlink_prefix.size());
  std::uint8_t channel = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), channel);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return channel;
}

}  // namespace

Result<std::string> decode_cayenne_uplink(ByteView frm_payload) {
  boost::json::object out;
  while (!frm_payload.empty()) {
    if (frm_payload.size() < 2) return fail(cayenne_output);
    const auto channel = frm_payload[0];
    const auto* type = find_type(frm_payload[1]);
    if (type == nullptr) return fail(cayenne_output);
    frm_payload = frm_payload.subspan(2);
    auto value = take_value(*type, frm_payload);
    if (!value) return fail(cayenne_output);
    put(out, type->name, channel, *std::move(value));
  }
  return to_text(out);
}

Result<std::string> decode_cayenne_downlink(ByteView frm_payload) {
  boost::json::object out;
  while (!frm_payload.empty() && frm_payload[0] != downlink_end) {
    if (frm_payload.size() < 3) return fail(cayenne_output);
    const auto value = read_integer(frm_payload.subspan(1, 2), true) / downlink_factor;
    put(out, "value", frm_payload[0], value);
    frm_payload = frm_payload.subspan(3);
  }
  return to_text(out);
}

Result<Bytes> encode_cayenne_downlink(std::string_view json) {
  const auto document = parse_document(json);
  if (!document || !document->is_object()) return fail(cayenne_input);
  Bytes out;
  for (const auto& [name, value] : document->get_object()) {
    const auto channel = channel_of({name.data(), name.size()});
    if (!channel || !value.is_number()) continue;
    // Truncated, not rounded: 4.35 becomes 434. Numbers that no integer holds are zero.
    const auto scaled = std::trunc(value.to_number<double>() * downlink_factor);
    const auto integer = std::abs(scaled) < 9e15 ? static_cast<std::int64_t>(scaled) : 0;
    out.push_back(*channel);
    append_be<2>(out, static_cast<std::uint64_t>(integer) & 0xFFFFU);
  }
  return out;
}

}  // namespace ff::formatter
