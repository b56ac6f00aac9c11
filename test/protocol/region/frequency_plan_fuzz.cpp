// Plan files and CFLists come from outside: any octets end in a value or an error, and an accepted
// plan keeps the rules.
#include <cstdint>
#include <string>

#include "protocol/base/assert.hpp"
#include "protocol/region/device_channels.hpp"

using namespace ff;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const region::FrequencyPlans standard = region::FrequencyPlans::standard();
  region::FrequencyPlans plans = standard;
  const ByteView input(data, size);
  if (plans.add_json(as_text(input))) {
    for (const auto& plan : plans.all()) {
      FF_ASSERT(region::validate(plan).has_value());
      const auto& region = *region::find_latest(plan.band_id);
      FF_ASSERT(region::desired_channels(region, plan, {}).size() <= region.max_uplink_channels);
    }
  }
  for (const auto band : region::band_ids()) {
    const auto& region = *region::find_latest(band);
    const auto initial = region::initial_channels(region, {});
    const auto channels = region::apply_cf_list(region, input, initial);
    FF_ASSERT(!channels || channels->size() <= region.max_uplink_channels);
  }
  return 0;
}
