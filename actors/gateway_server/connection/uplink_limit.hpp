// How many messages a gateway may send: class `gs:up` [spec api-conventions §9]. Counted by the
// frontends that know their gateway before they decode; datagrams are counted by address (intake).
#pragma once

#include <string>

#include "actors/gateway_server/connection/admission.hpp"
#include "actors/gateway_server/connection/context.hpp"

namespace ff::gateway_server {

class UplinkLimit {
 public:
  /// Everything is allowed.
  UplinkLimit() = default;
  UplinkLimit(const Context& context, const GatewayIdentifiers& ids)
      : limit_(net::limit_of(context.rate_limiter, {"gs:up"})),
        key_("gs:up:gtw:" + gateway_uid(ids)) {}

  /// Counts one message. Error: rate_limit_exceeded; the connection ends.
  Status check() const { return limit_.check(key_); }

 private:
  net::RateLimit limit_;
  std::string key_;
};

}  // namespace ff::gateway_server
