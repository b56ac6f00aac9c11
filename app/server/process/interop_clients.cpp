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

/// Of one component; `serves` says whether a join server is for it.
Status add(const char* key, const config::InteropClient& settings, const config::Interop& interop,
           bool config::InteropJoinServer::*serves, interop::ClientConfig& client,
           HttpClients& clients) {
  if (settings.source == config::DirectorySource::none) return {};
  if (settings.directory.empty()) return fail(missing_directory, {{"key", key}});
  FF_TRY(auto servers, config::load_interop_join_servers(settings.directory));
  client.sender_ns_id = settings.id;
  client.attempts_max = interop.attempts_max;
  client.breaker_failures = interop.breaker_failures;
  client.breaker_pause = interop.breaker_pause;
  client.requests_max = interop.requests_max;
  for (auto& server : servers) {
    if (!(server.*serves)) continue;
    if (server.scheme != "https")
      spdlog::warn("msg=\"join server is asked without TLS\" file=\"{}\"", server.name);
    FF_TRY(auto http, net::http_client::make_http_client(options_of(server, interop)));
    client.peers.push_back({std::move(server), http.get()});
    clients.push_back(std::move(http));
  }
  return {};
}

/// Of `ns.interop`'s folder, too.
Status add_partners(const config::Config& config, roaming::RoamingConfig& roaming,
                    HttpClients& clients) {
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
    FF_TRY(auto http, net::http_client::make_http_client(std::move(options)));
    roaming.peers.push_back({std::move(partner), http.get()});
    clients.push_back(std::move(http));
  }
  return {};
}

}  // namespace

Result<HttpClients> add_interop_clients(const config::Config& config, NodeConfig& node) {
  HttpClients clients;
  FF_CHECK(add("ns.interop", config.ns.interop, config.interop,
               &config::InteropJoinServer::for_network_server, node.network_server_interop,
               clients));
  FF_CHECK(add("as.interop", config.as.interop, config.interop,
               &config::InteropJoinServer::for_application_server, node.application_server_interop,
               clients));
  FF_CHECK(add_partners(config, node.roaming, clients));
  node.network_server_interop.sender_id = to_string(config.ns.net_id);
  node.application_server_interop.sender_id = config.as.interop.id;
  node.network_server.interop = !node.network_server_interop.peers.empty();
  return clients;
}

}  // namespace ff::app
