#include "actors/network_server/shard/refusals.hpp"

#include <algorithm>
#include <array>

#include "protocol/phy/frame_view.hpp"

namespace ff::network_server {
namespace {

constexpr std::uint32_t high_half = 0xffff0000;

std::size_t place_of(DevAddr dev_addr) noexcept {
  return (dev_addr.value() * 0x9e3779b1U >> 16U) % Refusals::addresses_max;
}

/// The newest full counter with these low bits that is not above `last`; nothing before the first.
std::optional<FCnt32> used_counter(FCnt32 last, FCnt16 seen) noexcept {
  const auto same_epoch = (last.value() & high_half) | seen.value();
  if (same_epoch <= last.value()) return FCnt32{same_epoch};
  if (last.value() <= UINT16_MAX) return std::nullopt;
  return FCnt32{same_epoch - 0x10000U};
}

/// One session alone, as if its last counter had been `last`.
std::optional<AddressMatch> match_alone(IndexedSession session, FCnt32 last,
                                        const phy::DataFrameView& frame) {
  session.last_f_cnt_up = last;
  session.supports_32_bit_f_cnt = true;
  session.resets_f_cnt = false;
  AddressIndex alone;
  alone.set(frame.dev_addr, std::move(session));
  return alone.match(frame);
}

}  // namespace

std::string_view to_string(Mismatch mismatch) noexcept {
  static constexpr std::array<std::string_view, 4> names = {"address_unknown", "counter_used",
                                                            "mic_mismatch", "matches_now"};
  return names[static_cast<std::size_t>(mismatch)];
}

void Refusals::add(const UplinkFrame& frame, const AddressIndex& addresses) {
  const auto decoded = phy::decode_frame(frame.phy_payload);
  if (!decoded) return;
  if (const auto* join = std::get_if<phy::JoinRequestView>(&decoded->body))
    return add_join(frame, join->request.join_eui, join->request.dev_eui);
  // The JoinEUI is zero where types 0 and 2 have none.
  if (const auto* rejoin = std::get_if<phy::RejoinRequestView>(&decoded->body))
    return add_join(frame, rejoin->request.join_eui, rejoin->request.dev_eui);
  const auto* data = std::get_if<phy::DataFrameView>(&decoded->body);
  if (data == nullptr || phy::direction_of(data->m_type) != phy::Direction::up) return;
  add_data(frame, *data, addresses.size(data->dev_addr));
}

void Refusals::add_data(const UplinkFrame& frame, const phy::DataFrameView& data,
                        std::size_t sessions) {
  if (addresses_.empty()) addresses_.resize(addresses_max);
  auto& place = addresses_[place_of(data.dev_addr)];
  const auto now = frame.received_at;
  if (!place.frame || place.dev_addr != data.dev_addr) {
    const bool is_ours = place.frame && place.sessions > 0;
    const bool may_replace = !is_ours || sessions > 0 || place.frame->received_at + ours_kept < now;
    if (place.frame) ++forgotten_;
    if (!may_replace) return;
    place = {.dev_addr = data.dev_addr, .f_cnt = {}, .first_at = now, .frame = {}};
  }
  place.f_cnt = data.f_cnt;
  place.sessions = sessions;
  ++place.times;
  place.frame = std::make_shared<const UplinkFrame>(frame);
}

void Refusals::add_join(const UplinkFrame& frame, JoinEui join_eui, DevEui dev_eui) {
  const auto known = std::find_if(joins_.begin(), joins_.end(), [&](const JoinRefusal& refusal) {
    return refusal.join_eui == join_eui && refusal.dev_eui == dev_eui;
  });
  JoinRefusal refusal{join_eui, dev_eui, 0, {}, {}};
  if (known != joins_.end()) {
    refusal = std::move(*known);
    joins_.erase(known);
  }
  ++refusal.times;
  refusal.last_at = frame.received_at;
  if (!frame.rx_metadata.empty()) refusal.gateway = frame.rx_metadata.front().gateway.gateway_id;
  joins_.push_back(std::move(refusal));
  if (joins_.size() <= joins_max) return;
  joins_.pop_front();
  ++forgotten_;
}

const AddressRefusal* Refusals::find(DevAddr dev_addr) const {
  if (addresses_.empty()) return nullptr;
  const auto& place = addresses_[place_of(dev_addr)];
  return place.frame && place.dev_addr == dev_addr ? &place : nullptr;
}

MismatchDiagnosis diagnose(const AddressIndex& addresses, const phy::DataFrameView& frame) {
  const auto sessions = addresses.sessions(frame.dev_addr);
  if (sessions.empty()) return {};
  MismatchDiagnosis result{Mismatch::mic_mismatch, sessions.size(), {}, {}, {}};
  AddressIndex copy;
  for (const auto& session : sessions) copy.set(frame.dev_addr, session);
  if (const auto match = copy.match(frame)) {
    result.mismatch = Mismatch::matches_now;
    result.device = match->device;
    result.f_cnt = match->f_cnt;
    return result;
  }
  for (const auto& session : sessions) {
    // The counter's own value, which a device that was reset starts from, and the one used before.
    const auto used = used_counter(session.last_f_cnt_up, frame.f_cnt);
    for (const auto last : {used, std::optional(FCnt32{frame.f_cnt.value()})}) {
      const auto match = last ? match_alone(session, *last, frame) : std::nullopt;
      if (!match) continue;
      return {Mismatch::counter_used, sessions.size(), session.device, match->f_cnt,
              session.last_f_cnt_up};
    }
  }
  return result;
}

}  // namespace ff::network_server
