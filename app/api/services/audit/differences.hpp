// What is different between two messages, as the audit log shows it: by paths, values as in the
// API's JSON, secrets without their values, large values by their digest.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "actors/audit/record.hpp"

namespace ff::api {

/// Of one record; what is more is counted in a last one.
inline constexpr std::size_t changes_max = 256;
/// Octets of a value.
inline constexpr std::size_t value_size_max = 4096;

/// `before` or `after` may be null: there is nothing.
std::vector<audit::Change> differences(const std::string& entity,
                                       const google::protobuf::Message* before,
                                       const google::protobuf::Message* after);
/// JSON without secrets; empty when the message says nothing.
std::string shown_json(const google::protobuf::Message& message);

}  // namespace ff::api
