// Where browsers are sent: redirect URIs of clients, the command line's local address, and pages of
// our own. Pure. Whatever is not certainly meant is refused: nobody is sent elsewhere by a crafted
// link. [spec identity-server §13]
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/base/result.hpp"

namespace ff::identity_server::oauth {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=%26`: every character that is not unreserved (RFC 3986) is escaped.
std::string encode_query(const Parameters& parameters);

/// Whether a client that registered one may use the other: scheme and host are equal, the path is
/// equal or below. URIs with a fragment, control characters, `..` or a scheme that browsers execute
/// match nothing. The query does not count.
bool matches_redirect(std::string_view registered, std::string_view requested);

/// The redirect URI of a request without its query. `requested` may be empty if one is registered.
/// Errors: unauthorized_client when none is registered, invalid_request, invalid_redirect_uri.
Result<std::string> choose_redirect(std::span<const std::string> registered,
                                    std::string_view requested);

/// The address of a chosen redirect: `code` and `local-callback` and other relative ones are below
/// `mount`, the rest as it is.
std::string redirect_location(std::string_view chosen, std::string_view mount,
                              const Parameters& parameters);

/// Where `local-callback` sends the browser: the command line on the user's own machine, at the
/// parameter `port` if it is one. [spec cli §2]
std::string local_callback_location(const Parameters& query);

/// A path of this server, as the parameter `n` of the login page names it; nothing for everything
/// else.
std::optional<std::string> safe_next(std::string_view next);

}  // namespace ff::identity_server::oauth
