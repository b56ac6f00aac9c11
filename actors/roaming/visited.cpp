#include "actors/roaming/visited.hpp"

#include <algorithm>

#include "protocol/phy/f_cnt.hpp"
#include "protocol/phy/mic.hpp"

namespace ff::roaming {
namespace {

constexpr std::size_t token_size = 16;

}  // namespace

bool Visited::hear(const std::shared_ptr<const UplinkFrame>& frame, MonoTime now) {
  if (const auto found = windows_.find(frame->phy_payload); found != windows_.end()) {
    auto& window = found->second;
    if (window.closed) return true;
    for (const auto& metadata : frame->rx_metadata) {
      if (window.rx_metadata.size() < limits_.metadata_max) window.rx_metadata.push_back(metadata);
    }
    return true;
  }
  if (windows_.size() >= limits_.windows_max) return false;
  // A copy: the frame itself counts as under way in the gateway server as long as somebody has it.
  windows_.emplace(frame->phy_payload,
                   Window{std::make_shared<const UplinkFrame>(*frame), frame->rx_metadata});
  closing_.emplace_back(now + limits_.window, frame->phy_payload);
  return true;
}

void Visited::want(const UplinkFrame& frame) {
  const auto found = windows_.find(frame.phy_payload);
  if (found != windows_.end()) found->second.wanted = true;
}

std::vector<Heard> Visited::close(MonoTime now) {
  std::vector<Heard> out;
  while (!closing_.empty() && closing_.front().first <= now) {
    auto payload = std::move(closing_.front().second);
    closing_.pop_front();
    auto& window = windows_.at(payload);
    if (window.wanted) {
      Heard heard;
      heard.frame = window.frame;
      heard.rx_metadata = std::move(window.rx_metadata);
      out.push_back(std::move(heard));
    }
    // It stays a while, so that late copies are not taken for new frames.
    window = Window{{}, {}, false, true};
    cooling_.emplace_back(now + limits_.cooldown, std::move(payload));
  }
  while (!cooling_.empty() && cooling_.front().first <= now) {
    windows_.erase(cooling_.front().second);
    cooling_.pop_front();
  }
  while (!heard_.empty() && heard_.begin()->second.until <= now) forget(heard_.begin());
  return out;
}

void Visited::forget(std::map<std::uint64_t, Heard>::iterator heard) {
  tokens_.erase(heard->second.token);
  heard_.erase(heard);
}

std::uint64_t Visited::remember(Heard heard, Random& random, MonoTime now) {
  if (heard_.size() >= limits_.heard_max) forget(heard_.begin());
  heard.token.resize(token_size);
  random.fill(heard.token);
  heard.until = now + limits_.answerable;
  const auto number = ++last_number_;
  tokens_.emplace(heard.token, number);
  heard_.emplace(number, std::move(heard));
  return number;
}

Heard* Visited::find(std::uint64_t number) {
  const auto found = heard_.find(number);
  return found == heard_.end() ? nullptr : &found->second;
}

Heard* Visited::find(ByteView token, NetId partner, MonoTime now) {
  const auto number = tokens_.find(to_owned(token));
  auto* heard = number == tokens_.end() ? nullptr : find(number->second);
  if (heard == nullptr || heard->partner != partner || heard->until <= now) return nullptr;
  return heard;
}

void Visited::add(Context context) {
  const auto [first, last] = contexts_.equal_range(context.dev_addr);
  for (auto at = first; at != last; ++at) {
    auto& known = at->second;
    if (known.partner != context.partner || known.f_nwk_s_int_key != context.f_nwk_s_int_key)
      continue;
    context.f_cnt_up = std::max(context.f_cnt_up, known.f_cnt_up);
    known = std::move(context);
    return;
  }
  if (contexts_.size() >= limits_.contexts_max) {
    contexts_.erase(std::ranges::min_element(contexts_, {},
                                             [](const auto& entry) { return entry.second.until; }));
  }
  const auto dev_addr = context.dev_addr;
  contexts_.emplace(dev_addr, std::move(context));
}

const Context* Visited::match(const phy::DataFrameView& frame, MonoTime now) {
  const auto [first, last] = contexts_.equal_range(frame.dev_addr);
  for (auto at = first; at != last;) {
    auto& context = at->second;
    if (context.until <= now) {
      at = contexts_.erase(at);
      continue;
    }
    ++at;
    const auto f_cnt = phy::extend(context.f_cnt_up, frame.f_cnt, true);
    if (f_cnt <= context.f_cnt_up) continue;
    const auto kind = context.is_1_1 ? phy::UplinkMic::second_half : phy::UplinkMic::whole;
    const std::array candidates{
        phy::uplink_candidate(context.f_nwk_s_int_key, f_cnt, frame.mic, kind)};
    const std::span<const crypto::Candidate<Aes128Key>> one(candidates);
    if (!phy::match_uplink(one, frame)) continue;
    context.f_cnt_up = f_cnt;
    return &context;
  }
  return nullptr;
}

std::vector<DeviceName> Visited::stop(NetId partner, std::optional<DevEui> dev_eui,
                                      std::optional<DevAddr> dev_addr) {
  std::vector<DeviceName> out;
  std::erase_if(contexts_, [&](const auto& entry) {
    const auto& context = entry.second;
    const bool named = dev_eui && context.dev_eui
                           ? context.dev_eui == dev_eui
                           : dev_addr.has_value() && context.dev_addr == *dev_addr;
    if (!named || context.partner != partner) return false;
    out.push_back({partner, context.dev_addr});
    if (context.dev_eui) out.push_back({partner, *context.dev_eui});
    return true;
  });
  return out;
}

void Visited::defer(const DeviceName& device, Duration wait, MonoTime now) {
  if (deferred_.size() >= limits_.contexts_max)
    std::erase_if(deferred_, [now](const auto& entry) { return entry.second <= now; });
  if (deferred_.size() < limits_.contexts_max || deferred_.contains(device))
    deferred_[device] = now + std::min(wait, deferral_max);
}

bool Visited::is_deferred(const DeviceName& device, MonoTime now) const {
  const auto found = deferred_.find(device);
  return found != deferred_.end() && found->second > now;
}

void Visited::add_homeless(const Euis& euis, MonoTime now) {
  while (!homeless_order_.empty() && (homeless_.at(homeless_order_.front()) <= now ||
                                      homeless_.size() >= limits_.homeless_max)) {
    homeless_.erase(homeless_order_.front());
    homeless_order_.pop_front();
  }
  if (homeless_.emplace(euis, now + limits_.homeless).second) homeless_order_.push_back(euis);
}

bool Visited::is_homeless(const Euis& euis, MonoTime now) const {
  const auto found = homeless_.find(euis);
  return found != homeless_.end() && found->second > now;
}

std::optional<MonoTime> Visited::next_due() const {
  std::optional<MonoTime> next;
  for (const auto* deadlines : {&closing_, &cooling_}) {
    if (!deadlines->empty())
      next = std::min(next.value_or(MonoTime::max()), deadlines->front().first);
  }
  return next;
}

}  // namespace ff::roaming
