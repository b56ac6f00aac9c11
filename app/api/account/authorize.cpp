// `/authorize`: a user lets a client act for her; and where codes for the command line end up.
// [spec identity-server §13, cli §2]
#include "actors/identity_server/oauth/client.hpp"
#include "actors/identity_server/oauth/errors.hpp"
#include "actors/identity_server/oauth/grants.hpp"
#include "actors/identity_server/oauth/redirect.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/account/acts.hpp"
#include "app/api/account/routes.hpp"
#include "app/api/services/identity/changes.hpp"

namespace ff::api::account {
namespace {

namespace oauth = identity_server::oauth;
using identity_server::EntityPtr;
using storage::EntityKind;

struct Wish {
  std::string client_id;
  std::string redirect_uri;
  std::string state;
  oauth::CodeChallenge challenge;
};

/// What the store says of it.
struct Facts {
  oauth::Client client;
  std::string redirect_uri;  // as it was chosen
  bool is_authorized = false;
};

Result<Wish> wish_of(const Form& query) {
  Wish wish{.client_id = query.value("client_id"),
            .redirect_uri = query.value("redirect_uri"),
            .state = query.value("state"),
            .challenge = {query.value("code_challenge_method"), query.value("code_challenge")}};
  if (wish.challenge.method.empty() && !wish.challenge.value.empty())
    wish.challenge.method = "plain";  // RFC 7636 §4.3
  if (wish.client_id.empty()) return fail(oauth::invalid_request);
  if (query.value("response_type") != "code") return fail(oauth::unsupported_response_type);
  FF_CHECK(oauth::check_challenge(wish.challenge));
  return wish;
}

Result<Facts> facts_of(const storage::Reader& store, const std::string& user_id, const Wish& wish) {
  FF_TRY(const auto entity,
         identity_server::get_entity(store, {EntityKind::client, {wish.client_id}},
                                     identity_server::Deleted::without));
  FF_TRY(auto client, oauth::decode_client(*entity));
  FF_CHECK(oauth::check_may_authorize(client));
  FF_TRY(auto redirect, oauth::choose_redirect(client.redirect_uris, wish.redirect_uri));
  FF_TRY(const auto held, oauth::authorized_rights(store, user_id, client.id));
  const bool is_covered =
      held && identity_server::implied(*held).has_all(identity_server::implied(client.rights));
  const bool is_authorized = client.skip_authorization || is_covered;
  return Facts{std::move(client), std::move(redirect), is_authorized};
}

struct Approval {
  oauth::IssuedCode issued;
  std::vector<storage::EntityKey> old;
};

/// Hashes: not for the thread of a connection.
Result<Approval> approval_of(const storage::Reader& store, const oauth::Grantee& grantee,
                             const Wish& wish, const std::string& redirect_uri,
                             const AccountPorts& ports) {
  const auto now = ports.utc_now();
  FF_TRY(const auto codes, oauth::codes_of(store, grantee.user_id, grantee.client_id));
  FF_TRY(auto old, oauth::surplus(store, codes, now, oauth::codes_max));
  const auto random = ports.make_random();
  return Approval{oauth::issue_code(grantee, redirect_uri, wish.challenge, now, *random),
                  std::move(old)};
}

void approve(const VisitPtr& visit, const Wish& wish, const Facts& facts) {
  const auto& identity = visit->ports().identity;
  const oauth::Grantee grantee{visit->visitor.user_id, facts.client.id, visit->session_id(),
                               facts.client.rights};
  auto make = [=, redirect = facts.redirect_uri](const storage::Reader& store) {
    return approval_of(store, grantee, wish, redirect, visit->ports());
  };
  identity.read_slowly<Approval>(make, [=](const Result<Approval>& approval) {
    if (!approval) return visit->refuse(approval.error());
    const auto stored = [=,
                         text = approval->issued.text](const Result<std::vector<EntityPtr>>& done) {
      if (!done) return visit->refuse(done.error());
      publish_of_user(visit->ports().identity, "oauth.authorize", grantee.user_id, visit->cause());
      visit->redirect(oauth::redirect_location(facts.redirect_uri, visit->mount(),
                                               {{"code", text}, {"state", wish.state}}));
    };
    change_recorded(visit, act_of(visit, "oauth/authorize", grantee.user_id),
                    oauth::authorize(approval->issued.code, approval->old), stored);
  });
}

std::string host_of(const std::string& redirect_uri) {
  const auto scheme = redirect_uri.find("://");
  if (scheme == std::string::npos) return "this server";
  const auto from = scheme + 3;
  return redirect_uri.substr(from, redirect_uri.find('/', from) - from);
}

void ask(const VisitPtr& visit, const Facts& facts) {
  ConsentView view{.csrf = visit->csrf(),
                   .user_id = visit->visitor.user_id,
                   .client_id = facts.client.id,
                   .client_name = facts.client.name,
                   .description = facts.client.description,
                   .endorsed = facts.client.endorsed,
                   .rights = {},
                   .goes_to = host_of(facts.redirect_uri),
                   .action = visit->request().target};
  facts.client.rights.for_each([&](identity_server::Right right) {
    view.rights.emplace_back(identity_server::to_string(right));
  });
  visit->page(200, consent_page(view));
}

void decide(const VisitPtr& visit, const Wish& wish, const Facts& facts) {
  if (visit->is_post()) {
    if (visit->form().value("authorize") == "true") return approve(visit, wish, facts);
    return visit->refuse(Error(oauth::access_denied));
  }
  if (facts.is_authorized) return approve(visit, wish, facts);
  ask(visit, facts);
}

}  // namespace

void authorize(const VisitPtr& visit) {
  const auto wish = wish_of(visit->query());
  if (!wish) return visit->refuse(wish.error());
  auto find = [wish = *wish, user_id = visit->visitor.user_id](const storage::Reader& store) {
    return facts_of(store, user_id, wish);
  };
  visit->ports().identity.read<Facts>(find, [=, wish = *wish](const Result<Facts>& facts) {
    if (!facts) return visit->refuse(facts.error());
    decide(visit, wish, *facts);
  });
}

void local_callback(const VisitPtr& visit) {
  visit->redirect(oauth::local_callback_location(visit->query().fields()));
}

void show_code(const VisitPtr& visit) {
  const auto& code = visit->query().value("code");
  const auto token = identity_server::parse_token(code);
  const bool is_code = token && token->kind == identity_server::TokenKind::authorization_code;
  visit->page(is_code ? 200 : 400, code_page(is_code ? code : std::string()));
}

}  // namespace ff::api::account
