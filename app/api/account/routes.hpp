// INTERNAL: who answers which path of the account application. Handlers answer their visit once,
// now or later.
#pragma once

#include "app/api/account/visit.hpp"

namespace ff::api::account {

// OAuth (authorize.cpp, token.cpp, oauth_logout.cpp).
void authorize(const VisitPtr& visit);
void token(const VisitPtr& visit);
void oauth_logout(const VisitPtr& visit);
void local_callback(const VisitPtr& visit);
void show_code(const VisitPtr& visit);

// JSON (json_api.cpp).
void api_login(const VisitPtr& visit);
void api_token_login(const VisitPtr& visit);
void api_logout(const VisitPtr& visit);
void api_me(const VisitPtr& visit);

// Pages for everyone (entry_pages.cpp).
void show_login(const VisitPtr& visit);
void post_login(const VisitPtr& visit);
void show_token_login(const VisitPtr& visit);
void post_token_login(const VisitPtr& visit);
void show_register(const VisitPtr& visit);
void post_register(const VisitPtr& visit);
void show_forgot(const VisitPtr& visit);
void post_forgot(const VisitPtr& visit);
void show_reset(const VisitPtr& visit);
void post_reset(const VisitPtr& visit);
void show_validate(const VisitPtr& visit);
void post_validate(const VisitPtr& visit);
void post_logout(const VisitPtr& visit);

// Logins of another provider (oidc_login.cpp).
void post_oidc_login(const VisitPtr& visit);
void oidc_callback(const VisitPtr& visit);

// Pages of who is signed in (settings_pages.cpp).
void show_home(const VisitPtr& visit);
void show_profile(const VisitPtr& visit);
void post_profile(const VisitPtr& visit);
void post_request_validation(const VisitPtr& visit);
void show_password(const VisitPtr& visit);
void post_password(const VisitPtr& visit);
void show_sessions(const VisitPtr& visit);
void post_sessions(const VisitPtr& visit);
void show_authorizations(const VisitPtr& visit);
void post_authorizations(const VisitPtr& visit);
void show_tokens(const VisitPtr& visit);
void post_tokens(const VisitPtr& visit);

/// What the operator demands of passwords, for people.
std::string password_rules(const VisitPtr& visit);
/// Where to go after a login.
std::string next_of(const VisitPtr& visit, const std::string& next);
/// Finds out who is signed in: fills `visitor` and calls `then`, or sends to the login page.
void with_visitor(const VisitPtr& visit, std::function<void()> then);

}  // namespace ff::api::account
