#include "app/api/services/base/cause.hpp"

#include "protocol/base/printable.hpp"

namespace ff::api {
namespace {

std::string_view token_type(AuthInfo::Kind kind) {
  switch (kind) {
    case AuthInfo::Kind::api_key:
      return "APIKey";
    case AuthInfo::Kind::access_token:
      return "AccessToken";
    case AuthInfo::Kind::session:
      return "SessionToken";
    case AuthInfo::Kind::gateway_token:
      return "GatewayToken";
    case AuthInfo::Kind::cluster:
      return "ClusterKey";
    case AuthInfo::Kind::none:
      break;
  }
  return "";
}

/// Over HTTP the gateway's own is in the place of the client's.
std::string_view user_agent(const Call& call) {
  const auto of_http = call.find("grpcgateway-user-agent");
  return of_http.empty() ? call.find("user-agent") : of_http;
}

}  // namespace

events::Cause cause_of(const Call& call) {
  return {call.correlation_ids,
          std::make_shared<const events::Caller>(events::Caller{
              .token_type = std::string(token_type(call.auth.kind)),
              .token_id = call.auth.token_id,
              .remote_ip = call.remote_address,
              .user_agent = printable(user_agent(call), events::user_agent_size_max)})};
}

}  // namespace ff::api
