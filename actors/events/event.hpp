// Events: what happened, to whom, with what. One value for console, API, integrations and
// operations; names are the reference's. Not metrics (probe.hpp of each actor) and not messages for
// applications (application_messages.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::mac {
struct Event;
}

namespace ff::events {

// traffic.hpp
struct Uplink;
struct ForwardedUplink;
struct JoinQuestion;
struct JoinReply;

/// A protobuf message in wire form, made by the publisher at the edge; `type` is its full name,
/// `ttn.lorawan.v3.ApplicationUp`.
struct ProtobufData {
  std::string type;
  std::string bytes;
  bool operator==(const ProtobufData&) const = default;
};

/// Names of fields that have changed: `mac_settings.rx1_delay`.
struct FieldPaths {
  std::vector<std::string> paths;
  bool operator==(const FieldPaths&) const = default;
};

/// Most events are seen by nobody: their data is what the publisher has at hand, shared with it,
/// and becomes a message of the API when somebody gets the event (app/api/services/mapping). No
/// frame that counts as under way [gateway_server/connection/uplink_budget]: events are kept for
/// long.
using EventData =
    std::variant<std::monostate, Error, std::string, ProtobufData, FieldPaths, ScheduledDownlink,
                 std::shared_ptr<const ApplicationUp>, std::shared_ptr<const Uplink>,
                 std::shared_ptr<const ForwardedUplink>, std::shared_ptr<const DownlinkFrame>,
                 std::shared_ptr<const JoinQuestion>, std::shared_ptr<const JoinReply>,
                 std::shared_ptr<const mac::Event>>;

/// A user, an organization or an OAuth client.
struct AccountId {
  enum class Kind : std::uint8_t { user, organization, client };
  Kind kind = Kind::user;
  std::string id;
  bool operator==(const AccountId&) const = default;
};

/// Whom an event concerns.
using EventSubject =
    std::variant<std::monostate, DeviceIdentifiers, GatewayIdentifiers, ApplicationId, AccountId>;

/// Of what clients say of themselves, bytes; more is cut off, as events are kept for long.
inline constexpr std::size_t user_agent_size_max = 256;

/// Who made an event happen through the API. Never a secret.
struct Caller {
  std::string token_type;  // `APIKey`, `AccessToken`, `SessionToken`, …; empty: nobody showed one
  std::string token_id;
  std::string remote_ip;
  std::string user_agent;
  bool operator==(const Caller&) const = default;
};
using CallerPtr = std::shared_ptr<const Caller>;

/// What an event follows from: the call of the API that an actor is told of with a change.
struct Cause {
  CorrelationIds correlation_ids;
  CallerPtr caller;  // null: not known
};

struct Event {
  std::string_view name;  // a literal: `ns.up.data.receive`
  UtcTime time;
  EventSubject subject;
  CorrelationIds correlation_ids;
  EventData data;
  /// A ULID; the hub's to give, when somebody gets the event.
  std::string unique_id = {};
  CallerPtr caller = nullptr;  // null: no call of the API, or not known
};

/// Hands an event to the hub; never blocks, drops when the hub is full. Any thread.
using Publish = std::function<void(Event)>;

}  // namespace ff::events
