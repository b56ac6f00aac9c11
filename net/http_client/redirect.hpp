// What a redirect makes of a request: pure rules, after RFC 9110 §15.4 with the exceptions that
// README.md gives reasons for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http_client/client.hpp"

namespace ff::net::http_client {

/// Scheme, host and port in one form: `https://example.com:443`. Nothing for what is no absolute
/// URL of http or https.
std::optional<std::string> origin_of(std::string_view url);

bool is_redirect(int status) noexcept;

/// The request that follows `request` when its answer has `status` and leads to `location`, an
/// absolute URL. Error: redirect_refused.
Result<ClientRequest> redirected(const ClientRequest& request, int status, std::string location,
                                 const ClientOptions& options);

}  // namespace ff::net::http_client
