// Tokens against requests that other sites make a browser send: a secret in a cookie, and in every
// form a token made of it, masked anew each time so that compression tells nothing. Pure. [spec
// api-conventions §8]
#pragma once

#include <string>
#include <string_view>

#include "net/http/message.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"

namespace ff::api::account {

inline constexpr ErrorDef invalid_csrf_token{"pkg/webmiddleware", "invalid_csrf_token",
                                             Code::permission_denied, "invalid CSRF token"};
inline constexpr std::string_view csrf_header = "X-CSRF-Token";
inline constexpr std::string_view csrf_field = "csrf_token";

std::string csrf_token(std::string_view secret, Random& random);
/// In constant time. Never for an empty secret.
bool is_csrf_token(std::string_view secret, std::string_view token);

/// Whether a request says that another site made it. Requests without the headers that say so pass:
/// clients that are no browsers.
bool is_cross_site(const net::http::Headers& headers);
/// Whether a request says that a page of another origin made it, be that on the same site.
bool is_cross_origin(const net::http::Headers& headers);

}  // namespace ff::api::account
