// What the roaming actor is given: the agreements, the ways to partners, gateways and sessions.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/interop/interface.hpp"
#include "actors/join_server/interface.hpp"
#include "actors/network_server/shard/interface.hpp"
#include "actors/roaming/visited.hpp"
#include "actors/support/deps.hpp"
#include "actors/support/route.hpp"
#include "actors/support/sharded.hpp"
#include "config/roaming.hpp"
#include "net/http_client/client.hpp"
#include "protocol/key_vault/key_vault.hpp"
#include "storage/engine/engine.hpp"

namespace ff::roaming {

/// A network and the way to it.
struct Peer {
  config::RoamingPartner partner;
  /// With its authorities, our certificate for it and its time-out. Outlives the actor.
  net::http_client::HttpClient* http = nullptr;
};

struct RoamingConfig {
  std::vector<Peer> peers;
  NetId net_id;              // ours
  std::string sender_ns_id;  // 16 hex digits; empty: none
  VisitedLimits visited;
  std::uint32_t breaker_failures = 5;
  Duration breaker_pause = std::chrono::seconds{10};
  /// Requests under way to one partner, and requests of one that wait, half of them joins; more are
  /// refused.
  std::size_t requests_max = 64;
  /// A join-accept has to leave the partner's gateways in time; later it is told no.
  Duration join_patience = std::chrono::milliseconds{3800};

  key_vault::LiveKeyVaultPtr vault = std::make_shared<const key_vault::LiveKeyVault>();
  const storage::Reader* store =
      nullptr;  // outlives the actor; read when it starts, after its predecessor's last commit
  actors::Deps deps;
  actors::Sharded<network_server::ShardHandle> shards;
  /// Ours, which is asked first whose device joins; without shards: nobody.
  actors::Sharded<join_server::ShardHandle> own_join_server;
  /// Asks others' join servers the same, and nothing else: strangers' frames lead to it. Without
  /// peers the route is empty.
  actors::Route<interop::ClientHandle> join_servers;
  /// Has our own gateways transmit. Any thread.
  std::function<void(std::shared_ptr<const DownlinkFrame>, actors::Reply<ScheduledDownlink>)>
      transmit;
  /// Tells the session whose downlink it was. Any thread.
  std::function<void(const TxAcknowledgment&)> acknowledge;
};

}  // namespace ff::roaming
