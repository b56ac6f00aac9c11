// INTERNAL: what a pipeline holds of one device: its record, what waits for it, its pushes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <variant>

#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/messages.hpp"
#include "actors/application_server/pipeline/push.hpp"

namespace ff::application_server {

using Request = std::variant<SessionAccepted, QueueDownlinks, ListQueuedDownlinks, GetAppDevice,
                             ChangeAppDevice, DeleteAppDevice>;

/// A question to the join server under way; the device's messages wait for it.
struct Fetch {
  std::uint64_t request = 0;
  SessionKeyId session_key_id;
  /// For the push under way, not for the first message that waits.
  std::optional<NetworkSessions> for_push;
};
/// The last answer: used by the message that asked.
struct Fetched {
  SessionKeyId session_key_id;
  Result<KeyEnvelope> key;
};

/// loading ─row─▶ ready ◀─key─ fetching. Messages are handled when ready, and in order.
struct Lane {
  bool loaded = false;
  /// Null: there is no such device.
  std::shared_ptr<const AppDevice> record;
  std::deque<Request> waiting;
  std::optional<Fetch> fetch;
  std::optional<Fetched> fetched;
  std::optional<Push> push;  // under way
  std::deque<Push> pushes;
  MonoTime used;
  /// Shared with commits under way.
  std::shared_ptr<const int> guard = std::make_shared<const int>(0);

  bool ready() const noexcept { return loaded && !fetch; }
  bool is_idle() const noexcept {
    return loaded && !fetch && !push && waiting.empty() && pushes.empty() && guard.use_count() == 1;
  }
};

}  // namespace ff::application_server
