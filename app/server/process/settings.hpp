// What the operator decided, as the components' own configuration.
#pragma once

#include "app/server/node/node.hpp"
#include "config/config.hpp"

namespace ff::app {

/// Errors name the setting: an address that does not parse.
Result<NodeConfig> node_config(const config::Config& config, std::uint64_t counter_jump);

}  // namespace ff::app
