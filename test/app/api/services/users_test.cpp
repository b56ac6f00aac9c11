// Users over HTTP JSON: registration, passwords, states, admins.
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

using UsersTest = IdentityTest;

std::string registration(const std::string& id, const std::string& password,
                         const std::string& more = "") {
  return R"({"user":{"ids":{"user_id":")" + id + R"("},"password":")" + password +
         R"(","primary_email_address":")" + id + R"(@example.org")" + more + "}}";
}

TEST_F(UsersTest, AnyoneRegistersAndIsApproved) {
  token = "";
  const auto made = call("POST", "/users", registration("ada", "Secret99x", R"(,"admin":true)"));
  ASSERT_EQ(made.status, 200) << boost::json::serialize(made.body);
  EXPECT_EQ(made.at("/state"), "STATE_APPROVED");
  EXPECT_EQ(made.at("/password"), "");
  EXPECT_EQ(made.at("/admin"), "") << "nobody makes himself admin";
  EXPECT_EQ(call("POST", "/users", registration("ada", "Secret99x")).error(),
            "pkg/util/store:id_taken");
  const auto same_address =
      R"({"user":{"ids":{"user_id":"bob"},"password":"Secret99x","primary_email_address":"ADA@example.org"}})";
  EXPECT_EQ(call("POST", "/users", same_address).error(), "pkg/util/store:already_exists");
  EXPECT_EQ(call("GET", "/users/ada").status, 401);
}

TEST_F(UsersTest, PasswordsFollowTheRules) {
  struct Case {
    std::string password;
    std::string error;
  };
  const Case cases[] = {
      {"Short1", "password_strength_min_length"},
      {"nouppercase1", "password_strength_uppercase"},
      {"NoDigitsHere", "password_strength_digits"},
      {"Xada-is-me1", "password_contains_user_id"},
  };
  for (const auto& row : cases) {
    const auto refused = call("POST", "/users", registration("ada", row.password));
    EXPECT_EQ(refused.error(), "pkg/identityserver:" + row.error) << row.password;
    EXPECT_EQ(refused.status, 400);
  }
  settings->registration.passwords.reject_common = true;
  EXPECT_EQ(call("POST", "/users", registration("ada", "Password123")).error(),
            "pkg/identityserver:common_password");
}

TEST_F(UsersTest, RegistrationIsRefusedAsTheOperatorSays) {
  EXPECT_EQ(call("POST", "/users", registration("root", "Secret99x")).error(),
            "pkg/identityserver/blocklist:forbidden_id");
  settings->registration.enabled = false;
  EXPECT_EQ(call_as("", "POST", "/users", registration("ada", "Secret99x")).error(),
            "pkg/identityserver:user_registration_disabled");
  EXPECT_EQ(call("POST", "/users", registration("ada", "Secret99x")).status, 200)
      << "admins create users nevertheless";
}

TEST_F(UsersTest, AnInvitationIsForOneRegistration) {
  settings->registration.invitation_required = true;
  const auto with_token = [](const std::string& id, const std::string& invitation) {
    auto body = registration(id, "Secret99x");
    body.pop_back();
    return body + R"(,"invitation_token":")" + invitation + R"("})";
  };
  EXPECT_EQ(call_as("", "POST", "/users", registration("ada", "Secret99x")).error(),
            "pkg/identityserver:invitation_token_required");
  // Nothing is decoded for an invitation that nobody has sent.
  EXPECT_EQ(call_as("", "POST", "/users",
                    R"({"user":{"ids":{"user_id":"eve"},"password":"Secret123456",)"
                    R"("primary_email_address":"eve@example.org",)"
                    R"("profile_picture":{"embedded":{"data":"AAAA"}}},"invitation_token":"X"})")
                .error(),
            "pkg/identityserver/store:invitation_not_found");
  const auto sent = call("POST", "/invitations", R"({"email":"ada@example.org"})");
  ASSERT_EQ(sent.status, 200) << boost::json::serialize(sent.body);
  EXPECT_EQ(call("POST", "/invitations", R"({"email":"ada@example.org"})").error(),
            "pkg/identityserver/store:invitation_already_sent");
  const auto invitation = mailed("Invitation token: ");
  EXPECT_EQ(invitation.size(), 52U);
  EXPECT_EQ(call_as("", "POST", "/users", with_token("ada", "nonsense")).error(),
            "pkg/identityserver/store:invitation_not_found");
  EXPECT_EQ(call_as("", "POST", "/users", with_token("ada", invitation)).status, 200);
  EXPECT_EQ(call_as("", "POST", "/users", with_token("bob", invitation)).error(),
            "pkg/identityserver/store:invitation_already_used");
  const auto list = call("GET", "/invitations");
  EXPECT_EQ(list.at("/invitations/0/accepted_by/user_id"), "ada");
  EXPECT_EQ(call("DELETE", "/invitations?email=ada@example.org").status, 200);
  settings->registration.invitation_required = false;
  EXPECT_EQ(call_as(create_user("bob"), "GET", "/invitations").error(),
            "pkg/identityserver:no_invite_rights");
}

TEST_F(UsersTest, AUserReadsAllOfHimselfAndLittleOfOthers) {
  const auto ada = create_user("ada");
  const auto bob = create_user("bob");
  EXPECT_EQ(call_as(ada, "GET", "/users/ada?field_mask=primary_email_address")
                .at("/primary_email_address"),
            "ada@example.org");
  EXPECT_EQ(call_as(bob, "GET", "/users/ada?field_mask=primary_email_address").error(),
            "pkg/auth/rights:no_user_rights");
  const auto seen = call_as(bob, "GET", "/users/ada?field_mask=state,profile_picture");
  EXPECT_EQ(seen.at("/state"), "STATE_APPROVED");
  EXPECT_NE(seen.at("/profile_picture/sizes/64").find("gravatar.com/avatar/"), std::string::npos);
  EXPECT_EQ(call_as(ada, "GET", "/users/ada?field_mask=password").error(),
            "pkg/rpcmiddleware/validator:field_mask_paths");
  EXPECT_EQ(call_as(bob, "GET", "/users").error(), "pkg/identityserver:permission_denied");
  const auto all = call("GET", "/users?order=-user_id&limit=2");
  EXPECT_EQ(all.at("/users/0/ids/user_id"), "bob");
  EXPECT_EQ(all.at("/users/1/ids/user_id"), "admin");
  EXPECT_EQ(last->header("x-total-count"), "3");
}

TEST_F(UsersTest, AdminFieldsAreForAdmins) {
  const auto ada = create_user("ada");
  const auto change = R"({"user":{"name":"Ada","state":"STATE_SUSPENDED"},"field_mask":"state"})";
  const auto refused = call_as(ada, "PUT", "/users/ada", change);
  EXPECT_EQ(refused.error(), "pkg/identityserver:update_admin_field");
  EXPECT_EQ(refused.at("/details/0/attributes/field"), "state");
  EXPECT_EQ(call_as(ada, "PUT", "/users/ada", R"({"user":{"name":"Ada"},"field_mask":"name"})")
                .at("/name"),
            "Ada");
  EXPECT_EQ(call("PUT", "/users/ada", change).status, 200);
  const auto suspended = call_as(ada, "GET", "/users/admin?field_mask=name");
  EXPECT_EQ(suspended.error(), "pkg/identityserver:user_suspended");
  EXPECT_EQ(suspended.status, 403);
  EXPECT_EQ(call_as(ada, "GET", "/users/ada").status, 200) << "a suspended user may see himself";
  EXPECT_NE(last->header("x-warning"), "");
  EXPECT_EQ(call_as(ada, "POST", "/users/ada/applications",
                    R"({"application":{"ids":{"application_id":"app-1"}}})")
                .status,
            403);
}

TEST_F(UsersTest, TheLastAdminStays) {
  const auto demote = R"({"user":{"admin":false},"field_mask":"admin"})";
  EXPECT_EQ(call("PUT", "/users/admin", demote).error(), "pkg/identityserver/store:last_admin");
  EXPECT_EQ(call("DELETE", "/users/admin").error(), "pkg/identityserver/store:last_admin");
  create_user("ada");
  ASSERT_EQ(call("PUT", "/users/ada", R"({"user":{"admin":true},"field_mask":"admin"})").status,
            200);
  EXPECT_EQ(call("PUT", "/users/admin", demote).status, 200);
  EXPECT_EQ(call("GET", "/users").error(), "pkg/identityserver:permission_denied")
      << "at once, with a key that was an admin's a moment ago";
}

TEST_F(UsersTest, APasswordIsChangedWithTheOldOne) {
  const auto ada = create_user("ada");
  const auto session = create_session("ada");
  const auto change = [&](const std::string& from, const std::string& to,
                          const std::string& more = "") {
    return call_as("", "PUT", "/users/ada/password",
                   R"({"old":")" + from + R"(","new":")" + to + "\"" + more + "}");
  };
  EXPECT_EQ(change("wrong", "Better100").error(), "pkg/identityserver:old_password");
  EXPECT_EQ(change("Secret99x", "Secret99x").error(), "pkg/identityserver:password_equals_old");
  EXPECT_EQ(change("Secret99x", "weak").error(), "pkg/identityserver:password_strength_min_length");
  EXPECT_EQ(change("Secret99x", "Better100").status, 200);
  EXPECT_EQ(call_as(session, "GET", "/users/ada").status, 200);
  EXPECT_EQ(change("Better100", "Better101", R"(,"revoke_all_access":true)").status, 200);
  EXPECT_EQ(call_as(session, "GET", "/users/ada").error(), "pkg/identityserver:token_not_found");
  EXPECT_EQ(call_as(ada, "GET", "/users/ada").status, 200) << "API keys stay";
  EXPECT_EQ(change("Secret99x", "Better102").error(), "pkg/identityserver:old_password");
}

TEST_F(UsersTest, OldPasswordsAreNotGuessedForever) {
  create_user("ada");
  create_user("bob");
  const auto change = [&](const std::string& user, const std::string& from) {
    return call_as("", "PUT", "/users/" + user + "/password",
                   R"({"old":")" + from + R"(","new":"Better100"})");
  };
  for (std::uint32_t i = 0; i < ThrottleRules{}.per_account; ++i)
    EXPECT_EQ(change("ada", "guess" + std::to_string(i)).error(),
              "pkg/identityserver:old_password");
  const auto refused = change("ada", "Secret99x");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.error(), "pkg/ratelimit:rate_limit_exceeded");
  EXPECT_EQ(change("bob", "Secret99x").status, 200);
}

/// Callers without credentials, known by their addresses.
class StrangersTest : public UsersTest {
 protected:
  Answer call_from(const std::string& address, const std::string& method, const std::string& path,
                   const std::string& body = "") {
    if (!gateway) start();
    auto sink = std::make_shared<RecordingSink>();
    gateway->serve({method, "/api/v3" + path, {{"X-Real-IP", address}}, body}, sink);
    sink->wait();
    boost::json::error_code error;
    return {sink->status(), boost::json::parse(sink->text(), error)};
  }
  Answer change_from(const std::string& address, const std::string& from, const std::string& to) {
    return call_from(address, "PUT", "/users/ada/password",
                     R"({"old":")" + from + R"(","new":")" + to + "\"}");
  }
};

TEST_F(StrangersTest, WhoGuessesDoesNotLockOutWhoseItIs) {
  create_user("ada");
  ASSERT_EQ(change_from("192.0.2.1", "Secret99x", "Better100").status, 200);
  for (std::uint32_t i = 0; i < ThrottleRules{}.per_account; ++i)
    EXPECT_EQ(change_from("198.51.100.1", "guess", "Better101").status, 401);
  EXPECT_EQ(change_from("198.51.100.1", "Better100", "Better101").status, 429);
  EXPECT_EQ(change_from("198.51.100.2", "Better100", "Better101").status, 429);
  EXPECT_EQ(change_from("192.0.2.1", "Better100", "Better101").status, 200);
}

TEST_F(StrangersTest, LoginTokensAreAskedForSoOftenFromOneAddress) {
  create_user("ada");
  settings->login_tokens_enabled = true;
  for (std::uint32_t i = 0; i < ThrottleRules{}.per_address; ++i)
    ASSERT_EQ(call_from("198.51.100.1", "POST", "/users/nobody-here/login-tokens").status, 404);
  EXPECT_EQ(call_from("198.51.100.1", "POST", "/users/ada/login-tokens").status, 429);
  EXPECT_EQ(call_from("192.0.2.1", "POST", "/users/ada/login-tokens").status, 200);
}

TEST_F(StrangersTest, TemporaryPasswordsAreAskedForSoOftenFromOneAddress) {
  create_user("ada");
  const auto ask = [&](const std::string& address) {
    return call_from(address, "POST", "/users/nobody-here/temporary_password").status;
  };
  for (std::uint32_t i = 0; i < ThrottleRules{}.per_address; ++i)
    ASSERT_EQ(ask("198.51.100.1"), 404);
  EXPECT_EQ(ask("198.51.100.1"), 429);
  EXPECT_EQ(call_from("198.51.100.1", "POST", "/users/ada/temporary_password").status, 429);
  EXPECT_EQ(call_from("192.0.2.1", "POST", "/users/ada/temporary_password").status, 200);
  // A registration costs as much, and sends mail as well.
  EXPECT_EQ(call_from("198.51.100.1", "POST", "/users", registration("eve", "Secret99x")).status,
            429);
  EXPECT_EQ(call_from("192.0.2.1", "POST", "/users", registration("eve", "Secret99x")).status, 200);
}

TEST_F(UsersTest, ATemporaryPasswordIsMailedAndUsedOnce) {
  create_user("ada");
  ASSERT_EQ(call_as("", "POST", "/users/ada/temporary_password").status, 200);
  EXPECT_EQ(call_as("", "POST", "/users/ada/temporary_password").error(),
            "pkg/identityserver:temporary_password_still_valid");
  EXPECT_EQ(call_as("", "POST", "/users/nobody-here/temporary_password").status, 404);
  const auto temporary = mailed("Temporary password: ");
  EXPECT_EQ(temporary.size(), 52U);
  const auto change = [&](const std::string& to) {
    return call_as("", "PUT", "/users/ada/password",
                   R"({"old":")" + temporary + R"(","new":")" + to + "\"}");
  };
  EXPECT_EQ(change("Better100").status, 200);
  EXPECT_EQ(change("Better101").error(), "pkg/identityserver:old_password");
  ASSERT_EQ(call("PUT", "/users/ada",
                 R"({"user":{"temporary_password":"Tempo99x",)"
                 R"("temporary_password_expires_at":"2001-01-01T00:00:00Z"},)"
                 R"("field_mask":"temporary_password,temporary_password_expires_at"})")
                .status,
            200);
  EXPECT_EQ(
      call_as("", "PUT", "/users/ada/password", R"({"old":"Tempo99x","new":"Better103"})").error(),
      "pkg/identityserver:temporary_password_expired");
}

TEST_F(UsersTest, ATemporaryPasswordThatComesWithAnAccountCountsFromThenOn) {
  ASSERT_EQ(call("POST", "/users",
                 R"({"user":{"ids":{"user_id":"ada"},"primary_email_address":"ada@example.com",)"
                 R"("password":"Secret99x","temporary_password":"Tempo99x"}})")
                .status,
            200);
  EXPECT_EQ(
      call_as("", "PUT", "/users/ada/password", R"({"old":"Tempo99x","new":"Better100"})").status,
      200);
}

TEST_F(UsersTest, ADeletedUserMayComeBackAndAPurgedOneLeavesNothing) {
  const auto ada = create_user("ada");
  ASSERT_EQ(call_as(ada, "POST", "/users/ada/applications",
                    R"({"application":{"ids":{"application_id":"app-1"}}})")
                .status,
            200);
  ASSERT_EQ(call_as(ada, "DELETE", "/users/ada").status, 200);
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1").status, 401);
  EXPECT_EQ(call("POST", "/users", registration("ada", "Secret99x")).status, 409);
  EXPECT_EQ(call("GET", "/users?deleted=true").at("/users/0/ids/user_id"), "ada");
  ASSERT_EQ(call("POST", "/users/ada/restore").status, 200);
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1").status, 200);
  EXPECT_EQ(call_as(ada, "DELETE", "/users/ada/purge").error(),
            "pkg/identityserver:admins_purge_users");
  ASSERT_EQ(call("DELETE", "/users/ada/purge").status, 200);
  EXPECT_EQ(call("DELETE", "/users/ada/purge").status, 404);
  const auto again = create_user("ada");
  EXPECT_EQ(call_as(ada, "GET", "/users/ada").status, 401);
  EXPECT_EQ(call_as(again, "GET", "/applications").at("/applications"), "");
  EXPECT_EQ(call_as(again, "GET", "/applications/app-1?field_mask=name").error(),
            "pkg/auth/rights:no_application_rights");
}

TEST_F(UsersTest, KeysOfAUserMayWhatTheUserMay) {
  const auto ada = create_user("ada");
  const auto key = call_as(ada, "POST", "/users/ada/api-keys",
                           R"({"name":"k","rights":["RIGHT_USER_INFO","RIGHT_APPLICATION_INFO"]})");
  ASSERT_EQ(key.status, 200) << boost::json::serialize(key.body);
  EXPECT_EQ(call_as(key.at("/key"), "GET", "/users/ada").status, 200);
  EXPECT_EQ(
      call_as(key.at("/key"), "POST", "/users/ada/api-keys", R"({"rights":["RIGHT_USER_INFO"]})")
          .error(),
      "pkg/auth/rights:insufficient_user_rights");
  const auto listed = call_as(ada, "GET", "/users/ada/rights");
  const auto text = boost::json::serialize(listed.body);
  EXPECT_NE(text.find("RIGHT_USER_ALL"), std::string::npos);
  EXPECT_NE(text.find("RIGHT_APPLICATION_LINK"), std::string::npos) << "for keys to be made";
  EXPECT_EQ(text.find("\"RIGHT_ALL\""), std::string::npos);
}

TEST_F(UsersTest, SessionsAreListedAndEnded) {
  const auto ada = create_user("ada");
  const auto session = create_session("ada");
  const auto info = call_as(session, "GET", "/auth_info");
  EXPECT_EQ(info.at("/user_session/user_ids/user_id"), "ada");
  EXPECT_EQ(info.at("/user_session/session_secret"), "");
  const auto list = call_as(ada, "GET", "/users/ada/sessions");
  ASSERT_NE(list.at("/sessions/0/session_id"), "");
  EXPECT_EQ(list.at("/sessions/0/session_secret"), "");
  const auto path = "/users/ada/sessions/" + list.at("/sessions/0/session_id");
  EXPECT_EQ(call_as(create_user("bob"), "DELETE", path).status, 403);
  EXPECT_EQ(call_as(ada, "DELETE", path).status, 200);
  EXPECT_EQ(call_as(session, "GET", "/auth_info").error(), "pkg/identityserver:token_not_found");
  EXPECT_EQ(call_as(ada, "DELETE", path).error(),
            "pkg/identityserver/store:user_session_not_found");
}

TEST_F(UsersTest, LoginTokensAreMailedOrShownToAdmins) {
  create_user("ada");
  EXPECT_EQ(call_as("", "POST", "/users/ada/login-tokens").error(),
            "pkg/identityserver:login_tokens_disabled");
  settings->login_tokens_enabled = true;
  const auto mine = call_as("", "POST", "/users/ada/login-tokens");
  EXPECT_EQ(mine.status, 200);
  EXPECT_EQ(mine.at("/token"), "");
  EXPECT_EQ(mailed("Token: ").size(), 52U);
  EXPECT_EQ(call("POST", "/users/ada/login-tokens?skip_email=true").at("/token").size(), 52U);
  EXPECT_EQ(call("POST", "/users/admin/login-tokens?skip_email=true").status, 403);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call_as("", "POST", "/users/ada/login-tokens").status, 200);
  EXPECT_EQ(call_as("", "POST", "/users/ada/login-tokens").error(),
            "pkg/identityserver:login_tokens_still_valid");
}

TEST_F(UsersTest, AnAddressIsValidatedByItsToken) {
  settings->registration.validation_required = true;
  const auto ada = create_user("ada");
  EXPECT_EQ(call_as(ada, "POST", "/users/ada/applications",
                    R"({"application":{"ids":{"application_id":"app-1"}}})")
                .status,
            403);
  const auto id = mailed("Validation ID: ");
  const auto mail_token = mailed("Token: ");
  const auto validate = [&](const std::string& with) {
    return call_as("", "PATCH", "/email/validation",
                   R"({"id":")" + id + R"(","token":")" + with + "\"}");
  };
  EXPECT_EQ(call_as(ada, "POST", "/email/validation", R"({"user_id":"ada"})").error(),
            "pkg/identityserver:validation_request_forbidden");
  EXPECT_EQ(validate("nonsense").error(), "pkg/identityserver/store:validation_token_not_found");
  ASSERT_EQ(validate(mail_token).status, 200);
  EXPECT_EQ(validate(mail_token).error(), "pkg/identityserver/store:validation_token_already_used");
  EXPECT_EQ(call_as(ada, "POST", "/users/ada/applications",
                    R"({"application":{"ids":{"application_id":"app-1"}}})")
                .status,
            200);
  ASSERT_EQ(call_as(ada, "PUT", "/users/ada",
                    R"({"user":{"primary_email_address":"new@example.org"},)"
                    R"("field_mask":"primary_email_address"})")
                .status,
            200);
  EXPECT_EQ(call_as(ada, "GET", "/applications/app-1?field_mask=name").status, 403)
      << "another address";
}

}  // namespace
}  // namespace ff::api::test
