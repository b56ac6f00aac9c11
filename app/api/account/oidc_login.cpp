// Logins of another identity provider, and connecting them to an account that is there.
#include "app/api/account/acts.hpp"
#include "app/api/account/external_users.hpp"
#include "app/api/account/login.hpp"
#include "app/api/account/problem.hpp"
#include "app/api/account/routes.hpp"
#include "app/api/services/identity/user_creation.hpp"
#include "app/api/services/identity/users.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::api::account {
namespace {

using identity_server::EntityPtr;
using Found = std::optional<std::string>;

constexpr ErrorDef no_provider{"pkg/webhandlers", "route_not_found", Code::not_found,
                               "route `{route}` not found"};

void show_problem(const VisitPtr& visit, const std::string& text) {
  visit->message(403, {.title = "Sign in",
                       .text = "",
                       .note = {text, false},
                       .link = visit->mount() + "/login",
                       .link_text = "Back to sign in"});
}

void enter(const VisitPtr& visit, const std::string& user_id, const std::string& next) {
  log_in_recognized(visit, user_id, [=](const Result<LoggedIn>& done) {
    if (!done) return show_problem(visit, problem_text(done.error()));
    visit->redirect(next_of(visit, next));
  });
}

void connect(const VisitPtr& visit, const storage::EntityKey& key, const std::string& user_id) {
  const auto stored = [=](const Result<std::vector<EntityPtr>>& done) {
    if (!done) return show_problem(visit, problem_text(done.error()));
    visit->message(200, {.title = "Connected",
                         .text = "",
                         .note = {"You can sign in there from now on.", true},
                         .link = visit->mount() + "/profile",
                         .link_text = "To your profile"});
  };
  change_recorded(visit, act_of(visit, "account/connect", user_id),
                  connect_external_user(key, user_id), stored);
}

/// A registration. [spec identity-server §5.1]
void create(const VisitPtr& visit, const storage::EntityKey& key, const OidcClaims& claims,
            const std::string& next) {
  const auto user_id = proposed_user_id(claims);
  if (user_id.empty()) return show_problem(visit, "The provider names no user ID.");
  const bool waits = visit->ports().identity.settings().registration.admin_approval_required;
  const auto stored = [=](const Result<std::vector<EntityPtr>>& done) {
    if (!done) return show_problem(visit, problem_text(done.error()));
    // The user is the first that create_external_user() stores.
    if (const auto user = entity_message<pb::User>(*done->front()))
      announce_user(visit->ports().identity, visit->ports().make_random, *user, visit->cause());
    enter(visit, user_id, next);
  };
  change_recorded(visit, act_of(visit, "account/register", user_id),
                  create_external_user(key, user_id, claims, waits), stored);
}

void recognized(const VisitPtr& visit, const OidcAttempt& attempt, const OidcClaims& claims) {
  const auto& provider = *visit->ports().provider;
  const auto key = external_user_key(provider.settings().issuer, claims.subject);
  if (!attempt.user_id.empty()) {
    // Whoever is signed in now must be who began it.
    return with_visitor(visit, [=] {
      if (visit->visitor.user_id != attempt.user_id)
        return show_problem(visit, "Somebody else is signed in now.");
      connect(visit, key, attempt.user_id);
    });
  }
  auto find = [key](const storage::Reader& store) { return find_external_user(store, key); };
  visit->ports().identity.read<Found>(find, [=](const Result<Found>& found) {
    if (!found) return visit->refuse(found.error());
    if (*found) return enter(visit, **found, attempt.next);
    if (visit->ports().provider->settings().allow_registrations)
      return create(visit, key, claims, attempt.next);
    show_problem(visit,
                 "No account is connected to this login. Sign in with your password and connect "
                 "it under Profile.");
  });
}

}  // namespace

void post_oidc_login(const VisitPtr& visit) {
  const auto& provider = visit->ports().provider;
  if (!provider) return visit->refuse(Error(no_provider, {{"route", visit->path()}}));
  const auto go = [=](const std::string& user_id) {
    provider->endpoints([=](const Result<OidcEndpoints>& endpoints) {
      if (!endpoints) return show_problem(visit, problem_text(endpoints.error()));
      const auto random = visit->ports().make_random();
      const auto attempt = new_attempt(visit->form().value("n").substr(0, 1024), user_id,
                                       visit->ports().utc_now(), *random);
      visit->set_cookie(oidc_cookie, attempt_text(attempt));
      visit->redirect(authorization_url(*endpoints, provider->settings(), attempt));
    });
  };
  if (visit->form().value("connect") != "true") return go("");
  with_visitor(visit, [=] { go(visit->visitor.user_id); });
}

void oidc_callback(const VisitPtr& visit) {
  const auto& provider = visit->ports().provider;
  if (!provider) return visit->refuse(Error(no_provider, {{"route", visit->path()}}));
  const auto cookie = find_cookie(visit->request().headers, oidc_cookie);
  const auto text = cookie ? visit->ports().seal.open(oidc_cookie, *cookie) : std::nullopt;
  const auto attempt = text ? parse_attempt(*text, visit->ports().utc_now()) : std::nullopt;
  const auto& query = visit->query();
  visit->set_cookie(oidc_cookie, "");
  if (!attempt ||
      !crypto::equal_in_constant_time(as_bytes(query.value("state")), as_bytes(attempt->state)))
    return show_problem(visit, "This login has ended. Try again.");
  if (query.has("error") || query.value("code").empty())
    return show_problem(visit, "The provider refused the login.");
  provider->redeem(query.value("code"), *attempt,
                   [=, attempt = *attempt](const Result<OidcClaims>& claims) {
                     if (!claims) return show_problem(visit, problem_text(claims.error()));
                     recognized(visit, attempt, *claims);
                   });
}

}  // namespace ff::api::account
