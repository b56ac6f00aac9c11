// The server of Backend Interfaces: HTTP requests of other networks to questions for the join
// server and for roaming, and the answers back. Not the listeners (app/server/process) and not the
// messages (protocol/backend_interfaces). [spec join-server §11]
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/join_server/interface.hpp"
#include "actors/roaming/interface.hpp"
#include "actors/support/metrics.hpp"
#include "actors/support/route.hpp"
#include "actors/support/sharded.hpp"
#include "app/api/services/audit/calls.hpp"
#include "app/api/services/base/asker.hpp"
#include "app/interop/late_answers.hpp"
#include "app/interop/senders.hpp"
#include "config/interop.hpp"
#include "net/http/handler.hpp"
#include "protocol/key_vault/key_vault.hpp"

namespace ff::interop {

/// Bytes of a message; longer ones are refused by the HTTP server.
inline constexpr std::size_t message_size_max = 32'768;

/// How a sender gets our answers that wants them as requests of their own. [TS002-1.1 §19]
struct AnswerWay {
  config::InteropJoinServer access;
  std::string path;
  /// With its authorities and our certificate. Outlives the handler.
  net::http_client::HttpClient* http = nullptr;
};
/// By SenderID, hex in upper case.
using AnswerWays = std::map<std::string, AnswerWay>;

struct ServerPorts {
  Senders senders;
  std::vector<net::AddressBlock> trusted_proxies;  // on a client's address
  /// On a client's certificate: who may speak from there can be any sender.
  std::vector<net::AddressBlock> certificate_proxies;
  actors::Sharded<join_server::ShardHandle> join_servers;
  api::Asker asker;
  /// Passive roaming; without partners nobody is there.
  actors::Route<roaming::RoamingHandle> roaming;
  NetId net_id;       // ours, as roaming partners name it
  std::string ns_id;  // ours, 16 hex digits; empty: none
  /// Whether a device is registered here, and its network server's address, which may be empty.
  /// Null: not known here. Any thread.
  std::function<void(const storage::JoinKey&, actors::Reply<std::optional<std::string>>)>
      find_device;
  key_vault::LiveKeyVaultPtr vault;  // for the network keys of answers
  std::function<UtcTime()> now;
  actors::Metrics* metrics = nullptr;  // outlives the handler
  /// Null: nobody records who had keys.
  std::shared_ptr<const api::CallAuditPorts> audit;
  /// Of the senders that are not listed, answers are in the HTTP response.
  AnswerWays answer_ways;
  /// Null: no answers of others come here.
  std::shared_ptr<LateAnswers> late_answers;
};

/// POST of `application/json` to any path; 404 for everything else, 400 for what is no message. A
/// message that can be answered is answered with 200, whatever its result; of a sender with an
/// answer way 200 says no more than that it was heard. Answers to our own questions: 200; 403 of an
/// unknown sender, 404 when nobody waits for them.
net::http::HttpHandler make_interop_handler(ServerPorts ports);

}  // namespace ff::interop
