// Fields of a message from URL texts: path variables and query parameters of the HTTP API.
// Not for JSON values; enum aliases and hex are not known here, as in the reference's gateway.
#pragma once

#include <string_view>

#include "protocol/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace ff::api_json {

/// Whether a text replaces the value of a repeated field or is one more element of it.
enum class OnRepeated { replace, append };

/// Sets the field at the dotted `path` (snake_case or lowerCamelCase names) from `text`: enums by
/// name or number, bytes in base64, times as in JSON, wrappers bare, field masks comma-separated,
/// elements of maps as `map[key]`. An unknown path changes nothing and is no error. Fails with
/// `invalid_value` on a malformed text.
Status set_field(google::protobuf::Message& message, std::string_view path, std::string_view text,
                 OnRepeated on_repeated);

}  // namespace ff::api_json
