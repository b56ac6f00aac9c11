#include "actors/gateway_server/connection/certificate.hpp"

#include "actors/gateway_server/connection/errors.hpp"
#include "net/tls/certificate.hpp"

namespace ff::gateway_server {

bool shows_certificate(const net::tls::Peer* peer) noexcept {
  return peer != nullptr && !peer->certificates.empty();
}

std::optional<Status> check_certificate(const net::tls::Peer* peer, std::optional<GatewayEui> eui) {
  if (!shows_certificate(peer)) return std::nullopt;
  const auto refuse = [](Error cause) {
    return fail(Error(unauthenticated_gateway_connection).caused_by(std::move(cause)));
  };
  if (!peer->verified) return refuse(Error(certificate_not_verified));
  const auto name = net::tls::common_name(peer->certificates.front());
  if (eui && name && parse_gateway_eui(*name) == eui) return Status{};
  return refuse(Error(common_name_mismatch, {{"exp", eui ? to_string(*eui) : std::string()},
                                             {"got", name.value_or(std::string())}}));
}

}  // namespace ff::gateway_server
