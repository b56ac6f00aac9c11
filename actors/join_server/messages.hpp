// What the join server is asked: joins by network servers, keys by application servers, device keys
// by the API.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/events/event.hpp"
#include "actors/join_server/crypto_server.hpp"
#include "actors/network_server/session/messages.hpp"
#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/correlation_ids.hpp"
#include "protocol/types/identifiers.hpp"
#include "protocol/types/versions.hpp"

namespace ff::join_server {

/// A server of another network, whose certificate says who it is. [spec join-server §10]
struct ExternalNetwork {
  NetId net_id;
  std::vector<std::string> names;  // of its certificate: `ns.example.com`, `*.example.com`
};
struct ExternalApplicationServer {
  std::string as_id;
  std::vector<std::string> names;
};

/// A join-request as the network server hands it over, or a rejoin-request; those of types 0 and 2
/// with RJcount0 and MIC checked. [spec join-server §2, §14]
struct HandleJoin {
  Bytes join_request;  // PHYPayload: 23 bytes; rejoin-request: 19 or 24 bytes
  JoinEui join_eui;
  DevEui dev_eui;
  DevAddr dev_addr;  // the network server's choice
  MacVersion mac_version = MacVersion::unknown;
  NetId net_id;
  std::uint8_t dl_settings = 0;  // OptNeg | RX1DROffset | RX2DataRate, as on air
  std::uint8_t rx_delay = 1;     // seconds, 1-15
  Bytes cf_list;                 // empty or 16 bytes
  /// The device that the network server asks for, if it is of this cluster: keys of another that
  /// has the same EUIs are not its own.
  std::optional<DeviceUid> device = {};
  /// Nothing: a network server of this cluster.
  std::optional<ExternalNetwork> external;
  CorrelationIds correlation_ids;  // of the events that tell of it
  /// Answered when the nonces are durable.
  actors::Reply<network_server::JoinAnswer> reply;
};

struct GetAppSKey {
  JoinEui join_eui;
  DevEui dev_eui;
  SessionKeyId session_key_id;
  /// Nothing: an application server of this cluster, or a user with the right to read keys.
  std::optional<ExternalApplicationServer> external;
  actors::Reply<KeyEnvelope> reply;
  /// The device that an application server of this cluster asks for: keys of another that has the
  /// same EUIs are not its own. It is told device_not_found, because of duplicate_identifiers.
  std::optional<DeviceUid> device = {};
};
/// The network keys of a session made here, in clear, and what to wrap them with.
struct GetNwkSKeys {
  JoinEui join_eui;
  DevEui dev_eui;
  SessionKeyId session_key_id;
  actors::Reply<network_server::JoinAnswer> reply;
};
/// Which network the device is at home in.
struct HomeNetwork {
  NetId net_id;
  std::string network_server_address;  // may be empty
  std::string application_id;
};
struct GetHomeNetwork {
  JoinEui join_eui;
  DevEui dev_eui;
  actors::Reply<HomeNetwork> reply;
};

/// Root keys and nonces of one device.
struct JoinDevice;
struct GetJoinDevice {
  JoinEui join_eui;
  DevEui dev_eui;
  actors::Reply<std::shared_ptr<const JoinDevice>> reply;
};
/// Creates (argument null) or changes; `change` is pure and runs in the shard.
struct ChangeJoinDevice {
  JoinEui join_eui;
  DevEui dev_eui;
  std::function<Result<JoinDevice>(const JoinDevice* current)> change;
  actors::Reply<std::shared_ptr<const JoinDevice>> reply;
  /// What it changes, and why, for the event that tells of it.
  std::vector<std::string> paths = {};
  events::Cause cause = {};
};
struct DeleteJoinDevice {
  JoinEui join_eui;
  DevEui dev_eui;
  actors::Reply<void> reply;
  /// Whoever deletes many tells it in one event.
  bool in_batch = false;
  events::Cause cause = {};
};

/// What a shard holds, for inspection.
struct JoinShardSnapshot {
  bool open = false;
  std::size_t devices = 0;  // in memory
  std::size_t waiting = 0;  // requests behind others or behind a read
  std::size_t asking = 0;   // joins that wait for the crypto server
  std::size_t writing = 0;  // requests whose record is on its way to the disk
  std::size_t loads = 0;    // reads that wait for the shard to open
};
struct InspectJoinShard {
  actors::Reply<JoinShardSnapshot> reply;
};

/// INTERNAL
struct JoinShardOpened {
  Status status;
};
/// INTERNAL; null: there is no record.
struct JoinDeviceLoaded {
  JoinEui join_eui;
  DevEui dev_eui;
  Result<std::shared_ptr<const JoinDevice>> device;
};
/// INTERNAL: the crypto server's answer to a question of the device's join.
struct CryptoAnswered {
  JoinEui join_eui;
  DevEui dev_eui;
  Result<CryptoAnswer> answer;
};
/// INTERNAL
struct JoinDeviceWritten {
  JoinEui join_eui;
  DevEui dev_eui;
  Status status;
};

}  // namespace ff::join_server
FF_LOCAL_MESSAGE(ff::join_server::HandleJoin)
FF_LOCAL_MESSAGE(ff::join_server::GetAppSKey)
FF_LOCAL_MESSAGE(ff::join_server::GetNwkSKeys)
FF_LOCAL_MESSAGE(ff::join_server::GetHomeNetwork)
FF_LOCAL_MESSAGE(ff::join_server::GetJoinDevice)
FF_LOCAL_MESSAGE(ff::join_server::ChangeJoinDevice)
FF_LOCAL_MESSAGE(ff::join_server::DeleteJoinDevice)
FF_LOCAL_MESSAGE(ff::join_server::InspectJoinShard)
FF_LOCAL_MESSAGE(ff::join_server::JoinShardOpened)
FF_LOCAL_MESSAGE(ff::join_server::JoinDeviceLoaded)
FF_LOCAL_MESSAGE(ff::join_server::CryptoAnswered)
FF_LOCAL_MESSAGE(ff::join_server::JoinDeviceWritten)
