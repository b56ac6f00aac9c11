// Tables of protobuf fields: a number and a function that takes the value. For the messages of
// gateways that speak protobuf; hostile octets are errors. Not for writing (protobuf_wire.hpp).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/base/protobuf_wire.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::gateway {

/// No name in the reference, which logs what its protobuf library says.
inline constexpr ErrorDef invalid_message{"pkg/gatewayserver/io", "invalid_message",
                                          Code::invalid_argument, "message is not protobuf"};
/// The reference's validation of API messages.
inline constexpr ErrorDef invalid_field{"pkg/errors", "validation", Code::invalid_argument,
                                        "invalid `{field}`: {reason}"};

/// `return refuse_field("settings.frequency", "value must be …");`
[[nodiscard]] tl::unexpected<Error> refuse_field(std::string_view field, std::string_view reason);

using protobuf_wire::Field;

template <class Message>
struct MessageField {
  std::uint64_t number;
  Status (*take)(const Field& field, Message& message);
};

/// Takes the known fields, in the order in which they come; others are skipped. Of fields that come
/// twice the last counts. Stops at the first error.
template <class Message, std::size_t N>
Status read_message(ByteView bytes, const MessageField<Message> (&fields)[N], Message& message) {
  protobuf_wire::Reader reader(bytes);
  while (!reader.at_end()) {
    const auto field = reader.next();
    if (!field) return fail(invalid_message);
    for (const auto& known : fields) {
      if (known.number != field->number) continue;
      FF_CHECK(known.take(*field, message));
      break;
    }
  }
  return {};
}

inline constexpr std::size_t text_bytes_max = 1024;
/// Elements of one list; more are an error.
inline constexpr std::size_t list_items_max = 64;

/// Nothing for what is no time, and for times before 1906 and after 2191: differences of two others
/// can be told in 64 bits of nanoseconds.
std::optional<UtcTime> time_of(std::int64_t seconds, std::int64_t nanos) noexcept;

// Values of one field. Numbers are cut to the target's width, as protobuf does.
Status into(const Field& field, bool& target);
Status into(const Field& field, std::uint32_t& target);
Status into(const Field& field, std::uint64_t& target);
Status into(const Field& field, std::int32_t& target);
Status into(const Field& field, std::int64_t& target);
/// Of any numeric wire type. Not a number and infinities are errors.
Status into(const Field& field, double& target);
Status into(const Field& field, float& target);
/// A part of what is read.
Status into(const Field& field, ByteView& target);
/// UTF-8 of at most `text_bytes_max` octets.
Status into(const Field& field, std::string& target);
/// google.protobuf.Timestamp, in the years 1685 to 2254.
Status into(const Field& field, UtcTime& target);
template <class T>
Status into(const Field& field, std::optional<T>& target) {
  T value{};
  FF_CHECK(into(field, value));
  target = value;
  return {};
}

/// One element more.
template <class T>
Status into(const Field& field, std::vector<T>& target) {
  if (target.size() == list_items_max) return fail(invalid_message);
  return into(field, target.emplace_back());
}

/// A table's row for a plain member: `{4, &store<&Settings::frequency, Settings>}`.
template <auto member, class Message>
Status store(const Field& field, Message& message) {
  return into(field, message.*member);
}

/// The content of google.protobuf.BoolValue, FloatValue and their kind: field 1, or its default.
template <class T>
struct Wrapped {
  T value{};
};
template <class T>
Status into(const Field& field, Wrapped<T>& target) {
  constexpr MessageField<Wrapped<T>> fields[] = {{1, &store<&Wrapped<T>::value, Wrapped<T>>}};
  ByteView bytes;
  FF_CHECK(into(field, bytes));
  return read_message(bytes, fields, target);
}

}  // namespace ff::gateway
