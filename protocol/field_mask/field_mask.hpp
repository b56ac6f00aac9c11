// Field masks applied to messages: which fields a request reads or changes.
// Not for what a method allows; see protocol/api_rules.
//
// A path names fields by their proto names, with the name of a oneof as a step of its own:
// `mac_settings.adr.mode.dynamic.margin`. A parent stands for everything below it. Lists and maps
// are leaves.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace google::protobuf {
class Descriptor;
class Message;
}  // namespace google::protobuf

namespace ff::field_mask {

inline constexpr ErrorDef unknown_path{"pkg/ttnpb", "unknown_path", Code::invalid_argument,
                                       "unknown field mask path `{path}`"};

/// Paths of more steps are unknown.
inline constexpr int steps_max = 32;

bool is_known(const google::protobuf::Descriptor& type, std::string_view path);

/// Copies the named fields of `source` to `destination`, of the same type; a field that is not set
/// in `source` is cleared. When a oneof has another member set in `source` than the path names,
/// that path changes nothing. Fails with `unknown_path` before anything is changed.
Status copy(const google::protobuf::Message& source, std::span<const std::string> paths,
            google::protobuf::Message& destination);

/// Clears everything in `message` that is not named.
Status keep(std::span<const std::string> paths, google::protobuf::Message& message);

}  // namespace ff::field_mask
