// What a pipeline asks of its actor: a closed set of values, carried out in order. Not how.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "actors/application_server/formatters/messages.hpp"
#include "actors/application_server/outbox/message.hpp"
#include "actors/application_server/pipeline/messages.hpp"
#include "actors/events/event.hpp"
#include "protocol/types/device_activity.hpp"

namespace ff::application_server {

/// Read the device's row; answered with AppDeviceLoaded.
struct LoadDevice {
  DeviceUid device;
};

/// Read where the device is; answered with DeviceLocated, or not at all.
struct LocateDevice {
  DeviceUid device;
};

/// Ask the join server; answered with AppSKeyFetched.
struct FetchAppSKey {
  DeviceUid device;
  JoinEui join_eui;
  DevEui dev_eui;
  SessionKeyId session_key_id;
  std::uint64_t request = 0;
};

/// Encrypted and numbered downlinks for the device's session; answered with DownlinksPushed.
struct PushToNetwork {
  DeviceUid device;
  std::vector<ApplicationDownlink> downlinks;
  bool replace = false;
  std::uint64_t request = 0;
};

/// What leaves when the records are durable, in this order.
struct AfterCommit {
  std::shared_ptr<actors::Release> release;  // the network server's
  std::vector<UpPublished> ups;
  std::vector<events::Event> events;
  std::vector<std::function<void()>> answers;
  std::optional<PushToNetwork> push;
  /// A device that is no more.
  std::optional<DeviceUid> deleted;
  /// Held while the commit is under way: its device's record must not be read again meanwhile.
  std::shared_ptr<const void> guard;
};
struct CommitRecords {
  storage::WriteBatch records;
  AfterCommit after;
  bool must_sync = false;  // as in actors::Commit
};

/// Calls a Reply with its answer.
struct Answer {
  std::function<void()> call;
};

struct PublishEvent {
  events::Event event;
};

/// Ask the device's session for its queue; answered with QueueListed.
struct ListFromNetwork {
  DeviceUid device;
  std::uint64_t request = 0;
};

/// Ask the pool of formatters; answered with ScriptAnswered.
struct RunScript {
  DeviceUid device;
  std::uint64_t request = 0;
  RunFormatter call;  // without its reply
  /// Whose script the device repository has, when the call's formatter is one of the repository.
  std::optional<DeviceVersionIds> product = std::nullopt;
};

/// For the registry of devices.
struct TellActivity {
  std::vector<DeviceActivity> activity;
};

using Effect = std::variant<LoadDevice, LocateDevice, FetchAppSKey, CommitRecords, Answer,
                            PublishEvent, ListFromNetwork, RunScript, TellActivity>;
using Effects = std::vector<Effect>;

}  // namespace ff::application_server
