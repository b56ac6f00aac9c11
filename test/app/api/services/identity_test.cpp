// Applications, gateways, devices and API keys over HTTP JSON, with the real identity server on a
// store in memory.
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

TEST_F(IdentityTest, AnApplicationIsCreatedReadChangedListedAndDeleted) {
  const auto created = create_application("app-1");
  ASSERT_EQ(created.status, 200) << boost::json::serialize(created.body);
  EXPECT_EQ(created.at("/name"), "Name of app-1");
  EXPECT_EQ(create_application("app-1").error(), "pkg/util/store:id_taken");
  EXPECT_EQ(call("GET", "/applications/app-1?field_mask=name").at("/name"), "Name of app-1");
  EXPECT_EQ(call("GET", "/applications/app-1").at("/name"), "") << "not asked for";
  const auto changed =
      call("PUT", "/applications/app-1",
           R"({"application":{"description":"D"},"field_mask":{"paths":["description"]}})");
  ASSERT_EQ(changed.status, 200) << boost::json::serialize(changed.body);
  const auto both = call("GET", "/applications/app-1?field_mask=name,description");
  EXPECT_EQ(both.at("/name"), "Name of app-1");
  EXPECT_EQ(both.at("/description"), "D");
  EXPECT_EQ(call("DELETE", "/applications/app-1").status, 200);
  EXPECT_EQ(call("GET", "/applications/app-1").error(),
            "pkg/identityserver/store:application_not_found");
  EXPECT_EQ(create_application("app-1").status, 409) << "the id stays in use";
}

TEST_F(IdentityTest, AListIsAPageOfWhatTheCallerIsAMemberOf) {
  for (const auto* id : {"app-b", "app-a", "app-c"}) ASSERT_EQ(create_application(id).status, 200);
  const auto first = call("GET", "/applications?limit=2&field_mask=name");
  ASSERT_EQ(first.status, 200) << boost::json::serialize(first.body);
  EXPECT_EQ(last->header("x-total-count"), "3");
  EXPECT_EQ(first.at("/applications/0/ids/application_id"), "app-a");
  EXPECT_EQ(first.at("/applications/1/name"), "Name of app-b");
  EXPECT_EQ(first.at("/applications/2"), "");
  EXPECT_EQ(call("GET", "/applications?limit=2&page=2").at("/applications/0/ids/application_id"),
            "app-c");
  EXPECT_EQ(
      call("GET", "/applications?order=-application_id").at("/applications/0/ids/application_id"),
      "app-c");
  EXPECT_EQ(call("GET", "/applications?order=-name").at("/applications/0/ids/application_id"),
            "app-c");
}

TEST_F(IdentityTest, AGatewayHasItsEuiAloneAndFreesItWhenDeleted) {
  ASSERT_EQ(create_gateway("gtw-1", "0102030405060708").status, 200);
  const auto taken = create_gateway("gtw-2", "0102030405060708");
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken.error(), "pkg/identityserver:gateway_eui_taken");
  EXPECT_EQ(taken.at("/details/0/attributes/gateway_id"), "gtw-1");
  EXPECT_EQ(taken.at("/details/0/attributes/administrative_contact"), "admin");
  EXPECT_EQ(
      call("GET", "/gateways/gtw-1?field_mask=frequency_plan_ids").at("/frequency_plan_ids/0"),
      "EU_863_870_TTN");
  EXPECT_EQ(call("GET", "/gateways").at("/gateways/0/ids/eui"), "0102030405060708");
  EXPECT_EQ(call("DELETE", "/gateways/gtw-1").status, 200);
  EXPECT_EQ(create_gateway("gtw-2", "0102030405060708").status, 200);
}

TEST_F(IdentityTest, DevicesAreOfTheirApplication) {
  ASSERT_EQ(create_application("app-1").status, 200);
  const auto created = create_device("dev-1", "0102030405060708");
  ASSERT_EQ(created.status, 200) << boost::json::serialize(created.body);
  EXPECT_EQ(create_device("dev-2", "0102030405060708").error(),
            "pkg/identityserver:end_device_euis_taken");
  ASSERT_EQ(create_device("dev-2", "0102030405060709").status, 200);
  const auto list = call("GET", "/applications/app-1/devices?field_mask=name");
  EXPECT_EQ(list.at("/end_devices/1/ids/device_id"), "dev-2");
  EXPECT_EQ(list.at("/end_devices/1/name"), "N");
  EXPECT_EQ(call("DELETE", "/applications/app-1").error(),
            "pkg/identityserver:application_has_devices");
  EXPECT_EQ(call("DELETE", "/applications/app-1/devices/dev-1").status, 200);
  EXPECT_EQ(call("GET", "/applications/app-1/devices/dev-1").status, 404);
}

TEST_F(IdentityTest, ADeviceIsActivatedOnce) {
  ASSERT_EQ(create_application("app-1").status, 200);
  ASSERT_EQ(create_device("dev-1", "0102030405060708").status, 200);
  const auto set = [&](const std::string& field) {
    return call("PUT", "/applications/app-1/devices/dev-1",
                R"({"end_device":{"name":"M")" + field + R"(},"field_mask":"name,activated_at"})")
        .status;
  };
  const auto activated = [&] {
    return call("GET", "/applications/app-1/devices/dev-1?field_mask=name,activated_at")
        .at("/activated_at");
  };
  EXPECT_EQ(set(""), 200);
  EXPECT_EQ(activated(), "");
  EXPECT_EQ(set(R"(,"activated_at":"2026-01-02T03:04:05Z")"), 200);
  EXPECT_EQ(set(R"(,"activated_at":"2027-01-02T03:04:05Z")"), 200);
  EXPECT_EQ(set(""), 200);
  EXPECT_EQ(activated(), "2026-01-02T03:04:05Z");
}

TEST_F(IdentityTest, AnApiKeyMayWhatItWasGivenAndNoMore) {
  ASSERT_EQ(create_application("app-1").status, 200);
  ASSERT_EQ(create_application("app-2").status, 200);
  const auto key = call(
      "POST", "/applications/app-1/api-keys",
      R"({"name":"reader","rights":["RIGHT_APPLICATION_INFO","RIGHT_APPLICATION_DEVICES_READ"]})");
  ASSERT_EQ(key.status, 200) << boost::json::serialize(key.body);
  const auto keys = call("GET", "/applications/app-1/api-keys");
  EXPECT_EQ(keys.at("/api_keys/0/name"), "reader");
  EXPECT_EQ(keys.at("/api_keys/0/key"), "") << "shown once";
  token = key.at("/key");
  EXPECT_EQ(call("GET", "/applications/app-1").status, 200);
  EXPECT_EQ(call("GET", "/applications/app-2?field_mask=name").error(),
            "pkg/auth/rights:no_application_rights");
  EXPECT_EQ(call("GET", "/applications/app-2").status, 200) << "that it is there is public";
  EXPECT_EQ(create_device("dev-1", "0102030405060708").error(),
            "pkg/auth/rights:insufficient_application_rights");
  EXPECT_EQ(call("POST", "/applications/app-1/api-keys", R"({"rights":["RIGHT_APPLICATION_ALL"]})")
                .status,
            403);
  EXPECT_EQ(call("GET", "/applications/app-1/rights").at("/rights/0"), "RIGHT_APPLICATION_INFO");
  EXPECT_EQ(call("GET", "/auth_info").at("/api_key/entity_ids/application_ids/application_id"),
            "app-1");
  token = "nonsense";
  EXPECT_EQ(call("GET", "/applications/app-1").status, 400);
}

TEST_F(IdentityTest, AnApiKeyIsChangedByItsMaskAndDeleted) {
  ASSERT_EQ(create_application("app-1").status, 200);
  const auto key = call(
      "POST", "/applications/app-1/api-keys",
      R"({"name":"reader","rights":["RIGHT_APPLICATION_INFO"],"expires_at":"2100-01-01T00:00:00Z"})");
  ASSERT_EQ(key.status, 200) << boost::json::serialize(key.body);
  const auto path = "/applications/app-1/api-keys/" + key.at("/id");
  const auto named =
      call("PUT", path, R"({"api_key":{"name":"N"},"field_mask":{"paths":["name"]}})");
  ASSERT_EQ(named.status, 200) << boost::json::serialize(named.body);
  EXPECT_EQ(named.at("/name"), "N");
  EXPECT_EQ(named.at("/key"), "") << "shown once";
  EXPECT_EQ(named.at("/rights/0"), "RIGHT_APPLICATION_INFO") << "not in the mask";
  EXPECT_EQ(named.at("/expires_at"), "2100-01-01T00:00:00Z");
  const auto changed = call(
      "PUT", path,
      R"({"api_key":{"rights":["RIGHT_APPLICATION_LINK"]},"field_mask":{"paths":["rights","expires_at"]}})");
  EXPECT_EQ(changed.at("/rights/0"), "RIGHT_APPLICATION_LINK");
  EXPECT_EQ(changed.at("/rights/1"), "");
  EXPECT_EQ(changed.at("/expires_at"), "") << "in the mask and absent";
  EXPECT_EQ(call("GET", path).at("/rights/0"), "RIGHT_APPLICATION_LINK");
  EXPECT_EQ(call("DELETE", path).status, 200);
  const auto gone = call("GET", path);
  EXPECT_EQ(gone.error(), "pkg/identityserver/store:api_key_not_found");
  EXPECT_EQ(gone.at("/details/0/attributes/api_key_id"), key.at("/id"));
  EXPECT_EQ(call("DELETE", path).status, 404);
  EXPECT_EQ(call("PUT", path, R"({"api_key":{"name":"N"},"field_mask":{"paths":["name"]}})").status,
            404);
}

TEST_F(IdentityTest, AnApiKeyWithoutRightsIsDeleted) {
  ASSERT_EQ(create_gateway("gtw-1", "0102030405060708").status, 200);
  const auto key = call("POST", "/gateways/gtw-1/api-keys", R"({"rights":["RIGHT_GATEWAY_LINK"]})");
  const auto path = "/gateways/gtw-1/api-keys/" + key.at("/id");
  // Rights and name, as for a request without a mask.
  EXPECT_EQ(call("PUT", path, R"({"api_key":{"name":"N"}})").status, 200);
  EXPECT_EQ(call("GET", path).status, 404);
  token = key.at("/key");
  EXPECT_EQ(call("GET", "/gateways/gtw-1").error(), "pkg/identityserver:api_key_not_found");
  token = admin_token;
}

TEST_F(IdentityTest, NobodyGivesOrTakesRightsThatTheyDoNotHave) {
  ASSERT_EQ(create_application("app-1").status, 200);
  const auto key = [&](const std::string& given) {
    return call("POST", "/applications/app-1/api-keys", R"({"rights":[)" + given + "]}");
  };
  const auto strong = key(R"("RIGHT_APPLICATION_DELETE","RIGHT_APPLICATION_INFO")");
  const auto weak = key(R"("RIGHT_APPLICATION_INFO","RIGHT_APPLICATION_SETTINGS_API_KEYS")");
  const auto change = [&](const Answer& target, const std::string& wanted) {
    return call("PUT", "/applications/app-1/api-keys/" + target.at("/id"),
                R"({"api_key":{"rights":[)" + wanted + R"(]},"field_mask":{"paths":["rights"]}})");
  };
  token = weak.at("/key");
  const auto takes = change(strong, R"("RIGHT_APPLICATION_INFO")");
  EXPECT_EQ(takes.error(), "pkg/auth/rights:insufficient_application_rights");
  EXPECT_EQ(takes.at("/details/0/attributes/missing/0"), "RIGHT_APPLICATION_DELETE");
  EXPECT_EQ(change(weak, R"("RIGHT_APPLICATION_ALL")").status, 403) << "gives";
  EXPECT_EQ(change(strong, R"("RIGHT_APPLICATION_DELETE")").status, 200)
      << "takes what it has itself";
}

TEST_F(IdentityTest, ApiKeysAreListedInTheOrderOfTheirExpiry) {
  ASSERT_EQ(create_application("app-1").status, 200);
  for (
      const auto* wish :
      {R"({"name":"never","rights":["RIGHT_APPLICATION_INFO"]})",
       R"({"name":"late","rights":["RIGHT_APPLICATION_INFO"],"expires_at":"2200-01-01T00:00:00Z"})",
       R"({"name":"soon","rights":["RIGHT_APPLICATION_INFO"],"expires_at":"2090-01-01T00:00:00Z"})"}) {
    ASSERT_EQ(call("POST", "/applications/app-1/api-keys", wish).status, 200);
  }
  const auto keys = call("GET", "/applications/app-1/api-keys?order=expires_at");
  EXPECT_EQ(keys.at("/api_keys/0/name"), "soon");
  EXPECT_EQ(keys.at("/api_keys/1/name"), "late");
  EXPECT_EQ(keys.at("/api_keys/2/name"), "never");
  EXPECT_EQ(call("GET", "/applications/app-1/api-keys?order=-expires_at&limit=1&page=2")
                .at("/api_keys/0/name"),
            "late");
}

TEST_F(IdentityTest, APageOfApiKeysIsAsLongAsTheSettingSays) {
  ASSERT_EQ(create_application("app-1").status, 200);
  settings->default_page_limit = 2;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(
        call("POST", "/applications/app-1/api-keys", R"({"rights":["RIGHT_APPLICATION_INFO"]})")
            .status,
        200);
  }
  const auto keys = call("GET", "/applications/app-1/api-keys");
  EXPECT_NE(keys.at("/api_keys/1/id"), "");
  EXPECT_EQ(keys.at("/api_keys/2/id"), "");
}

TEST_F(IdentityTest, TheAdminIsToldSo) {
  const auto info = call("GET", "/auth_info");
  ASSERT_EQ(info.status, 200) << boost::json::serialize(info.body);
  EXPECT_EQ(info.at("/is_admin"), "true");
  EXPECT_EQ(info.at("/api_key/entity_ids/user_ids/user_id"), "admin");
}

TEST_F(IdentityTest, ARestrictedKeyOfAnAdminIsNoAdmins) {
  settings->login_tokens_enabled = true;
  settings->user_rights.create_gateways = false;
  create_user("ada");
  ASSERT_EQ(call("POST", "/users/ada/applications",
                 R"({"application":{"ids":{"application_id":"app-1"}}})")
                .status,
            200);
  const auto key = call("POST", "/users/admin/api-keys",
                        R"({"rights":["RIGHT_USER_ALL","RIGHT_APPLICATION_ALL"]})");
  ASSERT_EQ(key.status, 200) << boost::json::serialize(key.body);
  token = key.at("/key");
  EXPECT_EQ(call("GET", "/auth_info").at("/is_admin"), "true") << "the user still is one";

  const auto made = call("POST", "/users",
                         R"({"user":{"ids":{"user_id":"eve"},"admin":true,)"
                         R"("password":"Secret99x",)"
                         R"("primary_email_address":"eve@example.org"}})");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.at("/admin"), "");
  EXPECT_EQ(call("POST", "/users/ada/login-tokens?skip_email=true").at("/token"), "");
  EXPECT_EQ(call("POST", "/users/admin/clients",
                 R"({"client":{"ids":{"client_id":"cli-1"},"state":"STATE_APPROVED"}})")
                .at("/state_description"),
            "admin approval required");
  EXPECT_EQ(call("GET", "/search/applications").at("/applications"), "");
  struct Case {
    std::string method;
    std::string path;
    std::string error;
    std::string body = {};
  };
  const Case refused[] = {
      {"GET", "/users", "permission_denied"},
      {"GET", "/search/users", "search_forbidden"},
      {"DELETE", "/users/ada/purge", "admins_purge_users"},
      {"DELETE", "/applications/app-1/purge", "admins_purge_applications"},
      {"PUT", "/users/admin", "update_admin_field",
       R"({"user":{"admin":true},"field_mask":"admin"})"},
      {"POST", "/users/admin/gateways", "admins_create_gateways",
       R"({"gateway":{"ids":{"gateway_id":"gtw-1"}}})"},
  };
  for (const auto& [method, path, error, body] : refused)
    EXPECT_EQ(call(method, path, body).error(), "pkg/identityserver:" + error) << path;
}

TEST_F(IdentityTest, DownlinksOfADeviceAreQueuedAndListed) {
  ASSERT_EQ(create_application("app-1").status, 200);
  const std::string path = "/as/applications/app-1/devices/dev-1/down";
  const auto pushed =
      call("POST", path + "/push",
           R"({"downlinks":[{"f_port":5,"frm_payload":"AQI=","priority":"HIGH"}]})");
  ASSERT_EQ(pushed.status, 200) << boost::json::serialize(pushed.body);
  const auto list = call("GET", path);
  EXPECT_EQ(list.at("/downlinks/0/frm_payload"), "AQI=");
  EXPECT_EQ(list.at("/downlinks/0/priority"), "HIGH");
  EXPECT_EQ(call("POST", path + "/replace", "{}").status, 200);
  EXPECT_EQ(call("GET", path).at("/downlinks"), "");
}

}  // namespace
}  // namespace ff::api::test
