// Settings from environment variables. Not reading the environment itself in tests: the variables
// are a parameter.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load/setting.hpp"

namespace ff::config {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// The variables of this process. Not while another thread changes them.
Environment process_environment();

/// `ns.net-id` as `NS_NET_ID`.
std::string variable_suffix(std::string_view key);

/// `FARFIELD_NS_NET_ID` or, for those who come from the reference, `TTN_LW_NS_NET_ID`; ours wins. A
/// variable of ours that no setting has is a problem; one of the reference's is a warning, because
/// its other settings may be there too. `FARFIELD_CONFIG` and `TTN_LW_CONFIG` name files and are
/// not settings.
struct EnvironmentReading {
  Reading reading;
  std::vector<std::string> warnings;
  std::vector<std::string> config_files;
};
EnvironmentReading read_environment(const Environment& environment);

}  // namespace ff::config
