// Pages of who is signed in. Each change is a call of the API with the session's token. [spec
// console: user settings]
#include "app/api/account/login.hpp"
#include "app/api/account/problem.hpp"
#include "app/api/account/routes.hpp"
#include "ttn/lorawan/v3/email_validation.pb.h"
#include "ttn/lorawan/v3/oauth.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api::account {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::Empty;

constexpr int bad_request = 400;
constexpr int too_many = 429;
constexpr std::uint32_t rows_max = 100;

pb::UserIdentifiers me(const VisitPtr& visit) {
  pb::UserIdentifiers ids;
  ids.set_user_id(visit->visitor.user_id);
  return ids;
}

template <class Message>
std::vector<std::string> rights_of(const Message& message) {
  std::vector<std::string> out;
  for (const auto right : message.rights())
    out.push_back(pb::Right_Name(static_cast<pb::Right>(right)));
  return out;
}

void profile_form(const VisitPtr& visit, int status, const Note& note) {
  const auto& visitor = visit->visitor;
  visit->page(status, profile_page({.csrf = visit->csrf(),
                                    .user_id = visitor.user_id,
                                    .name = visitor.name,
                                    .description = visitor.description,
                                    .email = visitor.email,
                                    .email_validated = visitor.email_validated,
                                    .note = note,
                                    .mount = visit->mount(),
                                    .provider = visit->ports().settings.provider}));
}

void password_form(const VisitPtr& visit, int status, const Note& note) {
  visit->page(status, password_page({.csrf = visit->csrf(),
                                     .user_id = visit->visitor.user_id,
                                     .password_rules = password_rules(visit),
                                     .must_change = visit->visitor.must_change_password,
                                     .note = note,
                                     .mount = visit->mount()}));
}

void list_sessions(const VisitPtr& visit, int status, const Note& note) {
  pb::ListUserSessionsRequest request;
  *request.mutable_user_ids() = me(visit);
  request.set_order("-created_at");
  request.set_limit(rows_max);
  visit->call<pb::UserSessions>(
      "ttn.lorawan.v3.UserSessionRegistry/List", request,
      [=](const pb::UserSessions& list, const Refusal* refusal) {
        if (refusal != nullptr) return visit->refuse(*refusal);
        SessionsView view{.csrf = visit->csrf(),
                          .sessions = {},
                          .total = 0,
                          .note = note,
                          .mount = visit->mount()};
        for (const auto& session : list.sessions())
          view.sessions.push_back({session.session_id(), time_text(session.created_at().seconds()),
                                   session.session_id() == visit->session_id()});
        view.total = view.sessions.size();
        visit->page(status, sessions_page(view));
      });
}

void list_authorizations(const VisitPtr& visit, int status, const Note& note) {
  pb::ListOAuthClientAuthorizationsRequest request;
  *request.mutable_user_ids() = me(visit);
  request.set_order("-created_at");
  request.set_limit(rows_max);
  visit->call<pb::OAuthClientAuthorizations>(
      "ttn.lorawan.v3.OAuthAuthorizationRegistry/List", request,
      [=](const pb::OAuthClientAuthorizations& list, const Refusal* refusal) {
        if (refusal != nullptr) return visit->refuse(*refusal);
        AuthorizationsView view{.csrf = visit->csrf(),
                                .authorizations = {},
                                .total = 0,
                                .note = note,
                                .mount = visit->mount()};
        for (const auto& one : list.authorizations())
          view.authorizations.push_back({one.client_ids().client_id(),
                                         time_text(one.created_at().seconds()), rights_of(one)});
        view.total = view.authorizations.size();
        visit->page(status, authorizations_page(view));
      });
}

std::string client_of(const VisitPtr& visit) {
  constexpr std::string_view prefix = "/authorizations/";
  return std::string(visit->path().substr(prefix.size()));
}

void list_tokens(const VisitPtr& visit, int status, const Note& note) {
  pb::ListOAuthAccessTokensRequest request;
  *request.mutable_user_ids() = me(visit);
  request.mutable_client_ids()->set_client_id(client_of(visit));
  request.set_order("-created_at");
  request.set_limit(rows_max);
  visit->call<pb::OAuthAccessTokens>(
      "ttn.lorawan.v3.OAuthAuthorizationRegistry/ListTokens", request,
      [=](const pb::OAuthAccessTokens& list, const Refusal* refusal) {
        if (refusal != nullptr) return visit->refuse(*refusal);
        TokensView view{.csrf = visit->csrf(),
                        .client_id = client_of(visit),
                        .tokens = {},
                        .total = 0,
                        .note = note,
                        .mount = visit->mount()};
        for (const auto& token : list.tokens())
          view.tokens.push_back({token.id(), time_text(token.created_at().seconds()),
                                 time_text(token.expires_at().seconds())});
        view.total = view.tokens.size();
        visit->page(status, tokens_page(view));
      });
}

using ShowAgain = void (*)(const VisitPtr&, int, const Note&);

/// Calls the API, then shows the list again with what came of it.
void change(const VisitPtr& visit, const std::string& method,
            const google::protobuf::Message& request, const std::string& done, ShowAgain show) {
  visit->call<Empty>(method, request, [=](const Empty&, const Refusal* refusal) {
    if (refusal != nullptr) return show(visit, bad_request, {problem_text(*refusal), false});
    show(visit, 200, {done, true});
  });
}

}  // namespace

void show_home(const VisitPtr& visit) {
  const auto& visitor = visit->visitor;
  if (visitor.must_change_password) return visit->redirect(visit->mount() + "/password");
  visit->page(200, home_page({.user_id = visitor.user_id,
                              .name = visitor.name,
                              .email = visitor.email,
                              .email_validated = visitor.email_validated,
                              .is_admin = visitor.is_admin,
                              .state_note = visitor.state_note,
                              .console_url = visit->ports().settings.frame.console_url,
                              .mount = visit->mount()}));
}

void show_profile(const VisitPtr& visit) {
  profile_form(visit, 200, {});
}

void post_profile(const VisitPtr& visit) {
  const auto& form = visit->form();
  auto& visitor = visit->visitor;
  pb::UpdateUserRequest request;
  auto& user = *request.mutable_user();
  *user.mutable_ids() = me(visit);
  user.set_name(form.value("name"));
  user.set_description(form.value("description"));
  request.mutable_field_mask()->add_paths("name");
  request.mutable_field_mask()->add_paths("description");
  const bool moves = form.value("email") != visitor.email;
  if (moves) {
    user.set_primary_email_address(form.value("email"));
    request.mutable_field_mask()->add_paths("primary_email_address");
  }
  visit->call<pb::User>(
      "ttn.lorawan.v3.UserRegistry/Update", request, [=](const pb::User&, const Refusal* refusal) {
        auto& changed = visit->visitor;
        changed.name = visit->form().value("name");
        changed.description = visit->form().value("description");
        changed.email = visit->form().value("email");
        if (refusal != nullptr)
          return profile_form(visit, bad_request, {problem_text(*refusal), false});
        if (moves) changed.email_validated = false;
        profile_form(visit, 200, {"Your profile was saved.", true});
      });
}

void post_request_validation(const VisitPtr& visit) {
  visit->call<pb::EmailValidation>(
      "ttn.lorawan.v3.EmailValidationRegistry/RequestValidation", me(visit),
      [=](const pb::EmailValidation& validation, const Refusal* refusal) {
        if (refusal != nullptr)
          return profile_form(visit, bad_request, {problem_text(*refusal), false});
        profile_form(visit, 200, {"A mail was sent to " + validation.address() + ".", true});
      });
}

void show_password(const VisitPtr& visit) {
  password_form(visit, 200, {});
}

void post_password(const VisitPtr& visit) {
  const auto& form = visit->form();
  if (form.value("password") != form.value("password_again"))
    return password_form(visit, bad_request, {"The two passwords are not the same.", false});
  pb::UpdateUserPasswordRequest request;
  *request.mutable_user_ids() = me(visit);
  request.set_old(form.value("current"));
  request.set_new_(form.value("password"));
  const bool revokes = form.value("revoke") == "true";
  request.set_revoke_all_access(revokes);
  visit->call<Empty>("ttn.lorawan.v3.UserRegistry/UpdatePassword", request,
                     [=](const Empty&, const Refusal* refusal) {
                       // Who found an open browser may not try passwords without end.
                       if (refusal != nullptr) {
                         return password_form(
                             visit, is_throttled(visit, *refusal) ? too_many : bad_request,
                             {problem_text(*refusal), false});
                       }
                       if (revokes) return post_logout(visit);
                       visit->visitor.must_change_password = false;
                       password_form(visit, 200, {"Your password was changed.", true});
                     });
}

void show_sessions(const VisitPtr& visit) {
  list_sessions(visit, 200, {});
}

void post_sessions(const VisitPtr& visit) {
  pb::UserSessionIdentifiers ids;
  *ids.mutable_user_ids() = me(visit);
  ids.set_session_id(visit->form().value("session_id"));
  change(visit, "ttn.lorawan.v3.UserSessionRegistry/Delete", ids, "The session was ended.",
         list_sessions);
}

void show_authorizations(const VisitPtr& visit) {
  list_authorizations(visit, 200, {});
}

void post_authorizations(const VisitPtr& visit) {
  pb::OAuthClientAuthorizationIdentifiers ids;
  *ids.mutable_user_ids() = me(visit);
  ids.mutable_client_ids()->set_client_id(visit->form().value("client_id"));
  change(visit, "ttn.lorawan.v3.OAuthAuthorizationRegistry/Delete", ids,
         "The application has no access any more.", list_authorizations);
}

void show_tokens(const VisitPtr& visit) {
  list_tokens(visit, 200, {});
}

void post_tokens(const VisitPtr& visit) {
  pb::OAuthAccessTokenIdentifiers ids;
  *ids.mutable_user_ids() = me(visit);
  ids.mutable_client_ids()->set_client_id(client_of(visit));
  ids.set_id(visit->form().value("token_id"));
  change(visit, "ttn.lorawan.v3.OAuthAuthorizationRegistry/DeleteToken", ids,
         "The token was revoked.", list_tokens);
}

}  // namespace ff::api::account
