#include "actors/application_server/pipeline/deadlines.hpp"

namespace ff::application_server {

void Deadlines::add(MonoTime at, const DeviceUid& device, std::uint64_t request) {
  devices_.emplace(std::pair(at, request), device);
  times_.emplace(request, at);
}

void Deadlines::erase(std::uint64_t request) {
  const auto found = times_.find(request);
  if (found == times_.end()) return;
  devices_.erase({found->second, request});
  times_.erase(found);
}

std::optional<MonoTime> Deadlines::next() const noexcept {
  if (devices_.empty()) return std::nullopt;
  return devices_.begin()->first.first;
}

std::optional<Deadlines::Missed> Deadlines::take(MonoTime now) {
  if (devices_.empty() || devices_.begin()->first.first > now) return std::nullopt;
  auto first = devices_.extract(devices_.begin());
  const auto request = first.key().second;
  times_.erase(request);
  return Missed{std::move(first.mapped()), request};
}

}  // namespace ff::application_server
