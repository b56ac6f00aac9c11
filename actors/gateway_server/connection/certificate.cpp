#include "actors/gateway_server/connection/certificate.hpp"

#include "actors/gateway_server/connection/errors.hpp"

namespace ff::gateway_server {

std::optional<Status> check_certificate(const net::tls::Peer* peer, std::optional<GatewayEui> eui) {
  if (!shows_certificate(peer)) return std::nullopt;
  const auto refuse = [](Error cause) {
    return fail(Error(unauthenticated_gateway_connection).caused_by(std::move(cause)));
  };
  const auto name = net::tls::verified_common_name(*peer);
  if (!name) return refuse(name.error());
  if (eui && parse_gateway_eui(*name) == eui) return Status{};
  return refuse(Error(net::tls::common_name_mismatch,
                      {{"exp", eui ? to_string(*eui) : std::string()}, {"got", *name}}));
}

}  // namespace ff::gateway_server
