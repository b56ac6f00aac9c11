#include "actors/network_server/shard/deduplicator.hpp"

#include <algorithm>

#include "protocol/relay/relayed_frame.hpp"

namespace ff::network_server {
namespace {

std::uint64_t hash(const UplinkFrame& frame) {
  const auto payload = std::hash<std::string_view>{}(as_text(frame.phy_payload));
  const auto round = static_cast<std::uint64_t>(relay::is_relayed(frame));
  return (payload ^ frame.settings.frequency.hz() * 0x9e3779b97f4a7c15) + round;
}

}  // namespace

bool Deduplicator::Identity::is_of(const UplinkFrame& frame) const {
  return relayed == relay::is_relayed(frame) && frequency == frame.settings.frequency &&
         same_modulation(data_rate, frame.settings.data_rate) && phy_payload == frame.phy_payload;
}

std::uint64_t Deduplicator::key_of(const UplinkFrame& frame) const {
  auto key = hash(frame);
  for (auto found = windows_.find(key); found != windows_.end(); found = windows_.find(++key)) {
    if (found->second.identity.is_of(frame)) break;
  }
  return key;
}

Copy Deduplicator::add(std::shared_ptr<const UplinkFrame> frame, MonoTime now) {
  const auto key = key_of(*frame);
  if (auto found = windows_.find(key); found != windows_.end()) {
    auto& window = found->second;
    if (!window.frame) return {CopyOutcome::late, {}};
    window.extra.insert(window.extra.end(), frame->rx_metadata.begin(), frame->rx_metadata.end());
    return {CopyOutcome::collected, {}};
  }
  if (windows_.size() >= limits_.windows_max) return {CopyOutcome::refused, {}};
  const WindowId id{++last_id_};
  Identity identity{frame->phy_payload, frame->settings.frequency, frame->settings.data_rate,
                    relay::is_relayed(*frame)};
  windows_.emplace(key, Window{id, std::move(identity), std::move(frame), {}});
  closing_.push_back({now + limits_.window, key});
  return {CopyOutcome::first, id};
}

std::optional<MonoTime> Deduplicator::next_due() const noexcept {
  if (closing_.empty() && cooling_.empty()) return std::nullopt;
  if (closing_.empty()) return cooling_.front().time;
  if (cooling_.empty()) return closing_.front().time;
  return std::min(closing_.front().time, cooling_.front().time);
}

std::vector<ClosedWindow> Deduplicator::close(MonoTime now) {
  std::vector<ClosedWindow> closed;
  for (; !closing_.empty() && closing_.front().time <= now; closing_.pop_front()) {
    auto& window = windows_.at(closing_.front().key);
    ClosedWindow result{window.id, std::move(window.frame), {}};
    auto& all = result.rx_metadata;
    all.reserve(result.frame->rx_metadata.size() + window.extra.size());
    all = result.frame->rx_metadata;
    all.insert(all.end(), std::make_move_iterator(window.extra.begin()),
               std::make_move_iterator(window.extra.end()));
    if (all.size() > limits_.metadata_max) {
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(limits_.metadata_max));
    }
    window.extra = {};
    closed.push_back(std::move(result));
    cooling_.push_back({closing_.front().time + limits_.cooldown, closing_.front().key});
  }
  for (; !cooling_.empty() && cooling_.front().time <= now; cooling_.pop_front()) {
    windows_.erase(cooling_.front().key);
  }
  return closed;
}

}  // namespace ff::network_server
