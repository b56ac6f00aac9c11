#include "app/cli/output/flat.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace ff::cli {
namespace {

namespace json = boost::json;

/// Boost writes 52.3 as 5.23E1.
std::string number_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

std::string plain(const json::value& value) {
  if (value.is_double()) return number_text(value.as_double());
  return value.is_string() ? std::string(value.as_string()) : json::serialize(value);
}

bool is_plain(const json::value& value) {
  return !value.is_object() && !value.is_array();
}

void add(FlatFields& fields, const std::string& path, const json::value& value) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object)
      add(fields, path.empty() ? std::string(key) : path + "." + std::string(key), member);
    return;
  }
  const auto* list = value.if_array();
  if (list == nullptr || !std::ranges::all_of(*list, is_plain)) {
    fields.emplace_back(path, plain(value));
    return;
  }
  std::string text;
  for (const auto& item : *list) text += (text.empty() ? "" : ",") + plain(item);
  fields.emplace_back(path, std::move(text));
}

}  // namespace

FlatFields flat_fields(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 128;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  FlatFields fields;
  if (!error) add(fields, "", value);
  return fields;
}

}  // namespace ff::cli
