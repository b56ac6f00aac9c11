#include "config/load/changes.hpp"

#include "config/schema/schema.hpp"
#include "protocol/base/assert.hpp"

namespace ff::config {

Changes changes(const Config& now, const Config& wanted) {
  Changes out;
  for (const auto& knob : knobs()) {
    if (knob.value.items(now) == knob.value.items(wanted)) continue;
    auto& names = knob.reload == Reload::live ? out.live : out.restart;
    names.push_back(knob.name);
  }
  return out;
}

Config with_live_settings(Config now, const Config& wanted) {
  for (const auto& knob : knobs()) {
    if (knob.reload != Reload::live) continue;
    const bool assigned = knob.value.assign(now, knob.value.items(wanted));
    FF_ASSERT(assigned);  // It was read from such items.
  }
  return now;
}

}  // namespace ff::config
