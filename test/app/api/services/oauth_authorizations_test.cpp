// What users have authorized, over HTTP JSON; and the events of accounts.
#include "actors/identity_server/oauth/grants.hpp"
#include "actors/identity_server/registry/queries.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

namespace oauth = identity_server::oauth;
using storage::EntityKey;
using storage::EntityKind;

class OAuthAuthorizationsTest : public IdentityTest {
 protected:
  void change(identity_server::ChangeEntities message) {
    std::promise<bool> done;
    deps.identity->change(std::move(message),
                          [&](const auto& changed) { done.set_value(changed.has_value()); });
    ASSERT_TRUE(done.get_future().get());
  }
  /// An access token of the user for the client, as the token endpoint makes it.
  oauth::IssuedToken authorize(const std::string& user, const std::string& client,
                               identity_server::RightSet granted) {
    const auto random = make_secure_random();
    const auto now = deps.identity->ports().now();
    const auto code = oauth::issue_code({user, client, "", granted}, "code", {}, now, *random);
    change(oauth::authorize(code.code, {}));
    auto made = oauth::issue_token(code.code.grantee, true, *random);
    change(oauth::exchange(code.code, made.token, {}));
    return made;
  }
  bool has(const EntityKey& key) const {
    return identity_server::get_entity(engine(), key, identity_server::Deleted::with).has_value();
  }
  void create_client(const std::string& id) {
    const auto made =
        call("POST", "/users/admin/clients",
             R"({"client":{"ids":{"client_id":")" + id +
                 R"("},"redirect_uris":["https://example.org/cb"],"rights":["RIGHT_ALL"],)" +
                 R"("state":"STATE_APPROVED","grants":["GRANT_AUTHORIZATION_CODE"]}})");
    ASSERT_EQ(made.status, 200) << boost::json::serialize(made.body);
  }
};

TEST_F(OAuthAuthorizationsTest, AnAccessTokenIsWhoAuthorizedItWithinItsRights) {
  create_user("ada");
  create_client("app-client");
  using identity_server::Right;
  const auto issued =
      authorize("ada", "app-client", {Right::user_info, Right::user_applications_list});
  const auto info = call_as(issued.access_text, "GET", "/auth_info");
  EXPECT_EQ(info.at("/oauth_access_token/user_ids/user_id"), "ada");
  EXPECT_EQ(info.at("/oauth_access_token/id"), issued.token.id);
  EXPECT_EQ(info.at("/oauth_access_token/access_token"), "");
  EXPECT_EQ(
      call_as(issued.access_text, "GET", "/users/ada?field_mask=primary_email_address").status,
      200);
  EXPECT_EQ(call_as(issued.access_text, "GET", "/users/ada/authorizations").error(),
            "pkg/auth/rights:insufficient_user_rights");
  const auto refresh = call_as(issued.refresh_text, "GET", "/auth_info");
  EXPECT_EQ(refresh.status, 401) << "a refresh token opens nothing";
  const auto wrong = issued.access_text.substr(0, issued.access_text.size() - 4) + "AAAA";
  EXPECT_EQ(call_as(wrong, "GET", "/auth_info").error(),
            "pkg/identityserver:invalid_authorization");
}

TEST_F(OAuthAuthorizationsTest, UsersSeeAndWithdrawWhatTheyAuthorized) {
  const auto ada = create_user("ada");
  const auto bob = create_user("bob");
  create_client("app-client");
  create_client("other-client");
  using identity_server::Right;
  const auto issued = authorize("ada", "app-client", {Right::all});
  authorize("ada", "other-client", {Right::user_info});
  const auto list = call_as(ada, "GET", "/users/ada/authorizations");
  EXPECT_EQ(list.at("/authorizations/0/client_ids/client_id"), "app-client");
  EXPECT_EQ(list.at("/authorizations/0/rights/0"), "RIGHT_ALL");
  EXPECT_EQ(last->header("x-total-count"), "2");
  const auto tokens = call_as(ada, "GET", "/users/ada/authorizations/app-client/tokens");
  EXPECT_EQ(tokens.at("/tokens/0/id"), issued.token.id);
  EXPECT_EQ(tokens.at("/tokens/0/access_token"), "");
  EXPECT_EQ(tokens.at("/tokens/0/refresh_token"), "");
  EXPECT_EQ(last->header("x-total-count"), "1");

  EXPECT_EQ(call_as(bob, "GET", "/users/ada/authorizations").status, 403);
  EXPECT_EQ(call_as(bob, "DELETE", "/users/ada/authorizations/app-client").status, 403);
  EXPECT_EQ(call_as(ada, "DELETE", "/users/ada/authorizations/nobody").error(),
            "pkg/identityserver/store:authorization_not_found");
  EXPECT_EQ(call_as(issued.access_text, "GET", "/auth_info").status, 200);
  EXPECT_EQ(call_as(ada, "DELETE", "/users/ada/authorizations/app-client").status, 200);
  EXPECT_EQ(call_as(issued.access_text, "GET", "/auth_info").error(),
            "pkg/identityserver:token_not_found");
  call_as(ada, "GET", "/users/ada/authorizations");
  EXPECT_EQ(last->header("x-total-count"), "1");
}

TEST_F(OAuthAuthorizationsTest, ATokenMayEndItself) {
  create_user("ada");
  create_client("app-client");
  const auto issued = authorize("ada", "app-client", {identity_server::Right::user_info});
  const auto path = "/users/ada/authorizations/app-client/tokens/" + issued.token.id;
  EXPECT_EQ(call_as(issued.access_text, "DELETE",
                    "/users/ada/authorizations/app-client/tokens/" + std::string(39, 'A'))
                .error(),
            "pkg/identityserver/store:access_token_not_found");
  EXPECT_EQ(call_as(issued.access_text, "DELETE", path).status, 200);
  EXPECT_EQ(call_as(issued.access_text, "DELETE", path).status, 401);
}

TEST_F(OAuthAuthorizationsTest, ARevocationOfAllAccessTakesTheTokensToo) {
  const auto ada = create_user("ada");
  create_client("app-client");
  const auto issued = authorize("ada", "app-client", {identity_server::Right::user_info});
  const auto body = R"({"new":"Other99xy","old":"Secret99x","revoke_all_access":true})";
  EXPECT_EQ(call_as(ada, "PUT", "/users/ada/password", body).status, 200);
  EXPECT_EQ(call_as(issued.access_text, "GET", "/auth_info").error(),
            "pkg/identityserver:token_not_found");
}

TEST_F(OAuthAuthorizationsTest, NothingOfAPurgedUserIsOfTheNextWithTheId) {
  settings->login_tokens_enabled = true;
  create_user("ada");
  create_user("bob");
  create_client("app-client");
  const auto issued = authorize("ada", "app-client", {identity_server::Right::all});
  const auto others = authorize("bob", "app-client", {identity_server::Right::all});
  const auto login = call("POST", "/users/ada/login-tokens?skip_email=true").at("/token");
  const EntityKey login_token{EntityKind::login_token, {login}};
  const EntityKey external{EntityKind::external_login, {"https://login.example.org", "ada-1"}};
  pb::UserIdentifiers ids;
  ids.set_user_id("ada");
  create(*deps.identity,
         {.key = external,
          .make = [ids](UtcTime) -> Result<identity_server::Draft> {
            return identity_server::Draft{.message = bytes_of(ids.SerializeAsString())};
          },
          .companions = {},
          .reply = {}});
  ASSERT_TRUE(has(login_token) && has(external));
  ASSERT_EQ(call("DELETE", "/users/ada/purge").status, 200);
  create_user("ada");
  EXPECT_EQ(call_as(issued.access_text, "GET", "/auth_info").error(),
            "pkg/identityserver:token_not_found");
  EXPECT_FALSE(has(identity_server::access_token_entity(issued.token.id))) << "nor its refresh";
  EXPECT_FALSE(has(login_token));
  EXPECT_FALSE(has(external));
  EXPECT_EQ(call_as(others.access_text, "GET", "/auth_info").status, 200);
}

TEST_F(OAuthAuthorizationsTest, NothingOfAPurgedClientIsOfTheNextWithTheId) {
  const auto ada = create_user("ada");
  create_client("app-client");
  create_client("other-client");
  const auto issued = authorize("ada", "app-client", {identity_server::Right::all});
  const auto others = authorize("ada", "other-client", {identity_server::Right::all});
  const auto random = make_secure_random();
  const auto code = oauth::issue_code({"ada", "app-client", "", {identity_server::Right::all}},
                                      "code", {}, deps.identity->ports().now(), *random);
  change(oauth::authorize(code.code, {}));
  ASSERT_EQ(call("DELETE", "/clients/app-client/purge").status, 200);
  create_client("app-client");
  EXPECT_EQ(call_as(issued.access_text, "GET", "/auth_info").error(),
            "pkg/identityserver:token_not_found");
  EXPECT_FALSE(has(oauth::code_entity(code.code.id)));
  EXPECT_EQ(
      call_as(ada, "GET", "/users/ada/authorizations").at("/authorizations/0/client_ids/client_id"),
      "other-client");
  EXPECT_EQ(last->header("x-total-count"), "1");
  EXPECT_EQ(call_as(others.access_text, "GET", "/auth_info").status, 200);
}

TEST_F(OAuthAuthorizationsTest, ChangesOfAccountsAreEvents) {
  const auto ada = create_user("ada");
  token = admin_token;
  call("GET", "/auth_info");  // The gateway runs.
  auto sink = std::make_shared<RecordingSink>();
  const std::string wanted =
      R"({"identifiers":[{"user_ids":{"user_id":"ada"}},{"organization_ids":{"organization_id":"org-1"}},)"
      R"({"client_ids":{"client_id":"app-client"}}]})";
  EXPECT_EQ(create_organization("org-1", "ada").status, 200);
  create_client("app-client");
  gateway->serve({"POST", "/api/v3/events", {{"Authorization", "Bearer " + admin_token}}, wanted},
                 sink);
  sink->wait_for_chunks(1);
  EXPECT_EQ(
      call_as(ada, "PUT", "/users/ada", R"({"user":{"name":"Ada"},"field_mask":"name"})").status,
      200);
  EXPECT_EQ(
      call("PUT", "/clients/app-client", R"({"client":{"name":"App"},"field_mask":"name"})").status,
      200);
  EXPECT_EQ(
      call("PUT", "/organizations/org-1", R"({"organization":{"name":"Org"},"field_mask":"name"})")
          .status,
      200);
  sink->wait_for_chunks(4);
  sink->disconnect();
  sink->wait();
  for (const char* name : {"user.update", "client.update", "organization.update"})
    EXPECT_NE(sink->text().find(name), std::string::npos) << name << sink->text();
}

}  // namespace
}  // namespace ff::api::test
