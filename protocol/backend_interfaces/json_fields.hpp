// Reading members of a message: hex in any case, fields that are missing or malformed by their
// name. For decode.cpp and roaming_decode.cpp alone.
#pragma once

#include <boost/json.hpp>
#include <limits>
#include <optional>
#include <string>

#include "protocol/backend_interfaces/message.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/printable.hpp"

namespace ff::backend_interfaces::detail {

using boost::json::object;
using boost::json::value;

inline constexpr std::size_t depth_max = 8;
inline constexpr std::size_t token_size_max = 256;
inline constexpr std::size_t phy_payload_size_max = 255;
inline constexpr std::size_t session_key_id_size_max = 2048;
inline constexpr std::size_t id_size_max = 100;

inline tl::unexpected<Error> malformed(std::string_view field) {
  return fail(malformed_message, {{"result_description", "field " + std::string(field)}});
}

/// Null when it is not there or null.
inline const value* find(const object& in, std::string_view name) {
  const auto* found = in.if_contains(name);
  return found != nullptr && !found->is_null() ? found : nullptr;
}

inline std::optional<std::string_view> text_of(const object& in, std::string_view name) {
  const auto* found = find(in, name);
  const auto* text = found != nullptr ? found->if_string() : nullptr;
  if (text == nullptr) return std::nullopt;
  return std::string_view(text->data(), text->size());
}

inline std::string_view without_0x(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  return text;
}

template <class Int>
std::optional<Int> number_of(const object& in, std::string_view name) {
  const auto* found = find(in, name);
  if (found == nullptr || (!found->is_int64() && !found->is_uint64())) return std::nullopt;
  boost::json::error_code error;
  const auto number = found->to_number<std::uint64_t>(error);
  if (error || number > std::numeric_limits<Int>::max()) return std::nullopt;
  return static_cast<Int>(number);
}

/// Error: there, and not a number that fits.
template <class Int>
Result<std::optional<Int>> optional_number(const object& in, std::string_view name) {
  if (find(in, name) == nullptr) return std::optional<Int>();
  const auto number = number_of<Int>(in, name);
  if (!number) return malformed(name);
  return number;
}

/// Error: there, and not a text.
inline Result<std::optional<std::string_view>> optional_text(const object& in,
                                                             std::string_view name) {
  const auto text = text_of(in, name);
  if (!text && find(in, name) != nullptr) return malformed(name);
  return text;
}

/// Empty when it is not there. Error: not hex, or longer than `max` bytes.
inline Result<Bytes> optional_bytes(const object& in, std::string_view name, std::size_t max) {
  if (find(in, name) == nullptr) return Bytes();
  const auto text = text_of(in, name);
  auto bytes = text ? parse_hex(without_0x(*text)) : std::nullopt;
  if (!bytes || bytes->size() > max) return malformed(name);
  return *std::move(bytes);
}

inline Result<Bytes> required_bytes(const object& in, std::string_view name, std::size_t max) {
  FF_TRY(auto bytes, optional_bytes(in, name, max));
  if (bytes.empty()) return malformed(name);
  return bytes;
}

/// `parse` is one of protocol/types.
template <class Id>
Result<Id> required_id(const object& in, std::string_view name,
                       std::optional<Id> (*parse)(std::string_view)) {
  const auto text = text_of(in, name);
  const auto id = text ? parse(without_0x(*text)) : std::nullopt;
  if (!id) return malformed(name);
  return *id;
}

inline Result<std::optional<Key>> optional_key(const object& in, std::string_view name) {
  const auto* found = find(in, name);
  if (found == nullptr) return std::optional<Key>();
  const auto* envelope = found->if_object();
  if (envelope == nullptr) return malformed(name);
  Key key;
  FF_TRY(const auto label, optional_text(*envelope, "KEKLabel"));
  key.kek_label = label.value_or("");
  FF_TRY(key.aes_key, required_bytes(*envelope, "AESKey", 24));
  const std::size_t size = key.kek_label.empty() ? 16 : 24;
  if (key.aes_key.size() != size || key.kek_label.size() > id_size_max) return malformed(name);
  return std::optional(std::move(key));
}

inline Result<Outcome> result_of(const object& in) {
  const auto* found = find(in, "Result");
  const auto* result = found != nullptr ? found->if_object() : nullptr;
  const auto code = result != nullptr ? text_of(*result, "ResultCode") : std::nullopt;
  if (!code) return malformed("Result");
  const auto description = shortened(text_of(*result, "Description").value_or(""), 256);
  if (const auto known = parse_result_code(*code)) return Outcome{*known, std::string(description)};
  return Outcome{ResultCode::other,
                 std::string(shortened(*code, id_size_max)) + ": " + std::string(description)};
}

}  // namespace ff::backend_interfaces::detail
