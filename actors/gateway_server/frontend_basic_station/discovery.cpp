#include "actors/gateway_server/frontend_basic_station/discovery.hpp"

#include "actors/gateway_server/frontend_basic_station/authorise.hpp"
#include "net/websocket/server_connection.hpp"
#include "protocol/gateway/basic_station/discovery.hpp"

namespace ff::gateway_server {

namespace lns = gateway::basic_station;

namespace {

constexpr Duration exchange_time_max = std::chrono::seconds{30};
constexpr std::size_t message_bytes_max = 1024;

class DiscoveryOwner final : public websocket::ConnectionOwner {
 public:
  explicit DiscoveryOwner(DiscoveryRequest request) : request_(std::move(request)) {}

  void on_message(websocket::ServerConnection& socket, websocket::Message message) override {
    if (std::exchange(asked_, true)) return;
    const auto eui = lns::decode_discovery(message.payload);
    if (!eui) {
      request_.probe->refused(StationRequestKind::discovery);
      return answer(socket, lns::discovery_error(GatewayEui{}, eui.error().message()));
    }
    auto connect = request_.connect;
    connect.ids.eui = *eui;
    // By weak pointer: the station may leave while it is being looked up.
    auto authorised = [weak = socket.weak_from_this(), probe = request_.probe, eui = *eui,
                       uri = lns::traffic_uri(request_.tls, request_.host, *eui)](
                          const Result<ConnectRequest>& allowed) {
      if (!allowed) probe->refused(StationRequestKind::discovery);
      if (const auto alive = weak.lock()) {
        answer(*alive, allowed ? lns::discovery_answer(eui, uri)
                               : lns::discovery_error(eui, allowed.error().message()));
      }
    };
    authorise(request_.context, std::move(connect), request_.credentials, std::move(authorised));
  }
  void on_ended(const websocket::Ended&) override {}

 private:
  static void answer(websocket::ServerConnection& socket, std::string text) {
    socket.post_text(std::move(text));
    socket.post_close(websocket::CloseCode::normal, {});
  }

  const DiscoveryRequest request_;
  bool asked_ = false;
};

bool has_port(std::string_view host) {
  const auto colon = host.rfind(':');
  // A colon inside brackets is an IPv6 address's.
  return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
}

}  // namespace

net::AcceptHandler discovery_handler(DiscoveryRequest request) {
  return [request = std::move(request)](std::shared_ptr<net::Stream> stream) {
    websocket::SessionLimits limits;
    limits.message_size_max = message_bytes_max;
    limits.ping_interval = Duration::zero();
    limits.silence_max = exchange_time_max;
    auto random = request.context->deps.make_random();
    return websocket::ServerConnection::make(
        std::move(stream), std::make_shared<DiscoveryOwner>(request), limits, std::move(random));
  };
}

std::string traffic_host(const net::http::Request& request, bool tls,
                         const std::string& own_address) {
  const std::string host(request.headers.value("Host"));
  if (!lns::is_plain_host(host)) return own_address;
  return has_port(host) ? host : host + (tls ? ":443" : ":80");
}

}  // namespace ff::gateway_server
