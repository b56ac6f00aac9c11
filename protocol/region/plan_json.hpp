// Reads the JSON form of a frequency plan. Not for judging it: validate() of frequency_plan.hpp
// does that.
#pragma once

#include <string_view>

#include "protocol/region/frequency_plan.hpp"

namespace ff::region {

/// The plan in `text`, resolved against its base in `known`, not validated. Hostile text ends in an
/// error that names the plan, as far as it has an id, and the key.
Result<FrequencyPlan> parse_plan(std::string_view text, const FrequencyPlans& known);

}  // namespace ff::region
