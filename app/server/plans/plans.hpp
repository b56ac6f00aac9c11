// The frequency plans of a server: those built in, and those of the operator's folder. Not what a
// plan has to be (protocol/region, protocol/plan_repository).
#pragma once

#include <filesystem>
#include <memory>

#include "protocol/base/result.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::app {

inline constexpr ErrorDef unreadable_plan{"config", "unreadable_frequency_plan", Code::not_found,
                                          "`frequency-plans.directory`: `{path}` can not be read"};
inline constexpr ErrorDef bad_plan_file{"config", "invalid_frequency_plan", Code::invalid_argument,
                                        "`frequency-plans.directory`: `{path}`: {reason}"};

/// The built-in plans, and on top of them what a folder has: first the plans of an index
/// `frequency-plans.yml` in the reference's form, then those of `*.json` in ours, in the order of
/// their names. An empty path: none. Errors name the file and say why.
Result<std::shared_ptr<const region::FrequencyPlans>> load_frequency_plans(
    const std::filesystem::path& directory);

}  // namespace ff::app
