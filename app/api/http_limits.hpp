// Limits of HTTP handlers that are no calls of the API [spec api-conventions §9]. Calls have theirs
// in call_limits.hpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/address/address_block.hpp"
#include "net/http/handler.hpp"
#include "net/rate_limit/rate_limiter.hpp"

namespace ff::api {

/// Counts one request of `key` and presets the headers that tell the caller; without a limit there
/// are none. False: answered with 429. `new_error_id`: 32 hex digits.
bool admit(const net::RateLimit& limit, const std::string& key, net::http::ResponseWriter& response,
           const std::function<std::string()>& new_error_id);

struct HttpLimits {
  std::shared_ptr<const net::RateLimiter> limiter;  ///< Null: nobody is limited.
  std::vector<net::AddressBlock> trusted_proxies;   ///< Whose X-Real-IP is believed.
  std::function<std::string()> new_error_id;        ///< 32 hex digits. Any thread.
};

/// `next` behind the limit of `class_name` (`http:oauth`), else of `http`: counted by path, and by
/// the network that the request is from.
net::http::HttpHandler with_limit(const HttpLimits& limits, std::string_view class_name,
                                  net::http::HttpHandler next);

}  // namespace ff::api
