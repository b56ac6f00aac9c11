// Errors of the authorization server, with the reference's names. [spec identity-server §13]
#pragma once

#include "protocol/base/result.hpp"

namespace ff::identity_server::oauth {

inline constexpr std::string_view name_space = "pkg/oauth";

inline constexpr ErrorDef missing_grant_type{name_space, "missing_grant_type",
                                             Code::invalid_argument, "missing grant type"};
inline constexpr ErrorDef missing_authorization_code{
    name_space, "missing_authorization_code", Code::invalid_argument, "missing authorization code"};
inline constexpr ErrorDef missing_refresh_token{name_space, "missing_refresh_token",
                                                Code::invalid_argument, "missing refresh token"};
inline constexpr ErrorDef missing_client_id{name_space, "missing_client_id", Code::invalid_argument,
                                            "missing client id"};
inline constexpr ErrorDef missing_client_secret{name_space, "missing_client_secret",
                                                Code::invalid_argument, "missing client secret"};
inline constexpr ErrorDef invalid_grant_type{
    name_space, "invalid_grant_type", Code::invalid_argument, "invalid grant type `{grant_type}`"};
inline constexpr ErrorDef invalid_request{name_space, "invalid_request", Code::invalid_argument,
                                          "invalid request"};
inline constexpr ErrorDef invalid_grant{name_space, "invalid_grant", Code::permission_denied,
                                        "invalid, expired or revoked authorization code or token"};
/// The name has a space.
inline constexpr ErrorDef invalid_client{name_space, "invalid client", Code::permission_denied,
                                         "invalid or unauthenticated client"};
inline constexpr ErrorDef invalid_redirect_uri{name_space, "invalid_redirect_uri",
                                               Code::permission_denied, "invalid redirect URI"};
inline constexpr ErrorDef unauthorized_client{name_space, "unauthorized_client",
                                              Code::permission_denied,
                                              "the client is not authorized for this request"};
inline constexpr ErrorDef access_denied{name_space, "access_denied", Code::permission_denied,
                                        "access denied"};
inline constexpr ErrorDef unsupported_response_type{
    name_space, "unsupported_response_type", Code::unimplemented, "unsupported response type"};
inline constexpr ErrorDef client_missing_grant{name_space, "client_missing_grant",
                                               Code::permission_denied,
                                               "the client does not have the `{grant}` grant"};
inline constexpr ErrorDef client_not_approved{
    name_space, "client_not_approved", Code::permission_denied, "the client is not approved"};
inline constexpr ErrorDef client_rejected{name_space, "client_rejected", Code::permission_denied,
                                          "the client was rejected"};
inline constexpr ErrorDef client_suspended{name_space, "client_suspended", Code::permission_denied,
                                           "the client was suspended"};
inline constexpr ErrorDef parse_failed{name_space, "parse", Code::aborted,
                                       "the request can not be read"};
inline constexpr ErrorDef missing_access_token_id{name_space, "missing_param_access_token_id",
                                                  Code::permission_denied,
                                                  "missing parameter `access_token_id`"};
inline constexpr ErrorDef invalid_logout_redirect_uri{name_space, "invalid_logout_redirect_uri",
                                                      Code::invalid_argument,
                                                      "invalid logout redirect URI"};
inline constexpr ErrorDef access_token_not_found{"pkg/identityserver/store",
                                                 "access_token_not_found", Code::not_found,
                                                 "access token `{access_token_id}` not found"};
inline constexpr ErrorDef authorization_not_found{
    "pkg/identityserver/store", "authorization_not_found", Code::not_found,
    "authorization of client `{client_id}` by user `{user_id}` not found"};

}  // namespace ff::identity_server::oauth
