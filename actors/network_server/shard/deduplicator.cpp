#include "actors/network_server/shard/deduplicator.hpp"

#include <algorithm>

#include "actors/network_server/session/heard.hpp"
#include "protocol/relay/relayed_frame.hpp"

namespace ff::network_server {
namespace {

/// A device that repeats itself has listened in RX1 before, which opens so long after the end of a
/// frame at the earliest. [TS001-1.0.4 §3.3, §5.7]
constexpr Duration repetition_min = std::chrono::seconds{1};

bool is_same_time(MonoTime a, MonoTime b) {
  return a - b < repetition_min && b - a < repetition_min;
}

/// Transmissions of one frame have names of their own.
std::uint64_t in_second(std::uint64_t name, std::int64_t second) {
  return name + static_cast<std::uint64_t>(second) * 0x9e3779b97f4a7c15;
}

/// All that tells modulations apart and takes many values.
struct RadioBytes {
  crypto::Block& out;
  void operator()(const LoraDataRate& lora) const noexcept {
    out[9] = lora.spreading_factor;
    write_le<4>(MutableByteView(out).subspan(10), lora.bandwidth_hz);
  }
  void operator()(const FskDataRate& fsk) const noexcept {
    write_le<4>(MutableByteView(out).subspan(10), fsk.bit_rate_bps);
  }
  void operator()(const LrFhssDataRate& lr_fhss) const noexcept {
    write_le<4>(MutableByteView(out).subspan(10), lr_fhss.operating_channel_width_hz);
  }
};

crypto::Block radio_of(const UplinkFrame& frame) noexcept {
  crypto::Block out{};
  write_le<8>(out, frame.settings.frequency.hz());
  out[8] = static_cast<std::uint8_t>(relay::is_relayed(frame));
  std::visit(RadioBytes{out}, frame.settings.data_rate);
  return out;
}

crypto::CmacKey drawn_key(Random& random) {
  std::array<std::uint8_t, Aes128Key::size> bytes{};
  random.fill(bytes);
  return crypto::CmacKey(Aes128Key::from(bytes));
}

}  // namespace

Deduplicator::Deduplicator(DeduplicationLimits limits, Random& random)
    : limits_(limits), naming_(drawn_key(random)) {}

bool Deduplicator::Identity::is_of(const UplinkFrame& frame) const {
  return relayed == relay::is_relayed(frame) && frequency == frame.settings.frequency &&
         same_modulation(data_rate, frame.settings.data_rate) && phy_payload == frame.phy_payload;
}

std::uint64_t Deduplicator::key_of(const UplinkFrame& frame, MonoTime heard_at) const {
  const auto name = read_le<8>(naming_.mac(radio_of(frame), frame.phy_payload));
  const auto second = std::chrono::floor<std::chrono::seconds>(heard_at.time_since_epoch()).count();
  for (const auto near : {second, second - 1, second + 1}) {
    const auto key = in_second(name, near);
    const auto found = windows_.find(key);
    if (found == windows_.end() || !found->second.identity.is_of(frame)) continue;
    if (is_same_time(found->second.heard_at, heard_at)) return key;
  }
  auto key = in_second(name, second);
  while (windows_.contains(key)) ++key;
  return key;
}

Copy Deduplicator::add(std::shared_ptr<const UplinkFrame> frame, MonoTime now) {
  const auto heard_at = now - on_the_way(*frame);
  const auto key = key_of(*frame, heard_at);
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
  windows_.emplace(key, Window{id, std::move(identity), heard_at, std::move(frame), {}});
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
