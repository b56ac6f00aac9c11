// Tables of JSON fields over simdjson's document reader: a name and a function that stores the
// value. Names compare without case, as the reference's do. Private to this folder; includes
// simdjson.
#pragma once

#include <simdjson.h>

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include "protocol/base/bytes.hpp"

namespace ff::gateway::basic_station {

using JsonValue = simdjson::dom::element;
using JsonObject = simdjson::dom::object;

template <class Target>
struct JsonField {
  std::string_view name;
  /// False when the value is of another type or out of range.
  bool (*read)(JsonValue value, Target& target);
};

inline bool same_name(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

/// Stores a number that fits, or text.
template <class T>
bool into(JsonValue value, T& target) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return value.get_string().get(target) == simdjson::SUCCESS;
  } else if constexpr (std::is_floating_point_v<T>) {
    double number = 0;
    if (value.get_double().get(number) != simdjson::SUCCESS) return false;
    target = static_cast<T>(number);
    return std::isfinite(target);
  } else {
    static_assert(std::is_signed_v<T>);
    std::int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS) return false;
    target = static_cast<T>(number);
    return target == number;
  }
}

/// A table's row for a plain member: `{"xtime", &store<&Raw::xtime, Raw>}`.
template <auto member, class Target>
bool store(JsonValue value, Target& target) {
  return into(value, target.*member);
}

/// Reads an object's known fields into `target`; others, and nulls, are skipped.
template <class Target>
bool read_object(JsonObject object, std::span<const JsonField<Target>> fields, Target& target) {
  for (const auto entry : object) {
    for (const auto& field : fields) {
      if (!same_name(field.name, entry.key)) continue;
      if (!entry.value.is_null() && !field.read(entry.value, target)) return false;
      break;
    }
  }
  return true;
}

/// Calls `use` with the text's root object; false when the text is not one.
template <class Use>
bool with_root(ByteView text, Use use) {
  simdjson::dom::parser parser;
  JsonObject root;
  const auto* data = reinterpret_cast<const char*>(text.data());
  if (text.empty() || parser.parse(data, text.size()).get_object().get(root) != simdjson::SUCCESS)
    return false;
  use(root);
  return true;
}

}  // namespace ff::gateway::basic_station
