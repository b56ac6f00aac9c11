// INTERNAL: rules of single values. Not for fields or messages; see validator.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/api_rules/rules.hpp"

namespace ff::api_rules {

/// Why a value breaks a rule, in the words of the reference; nothing when it breaks none.
using Reason = std::optional<std::string>;

Reason check_text(const ValueRules& rules, std::string_view value);
Reason check_bytes(const ValueRules& rules, std::string_view value);
Reason check_number(const ValueRules& rules, double value);
Reason check_enum(const ValueRules& rules, const google::protobuf::EnumDescriptor& type, int value);

/// Whether the formats are met.
bool is_email(std::string_view text);
bool is_absolute_uri(std::string_view text);
bool is_uri_reference(std::string_view text);
bool is_uuid(std::string_view text);
bool is_ipv4(std::string_view text);
bool is_ip(std::string_view text);

}  // namespace ff::api_rules
