// The logic of a device pipeline: what becomes of accepted frames and of applications' downlinks.
// Pure; the actor carries effects out.
//
// Everything of one device goes through its lane, in order. A message waits while the device's
// record is read or its AppSKey is fetched; a push to the network server does not hold messages up,
// because the network server's answer comes behind them.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/application_server/link_settings/table.hpp"
#include "actors/application_server/pipeline/config.hpp"
#include "actors/application_server/pipeline/crypto.hpp"
#include "actors/application_server/pipeline/deadlines.hpp"
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
  PipelineState(const PipelineConfig& config, UnwrapKey unwrap, LinkSettingsTable links,
                storage::Shard shard);
  PipelineState(const PipelineState&) = delete;
  PipelineState& operator=(const PipelineState&) = delete;

  /// The outbox may be written. Until then everything waits.
  Effects recovered(const OutboxRecovered& message, const Turn& turn);
  Effects handle(const DeviceUid& device, Request request, const Turn& turn);
  Effects loaded(const AppDeviceLoaded& message, const Turn& turn);
  void located(const DeviceLocated& message);
  Effects fetched(const AppSKeyFetched& message, const Turn& turn);
  Effects pushed(const DownlinksPushed& message, const Turn& turn);
  Effects listed(const QueueListed& message, const Turn& turn);
  Effects scripted(const ScriptAnswered& message, const Turn& turn);
  /// Time-outs that have come, and devices that are idle.
  Effects expire(const Turn& turn);

  /// When time alone makes something happen; nothing while it does not.
  std::optional<MonoTime> next_due() const noexcept;
  PipelineSnapshot snapshot() const;
  /// What would be lost if the pipeline ended now. It is told no more.
  std::vector<DeviceActivity> untold_activity();
  /// Messages refused because too many waited.
  std::uint64_t refused() const noexcept { return refused_; }
  /// Messages of devices whose location was known and not too old.
  std::uint64_t located_before() const noexcept { return located_before_; }

 private:
  struct Work;

  // state.cpp
  Effects take() { return std::exchange(effects_, {}); }
  void refuse(Request& request);
  void load(const DeviceUid& device, Lane& lane);
  void go_without_record(Request& request, const Error& error, const Turn& turn);
  void drain(const DeviceUid& device, Lane& lane, const Turn& turn);
  /// False: the request waits for a key and is still the first.
  bool run(Lane& lane, Request& request, const Turn& turn);
  bool run(Lane& lane, SessionAccepted& message, const Turn& turn);
  bool run(Lane& lane, QueueDownlinks& message, const Turn& turn);
  bool run(Lane& lane, ListQueuedDownlinks& message, const Turn& turn);
  bool run(Lane& lane, GetAppDevice& message, const Turn& turn);
  bool run(Lane& lane, ChangeAppDevice& message, const Turn& turn);
  bool run(Lane& lane, DeleteAppDevice& message, const Turn& turn);
  bool run(Lane& lane, SimulateUp& message, const Turn& turn);
  void commit(Lane& lane, Work&& work);
  void store(Lane& lane, AppDevice device, Work& work) const;
  void publish(Lane& lane, ApplicationUp up, Work& work);
  void append(ApplicationUp up, Work& work);
  void append(const ApplicationId& application_id, OutboxMessage message, Work& work);
  void give_up(const Deadlines::Missed& missed, const Turn& turn);
  void evict_idle(MonoTime now);
  DeviceActivity& activity_of(const DeviceUid& device, MonoTime now);
  void tell_activation(Lane& lane, MonoTime now);
  void note(const ApplicationUp& up, MonoTime now);
  void tell_activity();
  void locate(const DeviceUid& device, Lane& lane, MonoTime now);

  // uplink.cpp
  bool ask_for_key(Lane& lane, const SessionAccepted& message, const Turn& turn);
  void fetch(Lane& lane, const SessionKeyId& id, std::optional<NetworkSessions> for_push,
             const Turn& turn);
  Status match_session(AppDevice& device, const DeviceIdentifiers& ids, const SessionKeyId& id,
                       const std::optional<Fetched>& fetched, UtcTime now) const;
  Status process(Lane& lane, AppDevice& device, ApplicationUp& up, Work& work, bool& forward);
  Status on_uplink(AppDevice& device, ApplicationUp& up, ApplicationUplink& uplink, Work& work);
  Status decrypt_uplink(const AppDevice& device, ApplicationUplink& uplink) const;
  Status on_join(AppDevice& device, ApplicationUp& up, ApplicationJoinAccept& accept, Work& work);
  Status on_nack(Lane& lane, AppDevice& device, ApplicationUp& up, ApplicationDownlink& downlink,
                 Work& work);
  Status on_invalidated(AppDevice& device, ApplicationUp& up, DownlinkQueueInvalidated& invalidated,
                        Work& work, bool& forward);
  void process_all(Lane& lane, SessionAccepted& message, const Turn& turn, Work& work);

  // simulation.cpp
  Status simulate(Lane& lane, SimulateUp& message, Work& work);
  void take_location(Lane& lane, const events::Event& told, const Work& work);

  // decoding.cpp
  formatter::FormattersPtr formatters_of(Lane& lane) const;
  bool skips(const Lane& lane) const;
  static bool runs_script(const Lane& lane, formatter::Kind kind);
  void decode_and_publish(Lane& lane, ApplicationUp up, Work& work);
  std::optional<formatter::Function> decode(Lane& lane, ApplicationUp& up, Work& work);
  std::optional<formatter::Function> decode_uplink(Lane& lane, ApplicationUp& up, Work& work);
  std::optional<formatter::Function> decode_downlink(Lane& lane, ApplicationUp& up, Work& work);
  void hold(Lane& lane, ApplicationUp up, std::optional<formatter::Function> function, Work& work);
  void publish_ready(Lane& lane, ReadyUp ready, Work& work);
  std::optional<ApplicationUp> complete(const Lane& lane, ApplicationUp& up) const;
  void ask_script(Lane& lane, const Held& held, Instant now);
  void recover_held(const OutboxRecovered& message);
  void resume_held(Lane& lane, const Turn& turn);
  void release_held(Lane& lane, const Turn& turn);
  void finish(const Lane& lane, Held held, Work& work);
  void finish_uplink(const Lane& lane, ApplicationUp up, const Result<formatter::Answer>& answer,
                     Work& work);
  void append_complete(const Lane& lane, ApplicationUp up, Work& work);
  void finish_downlink(ApplicationUp up, const Result<formatter::Answer>& answer, Work& work);

  // preparation.cpp
  bool prepare(Lane& lane, QueueDownlinks& message, const Turn& turn);
  void prepare_some(const Lane& lane, Preparation& preparation, const Turn& turn);
  void prepare_item(const Lane& lane, const formatter::Formatter& chosen, Preparation& preparation,
                    std::size_t index, const Turn& turn);
  void ask_for_item(const Lane& lane, const formatter::Formatter& chosen, Preparation& preparation,
                    std::size_t index, const Turn& turn);
  bool prepared(Lane& lane, const ScriptAnswered& message, const Turn& turn);
  void take_prepared(Lane& lane, const Turn& turn);
  void item_event(const Preparation& preparation, std::size_t index, std::string_view name,
                  events::EventData data, const Turn& turn);
  void item_encoded(Preparation& preparation, std::size_t index,
                    const Result<formatter::Answer>& answer, const Turn& turn);
  void item_decoded(Preparation& preparation, std::size_t index,
                    const Result<formatter::Answer>& answer, const Turn& turn);

  // listing.cpp
  void show(Lane& lane, Listing& listing, const DeviceUid& device,
            std::vector<ApplicationDownlink> queue, const Turn& turn);
  bool listing_answered(Lane& lane, const ScriptAnswered& message);
  bool finish_listing(Lane& lane, std::uint64_t request);

  // downlink.cpp
  Status check_room(const Lane& lane, std::size_t count) const;
  void take_back(Lane& lane);
  void accept_push(Lane& lane, QueueDownlinks& message, const Turn& turn);
  Status check_push(Push& push, const AppDevice& device, const Turn& turn, bool& receive_failed);
  void begin_pushes(const DeviceUid& uid, Lane& lane, const Turn& turn);
  void attempt_push(const DeviceUid& uid, Lane& lane, const Turn& turn);
  void remember_push(const Lane& lane, Push& push, Work& work);
  void forget_push(const Push& push, Work& work) const;
  void recover_pushes(const OutboxRecovered& message);
  void push_succeeded(Lane& lane, const Turn& turn);
  void push_failed(Lane& lane, const Error& error, const Turn& turn);
  void publish_failed(Lane& lane, const DeviceIdentifiers& ids,
                      const std::vector<ApplicationDownlink>& items, const Error& error,
                      Work& work);

  PipelineConfig config_;
  UnwrapKey unwrap_;
  LinkSettingsTable links_;
  PayloadCrypto crypto_{unwrap_, links_};
  storage::Shard shard_;
  bool ready_ = false;
  std::unordered_map<DeviceUid, Lane> lanes_;
  std::unordered_map<ApplicationId, storage::OutboxSequence> sequences_;
  Deadlines deadlines_;
  std::vector<DeviceUid> to_load_;                          // until ready
  std::unordered_map<DeviceUid, DeviceActivity> activity_;  // not told yet
  std::optional<MonoTime> activity_due_;
  std::uint64_t requests_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t located_before_ = 0;
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
  /// Of the registry.
  void change_event(std::string_view name, const DeviceIdentifiers& ids, const events::Cause& cause,
                    events::EventData data) {
    event(name, ids, cause.correlation_ids, std::move(data));
    after.events.back().caller = cause.caller;
  }
};

}  // namespace ff::application_server
