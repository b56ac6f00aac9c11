// The logic of a network server shard: which frames are whose, when a window closes, who must be
// woken. Pure; the actor delivers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/network_server/session/messages.hpp"
#include "actors/network_server/shard/address_index.hpp"
#include "actors/network_server/shard/deduplicator.hpp"
#include "actors/network_server/shard/inspector.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/network_server/shard/join_index.hpp"
#include "actors/network_server/shard/kept_decisions.hpp"
#include "actors/network_server/shard/session_directory.hpp"
#include "actors/support/timer_wheel.hpp"
#include "protocol/phy/frame.hpp"
#include "protocol/types/frames.hpp"

namespace ff::network_server {

struct ShardLimits {
  DeduplicationLimits deduplication;
  DirectoryLimits directory;
};

/// What became of a gateway's copy of a frame; labels the metric of dropped frames.
enum class UplinkOutcome : std::uint8_t {
  accepted,        // first copy; its device will get it
  duplicate,       // another copy of an accepted or dropped frame
  late_duplicate,  // after the window
  malformed,
  not_an_uplink,
  unknown_device,  // no session's key made the MIC, or no device has the EUIs
  overloaded,
};
inline constexpr std::size_t uplink_outcome_count = 7;
const char* to_string(UplinkOutcome outcome) noexcept;

class ShardState {
 public:
  ShardState(const ShardLimits& limits, AddressIndex addresses, JoinIndex joins, MonoTime start,
             Random& random);

  /// One gateway's copy. The frame is matched at its first copy and delivered when its window
  /// closes.
  UplinkOutcome on_uplink(std::shared_ptr<const UplinkFrame> frame, MonoTime now);
  /// What becomes of the frame that `on_uplink` was just told of, for whoever forwarded it.
  Result<UplinkOwner> judgement(const UplinkFrame& frame, UplinkOutcome outcome) const;
  /// Closed windows as events for sessions, in order.
  std::vector<ToSession> close_windows(MonoTime now);

  /// Replaces the session's earlier wish.
  void wake_at(const DeviceUid& device, MonoTime at);
  /// Devices whose time has come.
  std::vector<DeviceUid> due(MonoTime now);
  /// The session is gone: nobody to wake.
  void forget_wake(const DeviceUid& device);

  AddressIndex& addresses() noexcept { return addresses_; }
  JoinIndex& joins() noexcept { return joins_; }
  SessionDirectory& sessions() noexcept { return sessions_; }
  KeptDecisions& kept_decisions() noexcept { return kept_decisions_; }

  ShardSnapshot snapshot() const;
  AddressSnapshot inspect(DevAddr dev_addr) const;
  /// When time alone makes something happen; nothing while it does not.
  std::optional<MonoTime> next_due() const noexcept;

 private:
  /// Whose frame an open window holds.
  /// All candidates get it; the session whose keys made its whole MIC takes it. `others` of a
  /// rejoin-request have the same DevEUI.
  struct Owner : AddressMatch {
    /// A join- or rejoin-request.
    bool is_join = false;
  };
  UplinkOutcome find_owner(const UplinkFrame& frame, Owner& owner);
  UplinkOutcome find_owner(const phy::RejoinRequest& request, Owner& owner);

  AddressIndex addresses_;
  JoinIndex joins_;
  Deduplicator windows_;
  std::unordered_map<WindowId, Owner> owners_;
  WindowId last_window_;  // of the last frame that found its owner
  SessionDirectory sessions_;
  Refusals refusals_;
  KeptDecisions kept_decisions_;
  actors::TimerWheel<DeviceUid> wheel_;
  std::unordered_map<DeviceUid, actors::TimerId> timers_;
};

}  // namespace ff::network_server
