// Texts of flags, cells and files into fields of messages. Not which flags there are; see leaf.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/cli/message/leaf.hpp"
#include "protocol/base/result.hpp"

namespace google::protobuf {
class Message;
}

namespace ff::cli {

inline constexpr ErrorDef invalid_text{"cli", "invalid_value", Code::invalid_argument,
                                       "invalid value of `{field}`: {reason}"};

/// Replaces the leaf by what the texts stand for: the last one of a single value, all of a list or
/// map. Enums by name or alias, with any case and `-` for `_`; bytes as hex or base64; times in RFC
/// 3339; durations as `1h30m` or `1.5s`; entries of maps whose value is empty are set, too. An
/// empty text empties a time. Error: invalid_text, without the value, which may be a key.
Status set_text(google::protobuf::Message& root, const Leaf& leaf,
                std::span<const std::string> texts);

/// Parts of a text that is separated by commas. An empty text has no part.
std::vector<std::string> split_commas(std::string_view text);

}  // namespace ff::cli
