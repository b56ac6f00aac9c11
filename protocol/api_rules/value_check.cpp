#include "protocol/api_rules/value_check.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

namespace ff::api_rules {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// `3`, not `3.000000`.
std::string number_text(double value) {
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::general).ptr;
  return {buffer, end};
}

std::string joined(const std::vector<std::string_view>& list) {
  std::string text = "[";
  for (auto entry : list) (text += text.size() > 1 ? " " : "") += entry;
  return text + "]";
}

bool listed(const std::vector<std::string_view>& list, std::string_view value) {
  return std::ranges::find(list, value) != list.end();
}

Reason check_lists(const ValueRules& rules, std::string_view value) {
  if (!rules.in_list.empty() && !listed(rules.in_list, value))
    return "value must be in list " + joined(rules.in_list);
  if (listed(rules.not_in_list, value))
    return "value must not be in list " + joined(rules.not_in_list);
  return std::nullopt;
}

Reason check_length(const ValueRules& rules, std::size_t length, const char* unit) {
  auto at = [&](const char* what, std::size_t size) {
    return std::string("value length must be ") + what + std::to_string(size) + unit;
  };
  if (rules.len && length != *rules.len) return at("", *rules.len);
  bool short_of = rules.min_len && length < *rules.min_len;
  bool beyond = rules.max_len && length > *rules.max_len;
  if (!short_of && !beyond) return std::nullopt;
  if (rules.min_len && rules.max_len) {
    return "value length must be between " + std::to_string(*rules.min_len) + " and " +
           std::to_string(*rules.max_len) + unit + ", inclusive";
  }
  return short_of ? at("at least ", *rules.min_len) : at("at most ", *rules.max_len);
}

Reason check_formats(const ValueRules& rules, std::string_view value) {
  if (rules.pattern &&
      !re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *rules.pattern))
    return "value does not match regex pattern \"" + rules.pattern->pattern() + '"';
  if (rules.email && !is_email(value)) return "value must be a valid email address";
  if (rules.uri && !is_uri_reference(value)) return "value must be a valid URI";
  if (rules.uri && !is_absolute_uri(value)) return "value must be absolute";
  if (rules.uri_ref && !is_uri_reference(value)) return "value must be a valid URI";
  if (rules.uuid && !is_uuid(value)) return "value must be a valid UUID";
  if (rules.ip && !is_ip(value)) return "value must be a valid IP address";
  if (rules.ipv4 && !is_ipv4(value)) return "value must be a valid IPv4 address";
  return std::nullopt;
}

}  // namespace

Reason check_text(const ValueRules& rules, std::string_view value) {
  if (rules.ignore_empty && value.empty()) return std::nullopt;
  if (auto reason = check_length(rules, characters(value), " runes")) return reason;
  if (auto reason = check_lists(rules, value)) return reason;
  return check_formats(rules, value);
}

Reason check_bytes(const ValueRules& rules, std::string_view value) {
  if (rules.ignore_empty && value.empty()) return std::nullopt;
  return check_length(rules, value.size(), " bytes");
}

Reason check_number(const ValueRules& rules, double value) {
  if (rules.ignore_empty && value == 0) return std::nullopt;
  if (rules.lte && rules.gte) {
    auto range = (*rules.lte < *rules.gte
                      ? "(" + number_text(*rules.lte) + ", " + number_text(*rules.gte) + ")"
                      : "[" + number_text(*rules.gte) + ", " + number_text(*rules.lte) + "]");
    // Bounds that do not overlap forbid what is between them.
    if (*rules.lte < *rules.gte) {
      if (value > *rules.lte && value < *rules.gte) return "value must be outside range " + range;
    } else if (!(value >= *rules.gte && value <= *rules.lte)) {
      return "value must be inside range " + range;
    }
  } else if (rules.lte && !(value <= *rules.lte)) {
    return "value must be less than or equal to " + number_text(*rules.lte);
  } else if (rules.gte && !(value >= *rules.gte)) {
    return "value must be greater than or equal to " + number_text(*rules.gte);
  }
  if (rules.gt && !(value > *rules.gt))
    return "value must be greater than " + number_text(*rules.gt);
  return check_lists(rules, number_text(value));
}

Reason check_enum(const ValueRules& rules, const google::protobuf::EnumDescriptor& type,
                  int value) {
  if (auto reason = check_lists(rules, std::to_string(value))) return reason;
  if (rules.defined_only && type.FindValueByNumber(value) == nullptr)
    return "value must be one of the defined enum values";
  return std::nullopt;
}

}  // namespace ff::api_rules
