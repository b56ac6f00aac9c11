#include "actors/gateway_server/frontend_basic_station/requests.hpp"

#include "actors/gateway_server/connection/certificate.hpp"
#include "actors/gateway_server/connection/errors.hpp"
#include "actors/gateway_server/frontend_basic_station/authorise.hpp"
#include "actors/gateway_server/frontend_basic_station/discovery.hpp"
#include "actors/gateway_server/frontend_basic_station/errors.hpp"
#include "actors/gateway_server/frontend_basic_station/station.hpp"
#include "net/http/client_address.hpp"
#include "net/websocket/handshake.hpp"
#include "protocol/gateway/basic_station/discovery.hpp"

namespace ff::gateway_server {
namespace {

constexpr std::string_view discovery_path = "/router-info";
constexpr std::string_view traffic_path = "/traffic/";

using Response = std::shared_ptr<net::http::ResponseWriter>;
using RequestsPtr = std::shared_ptr<const StationRequests>;

ConnectRequest connect_request(const StationRequests& requests, const net::http::Request& request) {
  ConnectRequest out;
  out.protocol = Protocol::basic_station;
  out.remote_address = net::http::client_address(request, requests.context->config.trusted_proxies);
  out.fallback_plan_id = requests.fallback_plan_id;
  out.chooses_antenna = true;
  out.duty_cycle_style = schedule::DutyCycleStyle::blocking_window;
  return out;
}

void refuse(const StationRequests& requests, StationRequestKind kind, const Response& response,
            const Error& error) {
  requests.probe->refused(kind);
  response->respond(status_of(error), "application/json", refusal_json(error));
}

void discover(const StationRequests& requests, const net::http::Request& request,
              net::http::Headers upgrade_headers, const Response& response) {
  const bool tls =
      request.is_tls() || requests.context->config.basic_station.use_traffic_tls_address;
  response->upgrade(std::move(upgrade_headers),
                    discovery_handler({.context = requests.context,
                                       .probe = requests.probe,
                                       .connect = connect_request(requests, request),
                                       .credentials = credentials_of(request),
                                       .tls = tls,
                                       .host = traffic_host(request, tls, requests.own_address)}));
}

void connect(const RequestsPtr& requests, const net::http::Request& request,
             net::http::Headers upgrade_headers, Response response) {
  const std::string id(request.path().substr(traffic_path.size()));
  const auto eui = gateway::basic_station::parse_traffic_id(id);
  if (!eui) {
    return refuse(*requests, StationRequestKind::traffic, response,
                  Error(invalid_gateway_id, {{"id", id.substr(0, 64)}}));
  }
  auto connecting = connect_request(*requests, request);
  connecting.ids.eui = *eui;
  auto authorised = [requests, upgrade_headers = std::move(upgrade_headers),
                     response = std::move(response)](Result<ConnectRequest> allowed) {
    if (!allowed) return refuse(*requests, StationRequestKind::traffic, response, allowed.error());
    spawn_station(
        *requests->system, requests->context,
        {*std::move(allowed), response, upgrade_headers, requests->probe, requests->stations});
  };
  authorise(requests->context, std::move(connecting), credentials_of(request),
            std::move(authorised));
}

/// How often stations behind one address may ask. [spec api-conventions §9]
Status admit(const StationRequests& requests, const net::http::Request& request) {
  const auto& limit = requests.accept_limit;
  if (!limit) return {};
  const auto& trusted = requests.context->config.trusted_proxies;
  return limit.check(
      "gs:accept:semtechws/lbslns:ip:" + net::http::client_address(request, trusted) +
      ":url:" + std::string(request.path()));
}

void handle(const RequestsPtr& requests, const net::http::Request& request, Response response) {
  const auto path = request.path();
  const bool is_discovery = path == discovery_path;
  if (!is_discovery && !path.starts_with(traffic_path)) {
    requests->probe->refused(StationRequestKind::other);
    return response->respond(404, "text/plain", "not found\n");
  }
  auto handshake = websocket::judge_upgrade(request);
  if (handshake.status != 101) {
    requests->probe->refused(StationRequestKind::other);
    return response->respond(handshake.status, std::move(handshake.headers), {});
  }
  if (const auto admitted = admit(*requests, request); !admitted) {
    requests->probe->refused(is_discovery ? StationRequestKind::discovery
                                          : StationRequestKind::traffic);
    return response->respond(status_of(admitted.error()), "application/json",
                             refusal_json(admitted.error()));
  }
  if (is_discovery) return discover(*requests, request, std::move(handshake.headers), response);
  connect(requests, request, std::move(handshake.headers), std::move(response));
}

}  // namespace

net::http::HttpHandler make_station_handler(StationRequests requests) {
  return [requests = std::make_shared<const StationRequests>(std::move(requests))](
             const net::http::Request& request, Response response) {
    handle(requests, request, std::move(response));
  };
}

net::http::HttpHandler make_refusal_handler(std::shared_ptr<StationProbe> probe) {
  return [probe = std::move(probe)](const net::http::Request& request, const Response& response) {
    probe->refused(StationRequestKind::other);
    const auto* peer = request.tls_peer.get();
    if (peer != nullptr && peer->verified)
      return response->respond(501, "application/json", refusal_json(Error(not_public)));
    Error error(unauthenticated_gateway_connection);
    if (shows_certificate(peer))
      error = std::move(error).caused_by(Error(net::tls::certificate_not_verified));
    response->respond(status_of(error), "application/json", refusal_json(error));
  };
}

}  // namespace ff::gateway_server
