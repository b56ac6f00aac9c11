// Decisions of device sessions as sentences and as JSON: keys in snake_case, times in RFC 3339.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

#include "actors/network_server/session/snapshot.hpp"

namespace ff::app {

/// The operands, and beside them the sentence as `text`.
boost::json::object to_json(const network_server::Decision& decision);

/// One sentence: what was decided and on what grounds.
std::string text_of(const network_server::DecisionValue& value);
/// What an uplink verdict means, for those who do not know the rule.
std::string_view meaning_of(network_server::UplinkVerdict verdict) noexcept;
std::string_view meaning_of(network_server::NoDownlink reason) noexcept;

}  // namespace ff::app
