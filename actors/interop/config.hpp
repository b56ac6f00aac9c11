// What an interop client is given: other networks' join servers and who we are to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/support/deps.hpp"
#include "config/interop.hpp"
#include "net/http_client/client.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::interop {

/// A join server and the way to it.
struct Peer {
  config::InteropJoinServer server;
  /// With the server's authorities and our certificate for it. Outlives the actors.
  net::http_client::HttpClient* http = nullptr;
};

struct ClientConfig {
  std::string name = "interop_client";  // of the actor, in metrics
  std::vector<Peer> peers;
  std::string sender_id;     // NetID or AS-ID
  std::string sender_ns_id;  // 16 hex digits; empty: none
  key_vault::LiveKeyVaultPtr vault = std::make_shared<const key_vault::LiveKeyVault>();
  /// Tries of one question to one join server, as long as it has heard none.
  std::uint32_t attempts_max = 2;
  /// All tries of a question together. A join-accept has to leave in time.
  Duration timeout = std::chrono::seconds{2};
  std::uint32_t breaker_failures = 5;
  Duration breaker_pause = std::chrono::seconds{10};
  /// Questions under way to one join server; more are refused.
  std::size_t requests_max = 64;
  actors::Deps deps;
};

}  // namespace ff::interop
