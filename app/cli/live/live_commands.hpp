// Commands about traffic: events, downlinks, simulated uplinks, trials of
// formatters, relays. [spec cli §4, §5]
#pragma once

#include "app/cli/command/command.hpp"

namespace ff::cli {

/// All of this folder.
void add_live_commands(Command& root);

/// INTERNAL: the parts.
void add_event_commands(Command& root);
void add_downlink_commands(Command& root);
void add_simulation(Command& root);
void add_formatter_commands(Command& root);
void add_relay_commands(Command& root);

}  // namespace ff::cli
