#include "protocol/region/frequency_plan.hpp"

#include <algorithm>
#include <span>

#include "protocol/base/assert.hpp"
#include "protocol/region/plan_json.hpp"

namespace ff::region {

/// Texts of config/frequency-plans/*.json, plans without a base first; generated at build time.
std::span<const std::string_view> standard_plan_texts() noexcept;

std::optional<std::chrono::milliseconds> FrequencyPlan::dwell_time_limit(
    Direction direction, Frequency frequency) const noexcept {
  const bool up = direction == Direction::uplink;
  const auto& table = up ? uplink_channels : downlink_channels;
  const ChannelDwellTime* own = nullptr;
  const auto listed = std::ranges::find(table, frequency, &PlanChannel::frequency);
  if (listed != table.end()) {
    own = &listed->dwell_time;
  } else if (lora_standard_channel && lora_standard_channel->frequency == frequency) {
    own = &lora_standard_channel->dwell_time;
  } else if (fsk_channel && fsk_channel->frequency == frequency) {
    own = &fsk_channel->dwell_time;
  }
  DwellTime state = up ? dwell_time.uplinks : dwell_time.downlinks;
  auto duration = dwell_time.duration;
  if (own != nullptr && own->enabled != DwellTime::unknown) state = own->enabled;
  if (own != nullptr && own->duration) duration = *own->duration;
  if (state != DwellTime::on) return std::nullopt;
  return duration;
}

FrequencyPlans FrequencyPlans::standard() {
  FrequencyPlans plans;
  for (const std::string_view text : standard_plan_texts()) {
    const Status added = plans.add_json(text);
    FF_ASSERT(added.has_value());
  }
  return plans;
}

Status FrequencyPlans::add_json(std::string_view text) {
  FF_TRY(FrequencyPlan plan, parse_plan(text, *this));
  FF_CHECK(validate(plan));
  const auto place = std::ranges::lower_bound(plans_, plan.id, {}, &FrequencyPlan::id);
  if (place != plans_.end() && place->id == plan.id) {
    *place = std::move(plan);
  } else {
    plans_.insert(place, std::move(plan));
  }
  return {};
}

const FrequencyPlan* FrequencyPlans::find(std::string_view id) const noexcept {
  const auto place = std::ranges::lower_bound(
      plans_, id, {}, [](const FrequencyPlan& plan) { return std::string_view(plan.id); });
  return place != plans_.end() && place->id == id ? &*place : nullptr;
}

}  // namespace ff::region
