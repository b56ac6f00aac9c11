#include "protocol/schedule/emissions.hpp"

#include <algorithm>

#include "protocol/base/assert.hpp"

namespace ff::schedule {
namespace {

auto first_starting_at(const std::vector<Emission>& emissions, ConcentratorTime time) {
  return std::lower_bound(emissions.begin(), emissions.end(), time,
                          [](const Emission& e, ConcentratorTime t) { return e.starts < t; });
}

}  // namespace

const Emission* Emissions::conflict(const Emission& candidate) const noexcept {
  auto next = first_starting_at(emissions_, candidate.starts);
  if (next != emissions_.begin()) {
    if (const auto& previous = *std::prev(next); previous.clear_at() > candidate.starts)
      return &previous;
  }
  if (next != emissions_.end() && next->starts < candidate.clear_at()) return &*next;
  return nullptr;
}

void Emissions::insert(const Emission& emission) {
  FF_ASSERT(conflict(emission) == nullptr);
  emissions_.insert(first_starting_at(emissions_, emission.starts), emission);
}

void Emissions::erase(const Emission& emission) noexcept {
  const auto found = first_starting_at(emissions_, emission.starts);
  if (found != emissions_.end() && *found == emission) emissions_.erase(found);
}

Duration Emissions::used(std::size_t sub_band, ConcentratorTime from,
                         ConcentratorTime to) const noexcept {
  Duration sum{0};
  for (const auto& emission : emissions_) {
    if (emission.starts >= to) break;
    if (emission.sub_band != sub_band || emission.ends() <= from) continue;
    sum += std::min(emission.ends(), to) - std::max(emission.starts, from);
  }
  return sum;
}

Duration Emissions::peak_use(std::size_t sub_band, ConcentratorTime starts, ConcentratorTime ends,
                             Duration window) const noexcept {
  // The window slides from "ends with the candidate" to "begins with it"; a maximum lies where
  // another emission ends.
  const auto first_begin = ends - window;
  const auto last_end = starts + window;
  Duration peak{0};
  Duration inside{0};
  auto oldest = emissions_.begin();
  for (const auto& newest : emissions_) {
    if (newest.starts >= last_end) break;
    if (newest.sub_band != sub_band || newest.ends() <= first_begin) continue;
    const auto window_end = std::clamp(newest.ends(), ends, last_end);
    const auto window_begin = window_end - window;
    inside += newest.duration;
    for (; oldest->ends() <= window_begin; ++oldest) {
      if (oldest->sub_band == sub_band && oldest->ends() > first_begin) inside -= oldest->duration;
    }
    auto used = inside - std::max(newest.ends() - window_end, Duration::zero());
    if (oldest->sub_band == sub_band && oldest->starts < window_begin)
      used -= window_begin - oldest->starts;
    peak = std::max(peak, used);
  }
  return peak;
}

const Emission* Emissions::last_before(std::size_t sub_band, ConcentratorTime time) const noexcept {
  for (auto i = first_starting_at(emissions_, time); i != emissions_.begin();) {
    if ((--i)->sub_band == sub_band) return &*i;
  }
  return nullptr;
}

const Emission* Emissions::first_from(std::size_t sub_band, ConcentratorTime time) const noexcept {
  for (auto i = first_starting_at(emissions_, time); i != emissions_.end(); ++i) {
    if (i->sub_band == sub_band) return &*i;
  }
  return nullptr;
}

void Emissions::drop_before(ConcentratorTime time) noexcept {
  std::erase_if(emissions_, [&](const Emission& emission) { return emission.ends() < time; });
}

}  // namespace ff::schedule
