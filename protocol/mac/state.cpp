#include "protocol/mac/state.hpp"

#include <algorithm>
#include <utility>

namespace ff::mac {

void push_recent(MacState& state, const RecentUplink& uplink) {
  auto& recent = state.recent_uplinks;
  recent.insert(recent.begin(), uplink);
  if (recent.size() > recent_uplinks_max) recent.resize(recent_uplinks_max);
}

void push_recent(MacState& state, RecentDownlink downlink) {
  auto& recent = state.recent_downlinks;
  // Only an acknowledgement of the newest can still come; the ids of older ones are dead weight.
  if (!recent.empty()) recent.front().correlation_ids.clear();
  recent.insert(recent.begin(), std::move(downlink));
  if (recent.size() > recent_downlinks_max) recent.resize(recent_downlinks_max);
}

bool has_sticky_answer(const MacState& state) noexcept {
  return std::ranges::any_of(state.recent_mac_command_identifiers, [](Cid cid) {
    const CommandInfo* info = command_info(cid);
    return info != nullptr && info->sticky_answer;
  });
}

}  // namespace ff::mac
