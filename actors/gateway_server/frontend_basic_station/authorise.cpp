#include "actors/gateway_server/frontend_basic_station/authorise.hpp"

#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/certificate.hpp"
#include "actors/gateway_server/frontend_basic_station/errors.hpp"

namespace ff::gateway_server {
namespace {

constexpr std::string_view bearer = "bearer";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The registry's answer is good enough to connect with. What it says is asked again when the
/// connection begins.
void check_admission(const ContextPtr& context, ConnectRequest request,
                     const Result<GatewaySettings>& found,
                     const actors::Reply<ConnectRequest>& reply) {
  const auto admitted = admit(request, found, context->config);
  if (!admitted) return reply(fail(admitted.error()));
  if (found) request.ids.gateway_id = found->ids.gateway_id;
  reply(std::move(request));
}

void on_found(const ContextPtr& context, ConnectRequest request, std::string secret,
              Result<GatewaySettings> found, actors::Reply<ConnectRequest> reply) {
  // An unregistered gateway has no rights that a secret could give it.
  if (!found || secret.empty()) return check_admission(context, std::move(request), found, reply);
  const auto gateway_id = found->ids.gateway_id;
  request.secret = secret;
  if (!context->access) return reply(fail(no_gateway_rights, {{"uid", gateway_id.text()}}));
  auto checked = [context, request = std::move(request), found = std::move(found),
                  reply = std::move(reply)](const Result<void>& link) mutable {
    if (!link) return reply(fail(link.error()));
    request.authenticated = true;
    check_admission(context, std::move(request), found, reply);
  };
  context->access->check_link(gateway_id, secret, std::move(checked));
}

}  // namespace

std::string bearer_secret(const net::http::Headers& headers) {
  const auto value = trimmed(headers.value("Authorization"));
  const auto space = value.find(' ');
  if (space != std::string_view::npos &&
      net::http::equals_ignoring_case(value.substr(0, space), bearer))
    return std::string(trimmed(value.substr(space)));
  return std::string(value);
}

StationCredentials credentials_of(const net::http::Request& request) {
  return {bearer_secret(request.headers), request.tls_peer};
}

void authorise(const ContextPtr& context, ConnectRequest request, StationCredentials credentials,
               actors::Reply<ConnectRequest> reply) {
  const auto certificate = check_certificate(credentials.peer.get(), request.ids.eui);
  if (certificate && !*certificate) return reply(fail(certificate->error()));
  if (certificate) {
    request.authenticated = true;
    credentials.secret.clear();  // one of them is enough
  } else if (credentials.secret.empty() && !context->config.basic_station.allow_unauthenticated) {
    return reply(fail(no_auth_provided, {{"uid", gateway_uid(request.ids)}}));
  }
  const auto ids = request.ids;
  auto found = [context, request = std::move(request), secret = std::move(credentials.secret),
                reply = std::move(reply)](Result<GatewaySettings> settings) mutable {
    on_found(context, std::move(request), std::move(secret), std::move(settings), std::move(reply));
  };
  context->registry->find(ids, std::move(found));
}

int status_of(const Error& error) noexcept {
  switch (error.code()) {
    case Code::unauthenticated:
      return 401;
    case Code::permission_denied:
      return 403;
    case Code::not_found:
      return 404;
    case Code::resource_exhausted:
      return 429;
    case Code::unavailable:
      return 503;
    case Code::invalid_argument:
    case Code::failed_precondition:
      return 400;
    default:
      return 500;
  }
}

std::string refusal_json(const Error& error) {
  std::string text;
  for (const char c : error.to_string()) {
    if (static_cast<unsigned char>(c) < 0x20) continue;
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return R"({"code":)" + std::to_string(static_cast<int>(error.code())) + R"(,"message":")" + text +
         R"("})";
}

}  // namespace ff::gateway_server
