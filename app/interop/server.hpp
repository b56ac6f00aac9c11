// The server of Backend Interfaces: HTTP requests of other networks to questions for the join
// server and for roaming, and the answers back. Not the listeners (app/server/process) and not the
// messages (protocol/backend_interfaces). [spec join-server §11]
#pragma once

#include <functional>

#include "actors/join_server/interface.hpp"
#include "actors/roaming/interface.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/route.hpp"
#include "actors/support/sharded.hpp"
#include "app/api/services/audit/calls.hpp"
#include "app/api/services/base/asker.hpp"
#include "app/interop/senders.hpp"
#include "net/http/handler.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::interop {

/// Bytes of a message; longer ones are refused by the HTTP server.
inline constexpr std::size_t message_size_max = 32'768;

struct ServerPorts {
  Senders senders;
  std::vector<net::AddressBlock> trusted_proxies;
  actors::Sharded<join_server::ShardHandle> join_servers;
  api::Asker asker;
  /// Passive roaming; without partners nobody is there.
  actors::Route<roaming::RoamingHandle> roaming;
  NetId net_id;                      // ours, as roaming partners name it
  key_vault::LiveKeyVaultPtr vault;  // for the network keys of answers
  std::function<UtcTime()> now;
  actors::Metrics* metrics = nullptr;  // outlives the handler
  /// Null: nobody records who had keys.
  std::shared_ptr<const api::CallAuditPorts> audit;
};

/// POST of `application/json` to any path; 404 for everything else, 400 for what is no message. A
/// message that can be answered is answered with 200, whatever its result.
net::http::HttpHandler make_interop_handler(ServerPorts ports);

}  // namespace ff::interop
