// What is different between two configurations, by what a running server can do about it. Not who
// takes a new value over: app/server/process/reload.hpp.
#pragma once

#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace ff::config {

/// Names of settings, sorted; views of literals.
struct Changes {
  std::vector<std::string_view> live;     ///< Can be taken over at once.
  std::vector<std::string_view> restart;  ///< Are read at a start only.
};

Changes changes(const Config& now, const Config& wanted);
/// `now`, with the values of `wanted` for what can be taken over at once.
Config with_live_settings(Config now, const Config& wanted);

}  // namespace ff::config
