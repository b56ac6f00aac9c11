// Sends clients to where they should have asked: the same with TLS, or another host's name. Not
// which paths are left alone; that is said by whoever owns them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/address/address_block.hpp"
#include "net/http/handler.hpp"

namespace ff::net::http {

struct RedirectRules {
  bool to_tls = false;
  /// Of our listener with TLS. From port 80 it is 443 all the same: somebody leads both to us.
  std::uint16_t tls_port = 0;
  std::string to_host;  ///< With or without a port; empty: the one that was asked.
  /// Whose X-Forwarded-Proto and X-Forwarded-Host are believed.
  std::vector<AddressBlock> trusted_proxies = {};
  /// Paths that are served as they are asked; may be empty.
  std::function<bool(std::string_view path)> is_exempt = nullptr;

  bool is_needed() const noexcept { return to_tls || !to_host.empty(); }
};

/// Where the request should have gone; nothing: it is right here, or says no host that could be a
/// part of an address.
std::optional<std::string> redirect_target(const RedirectRules& rules, const Request& request);

/// Answers 302 with redirect_target(), if there is one. [spec api-conventions §8]
HttpHandler with_redirects(RedirectRules rules, HttpHandler next);

}  // namespace ff::net::http
