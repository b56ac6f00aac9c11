// Reads frequency plans as The Things Stack's repository lays them out: an index and a YAML file
// for each plan or change of a plan. Not our own form of a plan (protocol/region/plan_json.cpp).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "protocol/base/result.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::plan_repository {

inline constexpr std::string_view index_name = "frequency-plans.yml";

inline constexpr ErrorDef list_unreadable{"pkg/frequencyplans", "read_list", Code::unknown,
                                          "index of frequency plans: {reason}"};
inline constexpr ErrorDef plan_unreadable{"pkg/frequencyplans", "read", Code::unknown,
                                          "frequency plan `{id}`: `{file}` can not be read"};
inline constexpr ErrorDef file_not_parsed{"pkg/frequencyplans", "parse_file", Code::data_loss,
                                          "frequency plan `{id}`: `{file}` is no plan: {reason}"};

/// The text of the file of this name, which stands beside the index.
using ReadFile = std::function<Result<std::string>(const std::string& name)>;

/// Adds the plans of an index, or replaces those with their ids. Plans that extend another come
/// after it, whatever their order in the index. On an error, which names plan, file and key,
/// nothing changes. Total on any text. [spec configuration-and-metrics §13]
Status add_repository(region::FrequencyPlans& plans, std::string_view index, const ReadFile& read);

}  // namespace ff::plan_repository
