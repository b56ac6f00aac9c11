#include "actors/network_server/shard/state.hpp"

#include <algorithm>
#include <array>

#include "actors/network_server/session/errors.hpp"
#include "protocol/phy/frame_view.hpp"

namespace ff::network_server {

const char* to_string(UplinkOutcome outcome) noexcept {
  constexpr std::array<const char*, uplink_outcome_count> names = {
      "accepted",      "duplicate",      "late_duplicate", "malformed",
      "not_an_uplink", "unknown_device", "overloaded"};
  return names[static_cast<std::size_t>(outcome)];
}

ShardState::ShardState(const ShardLimits& limits, AddressIndex addresses, JoinIndex joins,
                       MonoTime start, Random& random)
    : addresses_(std::move(addresses)),
      joins_(std::move(joins)),
      windows_(limits.deduplication, random),
      sessions_(limits.directory),
      wheel_(start) {}

UplinkOutcome ShardState::on_uplink(std::shared_ptr<const UplinkFrame> frame, MonoTime now) {
  const auto copy = windows_.add(frame, now);
  switch (copy.outcome) {
    case CopyOutcome::collected:
      return UplinkOutcome::duplicate;
    case CopyOutcome::late:
      return UplinkOutcome::late_duplicate;
    case CopyOutcome::refused:
      return UplinkOutcome::overloaded;
    case CopyOutcome::first:
      break;
  }
  // A frame without an owner keeps its window too: the other gateways' copies of it are then cheap.
  Owner owner;
  const auto outcome = find_owner(*frame, owner);
  if (outcome == UplinkOutcome::accepted) {
    owners_.emplace(copy.window, std::move(owner));
    last_window_ = copy.window;
  } else if (outcome == UplinkOutcome::unknown_device) {
    refusals_.add(*frame, addresses_);
  }
  return outcome;
}

Result<UplinkOwner> ShardState::judgement(const UplinkFrame& frame, UplinkOutcome outcome) const {
  if (outcome == UplinkOutcome::duplicate) return UplinkOwner{};
  if (outcome == UplinkOutcome::late_duplicate) return fail(duplicate_uplink);
  if (outcome == UplinkOutcome::overloaded) return fail(shard_overloaded);
  const auto decoded = phy::decode_frame(frame.phy_payload);
  const auto* data = decoded ? std::get_if<phy::DataFrameView>(&decoded->body) : nullptr;
  if (outcome == UplinkOutcome::unknown_device) {
    const bool known = data != nullptr && addresses_.size(data->dev_addr) > 0;
    return known ? fail(uplink_mic_mismatch) : fail(device_not_found);
  }
  const auto found = owners_.find(last_window_);
  if (outcome != UplinkOutcome::accepted || found == owners_.end()) return fail(decode_payload);
  const auto& owner = found->second;
  UplinkOwner out;
  out.device = *owner.device;
  out.f_cnt = owner.f_cnt;
  if (data == nullptr) return out;
  for (const auto& session : addresses_.sessions(data->dev_addr)) {
    if (session.pending != owner.pending || *session.device != *owner.device) continue;
    out.f_nwk_s_int_key = session.f_nwk_s_int_key;
    out.mac_version = session.mac_version;
  }
  return out;
}

UplinkOutcome ShardState::find_owner(const UplinkFrame& frame, Owner& owner) {
  const auto decoded = phy::decode_frame(frame.phy_payload);
  if (!decoded || decoded->mhdr.major != 0) return UplinkOutcome::malformed;
  if (const auto* join = std::get_if<phy::JoinRequestView>(&decoded->body)) {
    auto found = joins_.find({join->request.join_eui, join->request.dev_eui});
    if (!found) return UplinkOutcome::unknown_device;
    owner = {{std::move(found), {}, false, {}}, true};
    return UplinkOutcome::accepted;
  }
  if (const auto* rejoin = std::get_if<phy::RejoinRequestView>(&decoded->body))
    return find_owner(rejoin->request, owner);
  const auto* data = std::get_if<phy::DataFrameView>(&decoded->body);
  if (!data || phy::direction_of(data->m_type) != phy::Direction::up)
    return UplinkOutcome::not_an_uplink;
  auto match = addresses_.match(*data);
  if (!match) return UplinkOutcome::unknown_device;
  owner = {*std::move(match), false};
  return UplinkOutcome::accepted;
}

UplinkOutcome ShardState::find_owner(const phy::RejoinRequest& request, Owner& owner) {
  std::vector<std::shared_ptr<const DeviceUid>> devices;
  if (request.type == phy::RejoinType::full_context) {
    if (auto found = joins_.find({request.join_eui, request.dev_eui}))
      devices.push_back(std::move(found));
  } else {
    devices = joins_.find(request.dev_eui);
  }
  if (devices.empty()) return UplinkOutcome::unknown_device;
  owner = {{std::move(devices.back()), {}, false, {}}, true};
  devices.pop_back();
  for (auto& device : devices) owner.others.push_back({std::move(device), {}, false, {}});
  return UplinkOutcome::accepted;
}

std::vector<ToSession> ShardState::close_windows(MonoTime now) {
  std::vector<ToSession> events;
  for (auto& window : windows_.close(now)) {
    auto found = owners_.find(window.id);
    if (found == owners_.end()) continue;
    const auto owner = std::move(found->second);
    owners_.erase(found);
    const auto metadata =
        std::make_shared<const std::vector<RxMetadata>>(std::move(window.rx_metadata));
    const auto deliver = [&](const AddressMatch& candidate) {
      if (owner.is_join)
        return events.push_back(
            to_session(*candidate.device, JoinRequestReceived{window.frame, metadata}));
      events.push_back(
          to_session(*candidate.device,
                     UplinkMatched{window.frame, metadata, candidate.f_cnt, candidate.pending}));
    };
    for (const auto& other : owner.others) deliver(other);
    deliver(owner);
  }
  return events;
}

void ShardState::wake_at(const DeviceUid& device, MonoTime at) {
  forget_wake(device);
  timers_.emplace(device, wheel_.start(at, device));
}

std::vector<DeviceUid> ShardState::due(MonoTime now) {
  auto devices = wheel_.advance(now);
  for (const auto& device : devices) timers_.erase(device);
  return devices;
}

void ShardState::forget_wake(const DeviceUid& device) {
  auto found = timers_.find(device);
  if (found == timers_.end()) return;
  wheel_.cancel(found->second);
  timers_.erase(found);
}

std::optional<MonoTime> ShardState::next_due() const noexcept {
  std::optional<MonoTime> next;
  for (const auto due : {windows_.next_due(), wheel_.next_due(), sessions_.next_due()}) {
    if (due) next = std::min(next.value_or(*due), *due);
  }
  return next;
}

}  // namespace ff::network_server
