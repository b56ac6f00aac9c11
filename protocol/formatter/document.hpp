// JSON trees and their text in the form of the API: numbers as JavaScript writes them. Only for
// payloads: messages of the API are api_json's.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/application_json/parser.hpp"
#include "protocol/base/result.hpp"

namespace ff::formatter {

inline constexpr std::size_t depth_max = application_json::payload_depth_max;

/// Nothing when `text` is not JSON, is too deep or not UTF-8.
std::optional<boost::json::value> parse_document(std::string_view text);

/// Compact, members in their order. `document` has no NaN and no infinity: JSON has none.
std::string to_text(const boost::json::value& document);

}  // namespace ff::formatter
