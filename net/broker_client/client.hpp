// BrokerClient: connections to message brokers that users have named, within bounds: messages out
// with acknowledgement, messages in. Not when to connect again and not which messages go (that is
// actors/application_server/integration/pubsub), and not our own MQTT server (net/mqtt).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "net/broker_client/broker_url.hpp"
#include "net/http_client/target_policy.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"

namespace ff::net::broker_client {

inline constexpr ErrorDef target_refused{"net/broker_client", "target_refused",
                                         Code::permission_denied,
                                         "`{address}` is in a network that is not allowed"};
inline constexpr ErrorDef host_not_found{"net/broker_client", "host_not_found", Code::unavailable,
                                         "the host's name is not known"};
inline constexpr ErrorDef not_authorized{"net/broker_client", "not_authorized",
                                         Code::unauthenticated,
                                         "the broker does not know or allow us"};
inline constexpr ErrorDef connection_failed{"net/broker_client", "connection", Code::unavailable,
                                            "{reason}"};
inline constexpr ErrorDef connection_lost{"net/broker_client", "connection_lost", Code::unavailable,
                                          "the connection was lost: {reason}"};
/// The broker has answered for one message, and does not take it.
inline constexpr ErrorDef message_refused{"net/broker_client", "message_refused",
                                          Code::failed_precondition,
                                          "the broker refuses the message: {reason}"};
inline constexpr ErrorDef overloaded{"net/broker_client", "overloaded", Code::resource_exhausted,
                                     "too many connections are being made"};

/// What an MQTT broker is told. [spec integrations §3.2]
struct MqttOptions {
  std::string client_id;  ///< Empty: the broker chooses.
  std::string username;   ///< Empty: that of the URL.
  std::string password;
  int publish_qos = 0;  ///< 0 to 2.
  int subscribe_qos = 0;
  /// PEM; empty: the authorities of the client's options.
  std::string ca;
  std::string certificate;  ///< PEM, shown to brokers that ask; empty: none.
  std::string key;
  std::map<std::string, std::string> headers;  ///< Of the WebSocket's request.
};

struct BrokerTarget {
  BrokerUrl url;
  MqttOptions mqtt;                        ///< Unless it is NATS.
  std::vector<std::string> subscriptions;  ///< Topics or subjects.
};

struct Publication {
  std::uint64_t token = 0;  ///< Names the publication in its acknowledgement.
  std::string topic;
  /// Names the message in each attempt: what a JetStream drops repetitions by.
  std::string id;
  std::shared_ptr<const Bytes> body;  ///< Not null.
};

// What a connection tells: Connected or Failed first; after Connected anything, until Lost.

/// Subscribed too.
struct Connected {};
/// There will be no connection.
struct Failed {
  Error error;
};
/// There is none any more. What was not acknowledged may have arrived or not.
struct Lost {
  Error error;
};
/// With MQTT: by the broker (QoS 1 and 2) or sent (QoS 0). With NATS: by the stream, or the server
/// has read it. `error`: message_refused; the connection goes on.
struct Acknowledged {
  std::uint64_t token = 0;
  std::optional<Error> error;
};
/// Somebody has published to one of the subscriptions.
struct Arrived {
  std::string topic;
  Bytes body;
  std::uint64_t dropped = 0;  ///< So many before it had no room.
  /// Room for one; destroyed when the message has been dealt with.
  std::shared_ptr<void> credit;
};
using BrokerEvent = std::variant<Connected, Failed, Lost, Acknowledged, Arrived>;
/// Called on threads of the client, one at a time for each connection; must not block.
using Listen = std::function<void(BrokerEvent)>;

/// Port. Thread safe. Its destruction closes the connection in the background; a last call of
/// Listen may still come.
class BrokerConnection {
 public:
  virtual ~BrokerConnection() = default;
  /// In order. Does not block. What is published without a connection is forgotten.
  virtual void publish(Publication publication) = 0;
};

/// Port. Thread safe.
class BrokerClient {
 public:
  virtual ~BrokerClient() = default;
  /// Begins to connect; `listen` hears how it goes, not before this has returned. Never null.
  virtual std::unique_ptr<BrokerConnection> connect(BrokerTarget target, Listen listen) = 0;
};

struct BrokerClientOptions {
  http_client::TargetPolicy targets;
  Duration connect_timeout = std::chrono::seconds{10};
  /// How long a NATS server or stream may take to acknowledge.
  Duration acknowledge_timeout = std::chrono::seconds{30};
  /// Threads that wait for names to be resolved and for NATS servers; the most connections that can
  /// be stuck at one time without holding up others.
  std::size_t workers = 8;
  std::size_t arrived_max = 256;                           ///< Of one connection, not dealt with.
  std::size_t arrived_size_max = std::size_t{256} << 10U;  ///< Of one body; larger are dropped.
  std::string ca_file;  ///< PEM, trusted beside the system's authorities; empty: those alone.
};

/// Error: connection_failed when `ca_file` can not be read.
Result<std::unique_ptr<BrokerClient>> make_broker_client(BrokerClientOptions options);

}  // namespace ff::net::broker_client
