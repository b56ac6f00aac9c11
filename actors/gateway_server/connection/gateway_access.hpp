// The port through which frontends ask whether a secret may speak for a gateway. Not whether the
// gateway may connect otherwise: admission.hpp.
#pragma once

#include <string>

#include "actors/support/reply.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::gateway_server {

inline constexpr ErrorDef no_gateway_rights{"pkg/auth/rights", "no_gateway_rights",
                                            Code::permission_denied,
                                            "no rights for gateway `{uid}`"};
inline constexpr ErrorDef insufficient_gateway_rights{
    "pkg/auth/rights", "insufficient_gateway_rights", Code::permission_denied,
    "insufficient rights for gateway `{uid}`"};

/// Implemented over the identity server; tests have one in memory. Any thread; does not block.
class GatewayAccess {
 public:
  virtual ~GatewayAccess() = default;
  /// Whether `secret` (API key or access token) has RIGHT_GATEWAY_LINK on the gateway. Errors:
  /// no_gateway_rights, insufficient_gateway_rights, those of a secret that is none, unavailable.
  virtual void check_link(const GatewayId& gateway_id, const std::string& secret,
                          actors::Reply<void> reply) = 0;
};

}  // namespace ff::gateway_server
