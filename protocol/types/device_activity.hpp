// What frames tell of a device that the registry of devices keeps: when it was heard, first and
// last, and where its payloads say it is. [spec application-server §4 steps 10-12] Not the device's
// state; nothing is lost that a later frame does not tell again.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "protocol/base/time.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff {

struct DeviceActivity {
  DeviceUid device;
  std::optional<UtcTime> last_seen_at;
  std::optional<UtcTime> activated_at;  // with its first uplink
  Locations locations;                  // by the service that solved them
};

/// Takes what devices did; each device once. Any thread; must not block.
using ReportActivity = std::function<void(std::vector<DeviceActivity>)>;

}  // namespace ff
