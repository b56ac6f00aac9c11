#include "actors/roaming/served.hpp"

namespace ff::roaming {

template <class Match>
std::vector<ServedSession> Served::take(const DeviceUid& device, MonoTime now, Match match) {
  std::vector<ServedSession> out;
  auto [at, last] = sessions_.equal_range(device);
  while (at != last) {
    const bool over = at->second.until <= now;
    const bool matches = match(at->second);
    if (matches && !over) out.push_back(at->second);
    at = matches || over ? sessions_.erase(at) : std::next(at);
  }
  return out;
}

void Served::add(const ServedSession& session, MonoTime now) {
  take(session.device, now, [&](const ServedSession& one) {
    return one.partner == session.partner && one.dev_addr == session.dev_addr;
  });
  if (sessions_.size() >= sessions_max_)
    std::erase_if(sessions_, [now](const auto& one) { return one.second.until <= now; });
  if (sessions_.size() < sessions_max_) sessions_.emplace(session.device, session);
}

std::vector<ServedSession> Served::end(const DeviceUid& device, MonoTime now) {
  return take(device, now, [](const ServedSession&) { return true; });
}

std::vector<ServedSession> Served::end_others(const DeviceUid& device, DevAddr dev_addr,
                                              MonoTime now) {
  return take(device, now,
              [dev_addr](const ServedSession& one) { return one.dev_addr != dev_addr; });
}

}  // namespace ff::roaming
