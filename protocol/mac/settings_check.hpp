// Whether MAC settings make sense, alone and in a band. Not formats and ranges of single fields
// (protocol/api_rules), and not what becomes of the settings (initial.hpp).
#pragma once

#include <optional>
#include <string>

#include "protocol/mac/settings.hpp"
#include "protocol/region/frequency_plan.hpp"
#include "protocol/region/region.hpp"

namespace ff::mac {

/// The first setting that contradicts another one, as its path below `mac_settings`; nothing if all
/// is well. [spec network-server §20]
std::optional<std::string> contradiction(const MacSettings& settings);

/// Where a device is, and whether it needs what class B needs. Borrowed for one call.
struct SettingsPlace {
  const region::Region& region;
  const region::FrequencyPlan& plan;
  bool supports_class_b = false;
};

/// The first setting that has no room in the band and plan, or that class B lacks there, as its
/// path below `mac_settings`; nothing if all is well. [spec network-server §20]
std::optional<std::string> misfit(const MacSettings& settings, const SettingsPlace& place);

}  // namespace ff::mac
