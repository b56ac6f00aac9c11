// The table of fields (test/golden/backend_interfaces/fields.tsv) and values that a field of its
// types must not have.
#pragma once

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "protocol/backend_interfaces/message.hpp"

namespace ff::backend_interfaces::test {

using Lines = std::vector<std::vector<std::string>>;

/// Without the heading.
inline Lines read_tsv(const std::string& name) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/backend_interfaces/" + name);
  Lines out;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream columns(line);
    std::string column;
    out.emplace_back();
    while (std::getline(columns, column, '\t')) out.back().push_back(column);
  }
  return out;
}

struct Field {
  std::string of;
  std::string name;
  std::string type;
  std::string presence;
  std::string when_wrong;
  std::string in_1_0;

  std::string kind() const { return type.substr(0, type.find(':')); }
  std::string detail() const {
    const auto colon = type.find(':');
    return colon == std::string::npos ? std::string() : type.substr(colon + 1);
  }
  bool is_array() const { return type.ends_with("[]"); }
  std::string struct_name() const { return is_array() ? type.substr(0, type.size() - 2) : type; }
  bool written_in(Version version) const { return version == Version::v1_1 || in_1_0 == "same"; }
  bool required_in(Version version) const {
    return presence == "required" && (version == Version::v1_1 || in_1_0 == "same");
  }
};

inline std::vector<Field> read_fields() {
  std::vector<Field> out;
  for (const auto& row : read_tsv("fields.tsv"))
    out.push_back({row.at(0), row.at(1), row.at(2), row.at(3), row.at(4), row.at(5)});
  return out;
}
inline std::vector<Field> fields_of(const std::vector<Field>& all, const std::string& of) {
  std::vector<Field> out;
  for (const auto& field : all) {
    if (field.of == of) out.push_back(field);
  }
  return out;
}

/// Octets of `hex:N` and `hex:N-M`.
inline std::pair<std::size_t, std::size_t> octets_of(const Field& field) {
  const auto detail = field.detail();
  const auto dash = detail.find('-');
  const auto least = std::stoul(detail);
  return {least, dash == std::string::npos ? least : std::stoul(detail.substr(dash + 1))};
}

inline bool is_hex_of(const Field& field, std::string_view text) {
  const auto [least, most] = octets_of(field);
  return text.size() % 2 == 0 && text.size() >= 2 * least && text.size() <= 2 * most &&
         text.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

/// Whether `value`, of a message that was written, is of the field's type. Structs by their name
/// alone.
inline bool is_of_type(const Field& field, const boost::json::value& value) {
  const auto kind = field.kind();
  const auto text = value.is_string() ? std::string(value.get_string()) : std::string();
  if (kind == "hex") return value.is_string() && is_hex_of(field, text);
  if (kind == "uint") {
    return value.is_int64() && value.get_int64() >= 0 &&
           value.get_int64() <= std::stoll(field.detail());
  }
  if (kind == "MHz") return value.is_double() && value.get_double() > 0;
  if (kind == "number") return value.is_number();
  if (kind == "bool") return value.is_bool();
  if (kind == "enum") return ("|" + field.detail() + "|").find("|" + text + "|") != text.npos;
  if (kind == "text" || kind == "id" || kind == "type") return !text.empty();
  if (kind == "time") return parse_rfc3339(text).has_value();
  return field.is_array() ? value.is_array() : value.is_object();
}

/// JSON that is none of the field's.
inline std::vector<std::string> wrong_values(const Field& field) {
  const auto kind = field.kind();
  const auto text = [](std::size_t size, char c) { return '"' + std::string(size, c) + '"'; };
  const std::vector<std::string> no_text{"7", "true", "{}", "[]"};
  auto out = no_text;
  if (kind == "hex") {
    const auto [least, most] = octets_of(field);
    for (const auto& one : {text(2 * least - 1, '0'), text(2 * most, 'G'), text(2 * most + 2, '0')})
      out.push_back(one);
    if (least > 1) out.push_back(text(2 * least - 2, '0'));
    if (field.presence == "required") out.emplace_back("\"\"");
  } else if (kind == "uint") {
    out = {"\"5\"", "true", "{}", "-1", "1.5", std::to_string(std::stoll(field.detail()) + 1)};
  } else if (kind == "MHz") {
    out = {"\"868.1\"", "true", "{}", "0", "-1", "1e300"};
  } else if (kind == "number") {
    out = {"\"1\"", "true", "{}"};
  } else if (kind == "bool") {
    out = {"\"true\"", "1", "{}"};
  } else if (kind == "enum" || kind == "type" || kind == "time") {
    out.emplace_back("\"nothing\"");
  } else if (kind == "id") {
    out.emplace_back("\"\"");
    out.push_back(text(101, 'a'));
  } else if (kind == "text") {
    if (!field.detail().empty()) out.push_back(text(std::stoul(field.detail()) + 1, 'a'));
  } else {
    out = {"7", "\"text\"", "true", field.is_array() ? "{}" : "[]"};
  }
  return out;
}

}  // namespace ff::backend_interfaces::test
