// The devices at home in a shard that have a session actor, or are getting or losing one. Pure:
// says what to do, the shell does it. Passivation is a handshake; what arrives meanwhile is stashed
// and replayed, otherwise an activation could read an older counter.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/network_server/session/messages.hpp"
#include "actors/network_server/session/snapshot.hpp"
#include "protocol/base/time.hpp"

namespace ff::network_server {

struct DirectoryLimits {
  Duration idle = std::chrono::seconds{60};
  /// Events kept for a session that is being loaded or passivated.
  std::size_t stash_max = 64;
  /// Sessions of this shard alive at once; above it idle ones are passivated after a third of the
  /// time. No bound: a device that speaks has a session.
  std::size_t sessions_max = 100'000;
};

enum class Delivery : std::uint8_t {
  deliver,  // to the session, now
  load,     // stashed; ask for the rows
  stashed,  // stashed; somebody has asked
  refused,  // the stash is full: dropped
};

class SessionDirectory {
 public:
  explicit SessionDirectory(DirectoryLimits limits) : limits_(limits) {}

  /// An event for `device` has come.
  Delivery accept(const ToSession& message, MonoTime now);
  /// The session runs: what was stashed, in order (uplinks by counter).
  std::vector<ToSession> activated(const DeviceUid& device, MonoTime now);
  /// Sessions idle since longer than the limit; they count as leaving from now on.
  std::vector<DeviceUid> passivate_idle(MonoTime now);
  /// When `passivate_idle` has something to do; nothing while no session is active.
  std::optional<MonoTime> next_due() const noexcept;
  /// There is no session to be had: the device is as if nothing had come for it. What was stashed.
  std::deque<ToSession> failed(const DeviceUid& device);
  /// The session has ended, maybe not because it was told to. It counts as leaving until it is
  /// `gone`: what it wanted written may still be on its way.
  void ended(const DeviceUid& device);
  /// The session has ended, and its last write is settled. True if something is stashed: load it
  /// again.
  bool gone(const DeviceUid& device);

  /// Where a device's session is in its life, and how much waits for it.
  struct Place {
    SessionPhase phase = SessionPhase::idle;
    std::size_t stashed = 0;
  };
  Place place_of(const DeviceUid& device) const;
  /// Events that wait, of all devices. Looks at every entry.
  std::size_t stashed() const;

  std::size_t active() const noexcept { return active_; }
  std::size_t size() const noexcept { return entries_.size(); }
  bool empty() const noexcept { return entries_.empty(); }

 private:
  Duration idle_limit() const noexcept;

  enum class Phase : std::uint8_t { loading, active, leaving };
  struct Entry {
    Phase phase = Phase::loading;
    MonoTime last_used;
    std::deque<ToSession> stash;
  };
  struct Idle {
    MonoTime since;
    DeviceUid device;
  };

  DirectoryLimits limits_;
  std::unordered_map<DeviceUid, Entry> entries_;
  std::deque<Idle> idle_;  // one entry per active session, by the time it was last looked at
  std::size_t active_ = 0;
};

}  // namespace ff::network_server
