// INTERNAL: the message types that a google.protobuf.Any may hold: all that are linked into the
// program.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string_view>

namespace ff::api_json {

/// An empty message of the type behind the last `/` of `type_url`. Null when it is unknown.
std::unique_ptr<google::protobuf::Message> make_any_content(std::string_view type_url);

}  // namespace ff::api_json
