// INTERNAL: the rules of fields, compiled and looked up by descriptor. Not for their evaluation;
// see value_check.hpp.
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace re2 {
class RE2;
}

namespace ff::api_rules {

/// What a single value must be. A rule that is not set holds.
struct ValueRules {
  bool required = false;
  bool ignore_empty = false;
  bool defined_only = false;
  bool email = false, uri = false, uri_ref = false, uuid = false, ip = false, ipv4 = false;
  bool gt_now = false, lt_now = false;
  std::optional<double> lte, gte, gt;
  std::optional<std::size_t> len, min_len, max_len;
  std::vector<std::string_view> in_list, not_in_list;
  std::shared_ptr<const re2::RE2> pattern;
};

struct FieldRules {
  ValueRules self, items, keys, values;
  std::optional<int> min_items, max_items, max_pairs;
  bool unique = false;
};

class Rules {
 public:
  /// Compiled at first use, immutable afterwards.
  static const Rules& instance();

  /// Null when there are none.
  const FieldRules* find(const google::protobuf::FieldDescriptor* field) const;
  bool is_required(const google::protobuf::OneofDescriptor* oneof) const;

 private:
  Rules();

  std::unordered_map<const google::protobuf::FieldDescriptor*, FieldRules> fields_;
  std::unordered_set<const google::protobuf::OneofDescriptor*> required_oneofs_;
};

}  // namespace ff::api_rules
