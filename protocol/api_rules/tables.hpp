// INTERNAL: the rules of requests, generated from protocol/proto/tables.
// Not for use outside protocol/api_rules; rules.hpp compiles them by descriptor.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ff::api_rules::tables {

/// What of a field a rule is about: the value, each element of a list, each key or value of a map.
enum class Target : std::uint8_t { self, items, keys, values };

/// Lengths of strings are in characters, of bytes in bytes.
enum class Op : std::uint8_t {
  required,
  ignore_empty,
  defined_only,
  lte,
  gte,
  gt,
  in_list,
  not_in_list,
  len,
  min_len,
  max_len,
  pattern,
  email,
  uri,
  uri_ref,
  uuid,
  ip,
  ipv4,
  min_items,
  max_items,
  unique,
  max_pairs,
  gt_now,
  lt_now,
};

/// A list is one row per element.
struct FieldRule {
  std::string_view message;
  std::string_view field;
  Target target;
  Op op;
  std::string_view argument;
};

struct RequiredOneof {
  std::string_view message;
  std::string_view oneof;
};

/// A request of which only what its field mask names is validated, below `prefix`, and `always`
/// (comma-separated).
struct MaskedRequest {
  std::string_view message;
  std::string_view prefix;
  std::string_view always;
};

/// The paths that `method` (`package.Service/Rpc`) allows in a field mask, sorted.
struct MethodPaths {
  std::string_view method;
  std::string_view target_message;
  bool restricts_payload;  ///< The payload may hold nothing else below the paths asked for.
  std::span<const std::string_view> paths;
};

extern const std::span<const FieldRule> field_rules;
extern const std::span<const RequiredOneof> required_oneofs;
extern const std::span<const MaskedRequest> masked_requests;
/// Sorted by method.
extern const std::span<const MethodPaths> method_paths;

}  // namespace ff::api_rules::tables
