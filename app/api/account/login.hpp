// INTERNAL: sessions of browsers: opened by a password, a login token or another provider, and
// ended. [spec identity-server §5.3, §13]
#pragma once

#include "app/api/account/visit.hpp"

namespace ff::api::account {

inline constexpr ErrorDef no_user_id_password_match{
    "pkg/account/session", "no_user_id_password_match", Code::invalid_argument,
    "incorrect password or user ID"};
inline constexpr ErrorDef rate_limit_exceeded{"pkg/ratelimit", "rate_limit_exceeded",
                                              Code::resource_exhausted,
                                              "rate limit of `{rate}` accesses exceeded for "
                                              "resource `{key}`"};

struct LoggedIn {
  SessionCookie session;
  bool must_change_password = false;
};

/// Sets the session's cookie; one that the browser had before ends, for a session that was there
/// before the login may be someone else's. Errors: no_user_id_password_match, the same for unknown
/// users; rate_limit_exceeded.
void log_in(const VisitPtr& visit, const std::string& user_id, const std::string& password,
            actors::Reply<LoggedIn> then);
/// Errors: login_tokens_disabled, login_token_not_found, login_token_expired,
/// login_token_already_used; rate_limit_exceeded.
void log_in_by_token(const VisitPtr& visit, const std::string& token, actors::Reply<LoggedIn> then);
/// For those whom another provider has recognized.
void log_in_recognized(const VisitPtr& visit, const std::string& user_id,
                       actors::Reply<LoggedIn> then);
/// Whether the API has refused it because too many attempts like it have failed; then that is
/// counted as a throttled login.
bool is_throttled(const VisitPtr& visit, const Refusal& refusal);
/// Ends the browser's session, if it has one, and its cookie.
void log_out(const VisitPtr& visit, std::function<void()> then);

}  // namespace ff::api::account
