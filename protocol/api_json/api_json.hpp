// API messages to JSON and back, in the dialect that clients of the HTTP API, MQTT and webhooks
// know. Not for the uplink hot path, whose JSON is written by hand.
//
// snake_case names, zero values left out, 64-bit numbers as strings, identifiers as upper-case hex,
// field masks as
// {"paths":[...]}, enums by name or number: the rules are in protocol/proto/tables/json-*.tsv and
// enums.tsv.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace ff::api_json {

inline constexpr ErrorDef invalid_json{"pkg/jsonpb", "invalid_json", Code::invalid_argument,
                                       "invalid JSON at byte {offset}: {reason}"};
inline constexpr ErrorDef invalid_value{"pkg/jsonpb", "invalid_value", Code::invalid_argument,
                                        "invalid value of field `{field}`: {reason}"};
inline constexpr ErrorDef not_encodable{"pkg/jsonpb", "not_encodable", Code::internal,
                                        "message is not encodable as JSON: {reason}"};

/// Objects and lists may be nested this deep, read or written.
inline constexpr int max_depth = 64;

/// Compact, fields in declaration order, entries of maps sorted by key. Fails with `not_encodable`
/// on an Any of unknown type, a Timestamp or Duration out of range, or too deep nesting.
Result<std::string> to_json(const google::protobuf::Message& message);

/// Replaces the content of `message`. Unknown keys are ignored. Fails with `invalid_json` or
/// `invalid_value`; `message` is then partly filled.
Status from_json(std::string_view json, google::protobuf::Message& message);

}  // namespace ff::api_json
