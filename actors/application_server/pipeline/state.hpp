// The logic of a device pipeline: what becomes of accepted frames and of applications' downlinks.
// Pure; the actor carries effects out.
//
// Everything of one device goes through its lane, in order. A message waits while the device's
// record is read or its AppSKey is fetched; a push to the network server does not hold messages up,
// because the network server's answer comes behind them.
#pragma once

#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/application_server/pipeline/config.hpp"
#include "actors/application_server/pipeline/effect.hpp"
#include "actors/application_server/pipeline/lane.hpp"
#include "protocol/base/random.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server {

/// Time and randomness of one call.
struct Turn {
  Instant now;
  Random& random;
};

class PipelineState {
 public:
  PipelineState(const PipelineConfig& config, UnwrapKey unwrap, storage::Shard shard);

  /// The outbox may be written. Until then everything waits.
  Effects recovered(std::unordered_map<ApplicationId, storage::OutboxSequence> sequences,
                    const Turn& turn);
  Effects handle(const DeviceUid& device, Request request, const Turn& turn);
  Effects loaded(const AppDeviceLoaded& message, const Turn& turn);
  Effects fetched(const AppSKeyFetched& message, const Turn& turn);
  Effects pushed(const DownlinksPushed& message, const Turn& turn);
  /// Time-outs that have come, and devices that are idle.
  Effects expire(const Turn& turn);

  /// When time alone makes something happen; nothing while it does not.
  std::optional<MonoTime> next_due() const noexcept {
    return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
  }
  PipelineSnapshot snapshot() const;
  /// Messages refused because too many waited.
  std::uint64_t refused() const noexcept { return refused_; }

 private:
  struct Work;
  struct Deadline {
    DeviceUid device;
    std::uint64_t request = 0;
  };

  // state.cpp
  Effects take() { return std::exchange(effects_, {}); }
  void refuse(Request& request);
  void drain(const DeviceUid& device, Lane& lane, const Turn& turn);
  /// False: the request waits for a key and is still the first.
  bool run(Lane& lane, Request& request, const Turn& turn);
  bool run(Lane& lane, SessionAccepted& message, const Turn& turn);
  bool run(Lane& lane, QueueDownlinks& message, const Turn& turn);
  bool run(Lane& lane, ListQueuedDownlinks& message, const Turn& turn);
  bool run(Lane& lane, GetAppDevice& message, const Turn& turn);
  bool run(Lane& lane, ChangeAppDevice& message, const Turn& turn);
  bool run(Lane& lane, DeleteAppDevice& message, const Turn& turn);
  void commit(Lane& lane, Work&& work);
  void store(Lane& lane, AppDevice device, Work& work) const;
  void publish(ApplicationUp up, const Turn& turn, Work& work);
  void evict_idle(MonoTime now);

  // uplink.cpp
  bool ask_for_key(Lane& lane, const SessionAccepted& message, const Turn& turn);
  void fetch(Lane& lane, const SessionKeyId& id, std::optional<NetworkSessions> for_push,
             const Turn& turn);
  Status match_session(AppDevice& device, const DeviceIdentifiers& ids, const SessionKeyId& id,
                       const std::optional<Fetched>& fetched, UtcTime now) const;
  Status process(AppDevice& device, ApplicationUp& up, Work& work, bool& forward);
  Status on_uplink(AppDevice& device, ApplicationUp& up, ApplicationUplink& uplink, Work& work);
  Status decrypt_uplink(const AppDevice& device, ApplicationUplink& uplink) const;
  Status on_join(AppDevice& device, ApplicationUp& up, ApplicationJoinAccept& accept, Work& work);
  Status on_nack(AppDevice& device, ApplicationUp& up, ApplicationDownlink& downlink, Work& work);
  Status on_invalidated(AppDevice& device, ApplicationUp& up, DownlinkQueueInvalidated& invalidated,
                        Work& work, bool& forward);
  void process_all(Lane& lane, SessionAccepted& message, const Turn& turn, Work& work);

  // downlink.cpp
  Status check_push(Push& push, const AppDevice& device, const Turn& turn, bool& receive_failed);
  void begin_pushes(const DeviceUid& uid, Lane& lane, const Turn& turn);
  void attempt_push(const DeviceUid& uid, Lane& lane, const Turn& turn);
  void push_succeeded(Lane& lane, const Turn& turn);
  void push_failed(Lane& lane, const Error& error, const Turn& turn);
  void publish_failed(const AppDevice& device, const std::vector<ApplicationDownlink>& items,
                      const Error& error, const Turn& turn, Work& work);

  PipelineConfig config_;
  UnwrapKey unwrap_;
  storage::Shard shard_;
  bool ready_ = false;
  std::unordered_map<DeviceUid, Lane> lanes_;
  std::unordered_map<ApplicationId, storage::OutboxSequence> sequences_;
  std::multimap<MonoTime, Deadline> deadlines_;
  std::vector<DeviceUid> to_load_;  // until ready
  std::uint64_t requests_ = 0;
  std::uint64_t refused_ = 0;
  MonoTime swept_;
  Effects effects_;
};

/// A commit being put together.
struct PipelineState::Work {
  Work(Instant at, Random& source) : now(at), random(source) {}
  Instant now;
  Random& random;
  storage::WriteBatch records;
  AfterCommit after;
  bool must_sync = false;
  std::vector<Push> pushes;  // to be queued behind the commit
  std::optional<Fetched> fetched;

  void event(std::string_view name, const DeviceIdentifiers& ids,
             const CorrelationIds& correlation_ids, events::EventData data) {
    after.events.push_back({name, now.utc, ids, correlation_ids, std::move(data)});
  }
};

}  // namespace ff::application_server
