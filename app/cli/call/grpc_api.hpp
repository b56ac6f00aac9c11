// The Api over gRPC: a channel per address, TLS, credentials, second attempts. Not what is called.
#pragma once

#include <memory>
#include <string>

#include "app/cli/call/api.hpp"
#include "app/cli/call/cancel.hpp"
#include "app/cli/call/discovery.hpp"
#include "app/cli/config/config.hpp"
#include "protocol/base/random.hpp"

namespace ff::cli {

inline constexpr ErrorDef malformed_token{
    "cli", "malformed_token", Code::invalid_argument,
    "the API key or token has characters that none has: was it copied as a whole?"};
inline constexpr ErrorDef unreadable_ca{"cli", "unreadable_ca", Code::not_found,
                                        "can not read the authorities in `{path}`"};

struct GrpcApiOptions {
  const Config& config;  ///< Must outlive the Api.
  std::string token;     ///< An API key or access token; empty: none is sent.
  Cancel& cancel;
  /// Empty: of the system.
  FindServices find_services = {};
};

/// Error: unreadable_ca.
Result<std::unique_ptr<Api>> make_grpc_api(const GrpcApiOptions& options);

/// The wait before another attempt: what the server said (`x-rate-limit-reset`, seconds; empty if
/// it said nothing) or the configured time, longer or shorter by a random part.
Duration retry_wait(const Retry& retry, std::string_view reset, Random& random);

}  // namespace ff::cli
