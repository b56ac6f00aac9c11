// Tables of JSON fields over simdjson's on-demand reader: a name and a function that stores the
// value. Private to this folder; includes simdjson.
#pragma once

#include <simdjson.h>

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ff::gateway::semtech_udp {

using JsonValue = simdjson::ondemand::value;
using JsonError = simdjson::error_code;

template <class Target>
struct JsonField {
  std::string_view name;
  JsonError (*read)(JsonValue& value, Target& target);
};

/// Whether nothing but the read value is in the text.
inline bool at_end(simdjson::ondemand::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

inline bool is_null(JsonValue& value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

/// Stores a number that fits, or text; a JSON null leaves the target as it is.
template <class T>
JsonError into(JsonValue& value, T& target) {
  if (is_null(value)) return simdjson::SUCCESS;
  if constexpr (std::is_same_v<T, std::string_view>) {
    return value.get_string().get(target);
  } else if constexpr (std::is_floating_point_v<T>) {
    double number = 0;
    if (const auto error = value.get_double().get(number)) return error;
    // What a float can not hold would become infinite on its way.
    if (!(std::abs(number) <= std::numeric_limits<float>::max()))
      return simdjson::NUMBER_OUT_OF_RANGE;
    target = static_cast<T>(number);
    return simdjson::SUCCESS;
  } else if constexpr (std::is_signed_v<T>) {
    std::int64_t number = 0;
    if (const auto error = value.get_int64().get(number)) return error;
    if (!std::in_range<T>(number)) return simdjson::NUMBER_OUT_OF_RANGE;
    target = static_cast<T>(number);
    return simdjson::SUCCESS;
  } else {
    std::uint64_t number = 0;
    if (const auto error = value.get_uint64().get(number)) return error;
    if (number > std::numeric_limits<T>::max()) return simdjson::NUMBER_OUT_OF_RANGE;
    target = static_cast<T>(number);
    return simdjson::SUCCESS;
  }
}
template <class T>
JsonError into(JsonValue& value, std::optional<T>& target) {
  if (is_null(value)) return simdjson::SUCCESS;
  T number{};
  if (const auto error = into(value, number)) return error;
  target = number;
  return simdjson::SUCCESS;
}

/// A table's row for a plain member: `{"tmst", &store<&Raw::tmst>}`.
template <auto member, class Target>
JsonError store(JsonValue& value, Target& target) {
  return into(value, target.*member);
}

/// Reads an object's known fields into `target`; others are skipped. Stops at the first error, and
/// says of which known field it was.
template <class Target>
JsonError read_object(simdjson::ondemand::object object, std::span<const JsonField<Target>> fields,
                      Target& target, std::string_view* maybe_wrong = nullptr) {
  for (auto entry : object) {
    std::string_view key;
    if (const auto error = entry.unescaped_key().get(key)) return error;
    for (const auto& field : fields) {
      if (field.name != key) continue;
      JsonValue value;
      if (const auto error = entry.value().get(value)) return error;
      if (const auto error = field.read(value, target)) {
        if (maybe_wrong != nullptr) *maybe_wrong = field.name;
        return error;
      }
      break;
    }
  }
  return simdjson::SUCCESS;
}

}  // namespace ff::gateway::semtech_udp
