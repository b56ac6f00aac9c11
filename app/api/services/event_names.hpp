// The names of all events, and those that a client means. [spec events-cluster-discovery §2]
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::api {

inline constexpr ErrorDef invalid_regexp{"pkg/events", "invalid_regexp", Code::invalid_argument,
                                         "invalid regexp"};
inline constexpr ErrorDef no_matching_events{"pkg/events", "no_matching_events",
                                             Code::invalid_argument,
                                             "no events match regexp `{regexp}`"};
inline constexpr ErrorDef unknown_event_name{"pkg/events", "unknown_event_name",
                                             Code::invalid_argument, "unknown event `{name}`"};

/// Views of literals.
using EventNames = std::set<std::string_view>;

/// Each pattern is a name or an expression between slashes (RE2), which matches anywhere in a name.
/// Empty for no patterns. Errors: those above.
Result<EventNames> resolve_event_names(const std::vector<std::string>& patterns);

}  // namespace ff::api
