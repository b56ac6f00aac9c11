// INTERNAL: what a pipeline holds of one device: its record, what waits for it, its pushes.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <variant>

#include "actors/application_server/pipeline/device.hpp"
#include "actors/application_server/pipeline/messages.hpp"
#include "actors/application_server/pipeline/push.hpp"

namespace ff::application_server {

using Request = std::variant<SessionAccepted, QueueDownlinks, ListQueuedDownlinks, GetAppDevice,
                             ChangeAppDevice, DeleteAppDevice, SimulateUp>;

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

/// Items of one push, or of one queue that is shown, that are decoded for those who watch: each may
/// be a call of a script.
inline constexpr std::size_t decoded_max = 100;

/// A push whose items are still with a script. Those behind it wait, so that pushes keep their
/// order.
struct Preparation {
  QueueDownlinks message;
  formatter::FormattersPtr formatters;         // null: nothing is to be done
  std::size_t next = 0;                        // item that has not been looked at
  std::size_t decoded = 0;                     // items, for those who watch
  std::map<std::uint64_t, std::size_t> asked;  // request, item
  /// The first that was wrong: refuses them all.
  std::optional<Error> error;

  bool is_done() const noexcept {
    return asked.empty() && (error || !formatters || next == message.downlinks.size());
  }
};

/// A queue on its way to who asked for it.
struct Listing {
  actors::Reply<std::vector<ApplicationDownlink>> reply;
  std::vector<ApplicationDownlink> items;
  std::map<std::uint64_t, std::size_t> asked;  // request of a script, item
};

/// loading ─row─▶ ready ◀─key─ fetching. Messages are handled when ready, and in order.
struct Lane {
  bool loaded = false;
  bool loading = false;
  /// Null: there is no such device.
  std::shared_ptr<const AppDevice> record;
  std::deque<Request> waiting;
  std::optional<Fetch> fetch;
  std::optional<Fetched> fetched;
  std::optional<Push> push;  // under way
  std::deque<Push> pushes;
  std::deque<Preparation> preparing;
  std::map<std::uint64_t, Listing> listings;  // by request
  std::deque<Held> held;
  /// Of the record's formatters, read once.
  formatter::FormattersPtr formatters;
  std::shared_ptr<const AppDevice> formatters_of;
  /// Of the registry, as it was when it was asked last.
  Locations locations;
  /// That the device is activated is told with the first uplink of every lane: what an earlier one
  /// told may have been lost.
  bool activation_told = false;
  std::optional<MonoTime> located_at;
  MonoTime used;
  /// Shared with commits under way.
  std::shared_ptr<const int> guard = std::make_shared<const int>(0);

  bool ready() const noexcept { return loaded && !fetch; }
  bool is_idle() const noexcept {
    return loaded && !fetch && !push && waiting.empty() && pushes.empty() && preparing.empty() &&
           listings.empty() && held.empty() && guard.use_count() == 1;
  }
};

}  // namespace ff::application_server
