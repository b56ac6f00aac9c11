#include "actors/interop/hosts.hpp"

#include "actors/interop/errors.hpp"

namespace ff::interop {

Status Hosts::admit(const std::string& host, std::string_view server, MonoTime now) {
  const auto [place, is_new] = hosts_.try_emplace(
      host, Host{actors::Breaker(limits_.breaker_failures, limits_.breaker_pause)});
  auto& [name, state] = *place;
  if (state.under_way >= limits_.under_way_max) return fail(overloaded, {{"server", server}});
  if (!state.breaker.admit(now)) return fail(paused, {{"server", server}});
  if (!is_new && state.under_way == 0) idle_.erase(state.asked);
  ++state.under_way;
  state.asked = ++questions_;
  if (hosts_.size() > remembered_max) forget_oldest();
  return {};
}

void Hosts::ended(const std::string& host) {
  const auto place = hosts_.find(host);
  if (place == hosts_.end() || place->second.under_way == 0) return;
  if (--place->second.under_way == 0) idle_.emplace(place->second.asked, place);
}

void Hosts::succeeded(const std::string& host) {
  const auto place = hosts_.find(host);
  if (place == hosts_.end()) return;
  open_ -= place->second.breaker.is_open() ? 1 : 0;
  place->second.breaker.succeeded();
}

void Hosts::failed(const std::string& host, MonoTime now) {
  const auto place = hosts_.find(host);
  if (place == hosts_.end()) return;
  auto& breaker = place->second.breaker;
  const bool was_open = breaker.is_open();
  breaker.failed(now);
  open_ += !was_open && breaker.is_open() ? 1 : 0;
}

void Hosts::forget_oldest() {
  if (idle_.empty()) return;
  const auto oldest = idle_.begin();
  open_ -= oldest->second->second.breaker.is_open() ? 1 : 0;
  hosts_.erase(oldest->second);
  idle_.erase(oldest);
}

}  // namespace ff::interop
