#include "protocol/formatter/document.hpp"

#include <boost/json/parse.hpp>

#include "protocol/application_json/text.hpp"

namespace ff::formatter {
namespace {

void append(std::string& out, const boost::json::value& value);

void append_members(std::string& out, const boost::json::object& object) {
  char separator = '{';
  for (const auto& [name, value] : object) {
    out += separator;
    application_json::append_string(out, name);
    out += ':';
    append(out, value);
    separator = ',';
  }
  if (object.empty()) out += '{';
  out += '}';
}

void append_elements(std::string& out, const boost::json::array& array) {
  char separator = '[';
  for (const auto& value : array) {
    out += separator;
    append(out, value);
    separator = ',';
  }
  if (array.empty()) out += '[';
  out += ']';
}

/// As deep as the tree, which is bounded.
void append(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      out += "null";
      return;
    case boost::json::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case boost::json::kind::int64:
      return application_json::append_number(out, value.get_int64());
    case boost::json::kind::uint64:
      return application_json::append_number(out, value.get_uint64());
    case boost::json::kind::double_:
      return application_json::append_number(out, value.get_double());
    case boost::json::kind::string:
      return application_json::append_string(out, value.get_string());
    case boost::json::kind::array:
      return append_elements(out, value.get_array());
    case boost::json::kind::object:
      return append_members(out, value.get_object());
  }
}

}  // namespace

std::optional<boost::json::value> parse_document(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::json::error_code error;
  auto value = boost::json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

std::string to_text(const boost::json::value& document) {
  std::string out;
  append(out, document);
  return out;
}

}  // namespace ff::formatter
