// Errors of credentials and rights, with the reference's names.
#pragma once

#include "protocol/base/result.hpp"

namespace ff::identity_server {

inline constexpr ErrorDef invalid_token{"pkg/auth", "token", Code::invalid_argument,
                                        "invalid token"};
inline constexpr ErrorDef invalid_hash{"pkg/auth", "invalid_hash", Code::internal, "invalid hash"};
inline constexpr ErrorDef api_key_not_found{"pkg/identityserver", "api_key_not_found",
                                            Code::unauthenticated, "API key not found"};
inline constexpr ErrorDef api_key_expired{"pkg/identityserver", "api_key_expired",
                                          Code::unauthenticated, "API key expired"};
inline constexpr ErrorDef invalid_authorization{"pkg/identityserver", "invalid_authorization",
                                                Code::unauthenticated, "invalid authorization"};
inline constexpr ErrorDef unsupported_authorization{
    "pkg/identityserver", "unsupported_authorization", Code::unauthenticated,
    "unsupported authorization"};

}  // namespace ff::identity_server
