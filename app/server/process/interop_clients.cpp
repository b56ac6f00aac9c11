#include "app/server/process/interop_clients.hpp"

#include <spdlog/spdlog.h>

#include "app/server/process/any_target.hpp"
#include "config/load/interop.hpp"
#include "config/load/roaming.hpp"

namespace ff::app {
namespace {

constexpr ErrorDef missing_directory{"config", "invalid_value", Code::invalid_argument,
                                     "`{key}.config-source` is directory, but `{key}.directory` is "
                                     "empty"};
/// Every join server and partner has bounds of its own.
constexpr std::size_t late_answers_max = 65'536;
constexpr std::size_t answer_size_max = std::size_t{32} << 10U;

net::http_client::ClientOptions options_of(const config::InteropJoinServer& server,
                                           const config::Interop& interop) {
  net::http_client::ClientOptions out;
  out.targets = any_target();
  out.connect_timeout = interop.timeout;
  out.timeout = interop.timeout;
  out.under_way_max = interop.requests_max;
  out.waiting_max = interop.requests_max;
  out.answer_size_max = answer_size_max;
  out.redirects_max = 0;
  out.ca_file = server.root_ca;
  out.certificate_file = server.certificate;
  out.key_file = server.key;
  return out;
}

/// A client for the network of `access`, which waits for late answers if it sends such.
Result<net::http_client::HttpClient*> add_client(const config::InteropJoinServer& access,
                                                 net::http_client::ClientOptions options,
                                                 InteropClients& clients) {
  const auto timeout = options.timeout;
  FF_TRY(auto http, net::http_client::make_http_client(std::move(options)));
  auto* out = clients.http.emplace_back(std::move(http)).get();
  if (!access.asynchronous) return out;
  return clients.http.emplace_back(clients.late_answers->client_of(*out, timeout)).get();
}

/// Of one component; `serves` says whether a join server is for it.
Status add(const char* key, const config::InteropClient& settings, const config::Interop& interop,
           bool config::InteropJoinServer::*serves, interop::ClientConfig& client,
           InteropClients& clients) {
  if (settings.source == config::DirectorySource::none) return {};
  if (settings.directory.empty()) return fail(missing_directory, {{"key", key}});
  FF_TRY(auto servers, config::load_interop_join_servers(settings.directory));
  client.sender_ns_id = settings.id;
  client.attempts_max = interop.attempts_max;
  client.timeout = interop.timeout;
  client.breaker_failures = interop.breaker_failures;
  client.breaker_pause = interop.breaker_pause;
  client.requests_max = interop.requests_max;
  for (auto& server : servers) {
    if (!(server.*serves)) continue;
    if (server.scheme != "https")
      spdlog::warn("msg=\"join server is asked without TLS\" file=\"{}\"", server.name);
    FF_TRY(auto* http, add_client(server, options_of(server, interop), clients));
    client.peers.push_back({std::move(server), http});
  }
  return {};
}

Status add_answer_way(const std::string& sender, const config::InteropAnswers& answers,
                      const config::Interop& interop, InteropClients& clients) {
  if (answers.access.scheme != "https")
    spdlog::warn("msg=\"answers go out without TLS\" file=\"{}\"", answers.access.name);
  FF_TRY(auto http, net::http_client::make_http_client(options_of(answers.access, interop)));
  auto* client = clients.http.emplace_back(std::move(http)).get();
  clients.answer_ways.insert_or_assign(sender,
                                       interop::AnswerWay{answers.access, answers.path, client});
  return {};
}

/// Of `ns.interop`'s folder, too.
Status add_partners(const config::Config& config, roaming::RoamingConfig& roaming,
                    InteropClients& clients) {
  if (config.ns.interop.source == config::DirectorySource::none) return {};
  FF_TRY(auto partners, config::load_roaming_partners(config.ns.interop.directory));
  auto own = config.ns.dev_addr_prefixes;
  if (own.empty()) own = {prefix_of(config.ns.net_id)};
  FF_CHECK(config::check_roaming_partners(partners, config.ns.net_id, own));
  roaming.net_id = config.ns.net_id;
  roaming.sender_ns_id = config.ns.interop.id;
  roaming.breaker_failures = config.interop.breaker_failures;
  roaming.breaker_pause = config.interop.breaker_pause;
  roaming.requests_max = config.interop.requests_max;
  roaming.visited.window = config.ns.deduplication_window;
  for (auto& partner : partners) {
    if (partner.access.scheme != "https")
      spdlog::warn("msg=\"roaming partner is asked without TLS\" file=\"{}\"", partner.name);
    auto options = options_of(partner.access, config.interop);
    options.timeout = partner.timeout;
    FF_TRY(auto* http, add_client(partner.access, std::move(options), clients));
    if (partner.access.asynchronous) {
      FF_CHECK(add_answer_way(to_string(partner.net_id), {partner.access, partner.path},
                              config.interop, clients));
    }
    roaming.peers.push_back({std::move(partner), http});
  }
  return {};
}

/// Of the senders' folder. A partner's own file goes before.
Status add_answer_ways(const config::Interop& interop, InteropClients& clients) {
  if (interop.sender_client_ca_source != config::DirectorySource::directory) return {};
  FF_TRY(const auto senders, config::load_interop_senders(interop.sender_client_ca_directory));
  for (const auto& [sender, known] : senders) {
    const auto id = interop::canonical_sender(sender);
    if (!known.answers || clients.answer_ways.contains(id)) continue;
    FF_CHECK(add_answer_way(id, *known.answers, interop, clients));
  }
  return {};
}

}  // namespace

Result<InteropClients> add_interop_clients(const config::Config& config, net::EventLoop& loop,
                                           NodeConfig& node) {
  InteropClients clients;
  clients.late_answers = std::make_shared<interop::LateAnswers>(loop, late_answers_max);
  FF_CHECK(add("ns.interop", config.ns.interop, config.interop,
               &config::InteropJoinServer::for_network_server, node.network_server_interop,
               clients));
  FF_CHECK(add("as.interop", config.as.interop, config.interop,
               &config::InteropJoinServer::for_application_server, node.application_server_interop,
               clients));
  FF_CHECK(add_partners(config, node.roaming, clients));
  FF_CHECK(add_answer_ways(config.interop, clients));
  node.network_server_interop.sender_id = to_string(config.ns.net_id);
  node.application_server_interop.sender_id = config.as.interop.id;
  node.network_server.interop = !node.network_server_interop.peers.empty();
  return clients;
}

}  // namespace ff::app
