#include "config/schema/schema.hpp"

#include <algorithm>
#include <iterator>

namespace ff::config {

namespace {

std::vector<Knob> collect() {
  std::vector<Knob> all;
  for (auto* area : {process_knobs, front_door_knobs, record_keeping_knobs, gateway_server_knobs,
                     network_server_knobs, application_server_knobs, device_repository_knobs,
                     join_server_knobs, identity_server_knobs, account_knobs, interop_knobs}) {
    auto rows = area();
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(), [](const Knob& a, const Knob& b) { return a.name < b.name; });
  return all;
}

}  // namespace

const std::vector<Knob>& knobs() {
  static const std::vector<Knob> all = collect();
  return all;
}

const Knob* find_knob(std::string_view name) {
  const auto& all = knobs();
  const auto row =
      std::lower_bound(all.begin(), all.end(), name,
                       [](const Knob& knob, auto wanted) { return knob.name < wanted; });
  return row != all.end() && row->name == name ? &*row : nullptr;
}

}  // namespace ff::config
