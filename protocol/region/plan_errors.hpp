// The errors of frequency plans. Not for lookups by id: who asks for an unknown plan names its own
// error.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.hpp"

namespace ff::region {

inline constexpr ErrorDef plan_not_parsed{"pkg/frequencyplans", "parse_file", Code::data_loss,
                                          "frequency plan is no JSON: {reason}"};
inline constexpr ErrorDef plan_invalid{"pkg/frequencyplans", "invalid", Code::data_loss,
                                       "frequency plan `{id}` is invalid at `{key}`: {reason}"};
inline constexpr ErrorDef plan_base_unknown{"pkg/frequencyplans", "read_base", Code::unknown,
                                            "base `{base_id}` of frequency plan `{id}` is unknown"};

/// The plan's id is added by whoever knows it: `key` is all that a reader of a part has.
struct PlanProblem {
  std::string key;  // `uplink_channels[3].radio`
  std::string reason;
};

inline tl::unexpected<Error> fail_plan(std::string_view id, const PlanProblem& problem) {
  return fail(plan_invalid, {{"id", id}, {"key", problem.key}, {"reason", problem.reason}});
}

}  // namespace ff::region
