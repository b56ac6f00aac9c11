// What a device pipeline is asked and told: accepted frames to decrypt and publish, downlinks to
// encrypt and queue.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "actors/application_server/pipeline/held.hpp"
#include "actors/application_server/pipeline/own_push.hpp"
#include "actors/events/event.hpp"
#include "actors/support/committer.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/types/application_messages.hpp"
#include "storage/engine/write_batch.hpp"
#include "storage/keys/keys.hpp"

namespace ff::application_server {

/// What one event of a device session led to: messages for the application, and the network
/// server's records and effects that wait for the same commit. The pipeline adds outbox entries and
/// its own records, so that an accepted uplink is durable in both or in neither. Without messages
/// it is passed on as it is: all of a session's commits take this way, and so keep their order.
struct SessionAccepted {
  std::vector<ApplicationUp> ups;  // payloads still encrypted
  storage::WriteBatch records;
  std::shared_ptr<actors::Release> release;  // may be null
  /// Whose commit it is: behind the device's earlier ones, which may wait for a key. If empty,
  /// taken from the messages.
  DeviceUid device;
  bool must_sync = false;  // as in actors::Commit
};

/// From applications (MQTT, API, webhooks): plain text, not numbered.
struct QueueDownlinks {
  DeviceUid device;
  std::vector<ApplicationDownlink> downlinks;
  bool replace = false;
  /// Answered when the network server has the items (durable), or with what was wrong.
  actors::Reply<void> reply;
};
struct ListQueuedDownlinks {
  DeviceUid device;
  /// Plain text, decoded if that is possible.
  actors::Reply<std::vector<ApplicationDownlink>> reply;
};

/// A message that no device has sent. Marked as simulated, its identifiers complete. [spec
/// application-server §6]
struct SimulateUp {
  DeviceUid device;
  /// An uplink is decoded on its way; of other kinds the message as it will lie in the outbox.
  std::variant<ApplicationUp, ReadyUp> up;
  /// Of a message that is ready: what those who watch are told.
  events::Event told;
  /// Answered when it is durable. Errors: payload_crypto_skipped; of an uplink device_not_found.
  actors::Reply<void> reply;
  /// What an application package says of a device: not a simulation, and also for devices whose
  /// payloads stay encrypted.
  bool from_package = false;
};

/// The network server's answer to an own push; the pipeline's continuation. INTERNAL.
struct DownlinksPushed {
  DeviceUid device;
  std::uint64_t request = 0;
  Status outcome;
};

/// A pipeline's own start: everything an earlier incarnation wrote is durable, and these are the
/// newest outbox sequences. INTERNAL.
struct OutboxRecovered {
  Result<std::unordered_map<ApplicationId, storage::OutboxSequence>> sequences;
  /// By number, in order.
  std::vector<std::pair<std::uint64_t, HeldRow>> held;
  std::vector<std::pair<std::uint64_t, OwnPush>> pushes;
};
/// A device's record as read from the store; null if there is none. INTERNAL.
struct AppDeviceLoaded {
  DeviceUid device;
  Result<std::shared_ptr<const struct AppDevice>> record;
};
/// Where a device is by its entry in the registry of the identity server. INTERNAL.
struct DeviceLocated {
  DeviceUid device;
  Locations locations;
};
/// A join server's answer. INTERNAL.
struct AppSKeyFetched {
  DeviceUid device;
  std::uint64_t request = 0;
  Result<KeyEnvelope> key;
};
/// A formatter's answer, or why there is none. INTERNAL.
struct ScriptAnswered {
  DeviceUid device;
  std::uint64_t request = 0;
  Result<formatter::Answer> answer;
};
/// The network server's queue of a device. INTERNAL.
struct QueueListed {
  DeviceUid device;
  std::uint64_t request = 0;
  Result<std::vector<ApplicationDownlink>> queue;
};
/// The store refused a commit: start again from durable state. INTERNAL.
struct CommitFailed {
  Error error;
};

/// What a pipeline holds, for inspection.
struct PipelineSnapshot {
  bool ready = false;
  std::size_t devices = 0;
  std::size_t waiting = 0;     // messages that wait for a record or a key
  std::size_t pushes = 0;      // outstanding and queued
  std::size_t held = 0;        // messages that wait for a script, and those behind them
  std::size_t unanswered = 0;  // requests to others whose answer is waited for
  std::unordered_map<ApplicationId, storage::OutboxSequence> outbox;
};
struct InspectPipeline {
  actors::Reply<PipelineSnapshot> reply;
};

/// The application server's part of a device: sessions with AppSKey, counters, formatters.
struct AppDevice;
struct GetAppDevice {
  DeviceUid device;
  actors::Reply<std::shared_ptr<const AppDevice>> reply;
};
/// Creates (argument null) or changes; `change` is pure and runs in the pipeline.
struct ChangeAppDevice {
  DeviceUid device;
  std::function<Result<AppDevice>(const AppDevice* current)> change;
  actors::Reply<std::shared_ptr<const AppDevice>> reply;
  /// What it changes, and why, for the event that tells of it.
  std::vector<std::string> paths = {};
  events::Cause cause = {};
};
struct DeleteAppDevice {
  DeviceUid device;
  actors::Reply<void> reply;
  /// Whoever deletes many tells it in one event.
  bool in_batch = false;
  events::Cause cause = {};
};

}  // namespace ff::application_server
FF_LOCAL_MESSAGE(ff::application_server::SessionAccepted)
FF_LOCAL_MESSAGE(ff::application_server::QueueDownlinks)
FF_LOCAL_MESSAGE(ff::application_server::ListQueuedDownlinks)
FF_LOCAL_MESSAGE(ff::application_server::DownlinksPushed)
FF_LOCAL_MESSAGE(ff::application_server::SimulateUp)
FF_LOCAL_MESSAGE(ff::application_server::GetAppDevice)
FF_LOCAL_MESSAGE(ff::application_server::ChangeAppDevice)
FF_LOCAL_MESSAGE(ff::application_server::DeleteAppDevice)
FF_LOCAL_MESSAGE(ff::application_server::OutboxRecovered)
FF_LOCAL_MESSAGE(ff::application_server::AppDeviceLoaded)
FF_LOCAL_MESSAGE(ff::application_server::DeviceLocated)
FF_LOCAL_MESSAGE(ff::application_server::AppSKeyFetched)
FF_LOCAL_MESSAGE(ff::application_server::ScriptAnswered)
FF_LOCAL_MESSAGE(ff::application_server::QueueListed)
FF_LOCAL_MESSAGE(ff::application_server::CommitFailed)
FF_LOCAL_MESSAGE(ff::application_server::InspectPipeline)
