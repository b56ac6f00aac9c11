// Other networks' join servers and roaming partners, and senders that want answers as requests of
// their own, as the configuration's folders have them, with an HTTP client each.
#pragma once

#include <memory>
#include <vector>

#include "app/interop/server.hpp"
#include "app/server/node/node.hpp"
#include "config/config.hpp"
#include "net/http_client/client.hpp"
#include "net/runtime/event_loop.hpp"

namespace ff::app {

/// The ways to other networks. Outlives the node and the doors.
struct InteropClients {
  std::vector<std::unique_ptr<net::http_client::HttpClient>> http;
  /// Of networks whose answers are requests of their own.
  std::shared_ptr<interop::LateAnswers> late_answers;
  /// To networks that want ours so.
  interop::AnswerWays answer_ways;
};

/// Fills the node's two interop clients and its roaming partners, and tells the network server that
/// it has a client. `loop`: where late answers are waited for. Errors: config::malformed_interop;
/// missing_directory; of make_http_client.
Result<InteropClients> add_interop_clients(const config::Config& config, net::EventLoop& loop,
                                           NodeConfig& node);

}  // namespace ff::app
