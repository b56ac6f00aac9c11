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
inline constexpr ErrorDef token_not_found{"pkg/identityserver", "token_not_found",
                                          Code::unauthenticated, "token not found"};
inline constexpr ErrorDef token_expired{"pkg/identityserver", "token_expired",
                                        Code::unauthenticated, "token expired"};
inline constexpr ErrorDef user_requested{"pkg/identityserver", "user_requested",
                                         Code::permission_denied,
                                         "user account approval is pending"};
inline constexpr ErrorDef user_rejected{"pkg/identityserver", "user_rejected",
                                        Code::permission_denied, "user account was rejected"};
inline constexpr ErrorDef user_suspended{"pkg/identityserver", "user_suspended",
                                         Code::permission_denied, "user account was suspended"};
inline constexpr ErrorDef oauth_client_rejected{"pkg/identityserver", "oauth_client_rejected",
                                                Code::permission_denied,
                                                "OAuth client was rejected"};
inline constexpr ErrorDef oauth_client_suspended{"pkg/identityserver", "oauth_client_suspended",
                                                 Code::permission_denied,
                                                 "OAuth client was suspended"};
inline constexpr ErrorDef invalid_authorization{"pkg/identityserver", "invalid_authorization",
                                                Code::unauthenticated, "invalid authorization"};
inline constexpr ErrorDef unsupported_authorization{
    "pkg/identityserver", "unsupported_authorization", Code::unauthenticated,
    "unsupported authorization"};

}  // namespace ff::identity_server
