#include "app/server/process/interop_door.hpp"

#include <spdlog/spdlog.h>

#include "actors/support/clock.hpp"
#include "app/server/process/settings.hpp"
#include "config/load/interop.hpp"
#include "config/load/load.hpp"
#include "net/http/middleware.hpp"
#include "net/http/server.hpp"

namespace ff::app {
namespace {

constexpr ErrorDef missing_sender_directory{
    "config", "invalid_value", Code::invalid_argument,
    "`interop.sender-client-ca.source` is directory, but its `directory` is empty"};

}  // namespace

struct InteropDoor::State {
  std::unique_ptr<net::http::HttpServer> http;
  std::map<std::string, std::unique_ptr<net::Listener>> listeners;

  Status listen(const std::string& name, const std::string& address, net::StreamNetwork& streams,
                std::shared_ptr<net::tls::ServerContext> tls) {
    if (address.empty()) return {};
    const auto endpoint = net::Endpoint::parse_listen(address);
    const auto* key = tls ? "interop.listen-tls" : "interop.listen";
    if (!endpoint) return fail(invalid_address, {{"key", key}, {"value", address}});
    net::ListenOptions options;
    options.tls = std::move(tls);
    FF_TRY(auto listener, streams.listen(*endpoint, std::move(options), http->acceptor()));
    spdlog::info("msg=\"Backend Interfaces listen\" address={} listener={}",
                 listener->local().to_string(), name);
    listeners.emplace(name, std::move(listener));
    return {};
  }
};

Result<interop::Senders> load_senders(const config::Interop& interop) {
  std::map<std::string, std::filesystem::path> files;
  if (interop.sender_client_ca_source == config::DirectorySource::directory) {
    if (interop.sender_client_ca_directory.empty()) return fail(missing_sender_directory);
    FF_TRY(const auto senders, config::load_interop_senders(interop.sender_client_ca_directory));
    for (const auto& [sender, known] : senders) files.emplace(sender, known.authorities);
  }
  for (const auto& [sender, file] : interop.sender_client_cas) files.emplace(sender, file);
  return interop::Senders::load(files);
}

Result<std::vector<net::AddressBlock>> certificate_proxies(const config::Http& http) {
  static const auto by_default = config::default_config().http.trusted_proxies;
  if (http.trusted_proxies == by_default) return std::vector<net::AddressBlock>();
  return address_blocks("http.trusted-proxies", http.trusted_proxies);
}

InteropDoor::InteropDoor(std::unique_ptr<State> state) : state_(std::move(state)) {}
InteropDoor::~InteropDoor() = default;

Result<std::unique_ptr<InteropDoor>> InteropDoor::open(
    const config::Interop& interop, interop::ServerPorts ports, const api::HttpLimits& limits,
    net::StreamNetwork& streams, std::shared_ptr<net::tls::ServerContext> tls) {
  auto state = std::make_unique<State>();
  net::http::ServerOptions options;
  options.body_size_max = interop::message_size_max;
  options.utc_now = [] { return actors::make_system_clock()->now().utc; };
  state->http = std::make_unique<net::http::HttpServer>(
      options, net::http::with_security_headers(api::with_limit(
                   limits, "http:interop", interop::make_interop_handler(std::move(ports)))));
  FF_CHECK(state->listen("interop", interop.listen.plain, streams, nullptr));
  if (tls) FF_CHECK(state->listen("interop-tls", interop.listen.tls, streams, std::move(tls)));
  return std::unique_ptr<InteropDoor>(new InteropDoor(std::move(state)));
}

std::map<std::string, net::ListenerCounters> InteropDoor::counters() const {
  std::map<std::string, net::ListenerCounters> out;
  for (const auto& [name, listener] : state_->listeners) out.emplace(name, listener->counters());
  return out;
}

}  // namespace ff::app
