// What calls leave in the audit log, and who may read it.
#include "actors/audit/supervisor.hpp"
#include "app/api/services/audit/calls.hpp"
#include "test/app/api/services/identity_fixture.hpp"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api::test {
namespace {

class AuditServices : public IdentityTest {
 protected:
  AuditServices() {
    log = ff::audit::start(
        *system, {.deps = actor_deps(), .store = &engine(), .log = {.keys = {Bytes(16, 1)}}},
        routes, nullptr);
    deps.audit = routes;
    audit->chosen = make_call_audit({.asker = Asker({}, std::chrono::seconds(5)),
                                     .log = routes,
                                     .authenticator = authenticator});
  }
  ~AuditServices() override {
    if (gateway) server->shutdown(std::chrono::seconds(1));
    caf::anon_send_exit(log, caf::exit_reason::user_shutdown);
    log = nullptr;
    deps.audit.reset();
    routes.writer.clear();
    routes.reader.clear();
  }

  boost::json::array records(const std::string& query = "") {
    const auto answer = call("GET", "/farfield/audit/records" + query);
    EXPECT_EQ(answer.status, 200) << boost::json::serialize(answer.body);
    const auto* found = answer.body.as_object().if_contains("records");
    return found != nullptr ? found->as_array() : boost::json::array();
  }
  static std::string text(const boost::json::value& record, std::string_view pointer) {
    return Answer{200, record}.at(pointer);
  }
  void create_application(const std::string& id) {
    ASSERT_EQ(call("POST", "/users/admin/applications",
                   R"({"application":{"ids":{"application_id":")" + id + R"("},"name":"first"}})")
                  .status,
              200);
  }

  ff::audit::Routes routes;
  caf::actor log;
};

TEST_F(AuditServices, AChangeIsRecordedWithWhoWhatBeforeAndAfter) {
  create_application("app");
  ASSERT_EQ(call("PUT", "/applications/app",
                 R"({"application":{"name":"second"},"field_mask":{"paths":["name"]}})")
                .status,
            200);
  const auto found = records("?entity=application:app&method=ApplicationRegistry/Update");
  ASSERT_EQ(found.size(), 1U);
  const auto& record = found[0];
  EXPECT_EQ(text(record, "/action"), "change");
  EXPECT_EQ(text(record, "/method"), "ttn.lorawan.v3.ApplicationRegistry/Update");
  EXPECT_EQ(text(record, "/account"), "user:admin");
  EXPECT_EQ(text(record, "/credential"), "api_key");
  EXPECT_EQ(text(record, "/is_admin"), "true");
  EXPECT_EQ(text(record, "/outcome"), "ok");
  EXPECT_EQ(text(record, "/request_id"), "ULID");
  EXPECT_EQ(text(record, "/changes/0/entity"), "application:app");
  EXPECT_EQ(text(record, "/changes/0/path"), "name");
  EXPECT_EQ(text(record, "/changes/0/before"), "first");
  EXPECT_EQ(text(record, "/changes/0/after"), "second");
  EXPECT_EQ(text(record, "/changes/1/path"), "");
}

TEST_F(AuditServices, ACreationShowsTheEntityAndItsOwner) {
  create_application("app");
  const auto found = records("?method=ApplicationRegistry/Create");
  ASSERT_EQ(found.size(), 1U);
  const auto shown = boost::json::serialize(found[0]);
  EXPECT_NE(shown.find("application:app/collaborator:user:admin"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\"first\""), std::string::npos);
}

TEST_F(AuditServices, KeysAreNamedAndNeverShown) {
  create_application("app");
  const auto created = call("POST", "/applications/app/api-keys",
                            R"({"name":"k","rights":["RIGHT_APPLICATION_INFO"]})");
  ASSERT_EQ(created.status, 200);
  const auto found = records("?method=ApplicationAccess/CreateAPIKey");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(text(found[0], "/keys/0"), "key");
  const auto secret = created.at("/key").substr(created.at("/key").rfind('.') + 1);
  ASSERT_GT(secret.size(), 20U);
  const auto all = boost::json::serialize(records());
  EXPECT_EQ(all.find(secret), std::string::npos);
  EXPECT_NE(all.find("/api_key:" + created.at("/id")), std::string::npos);
  EXPECT_EQ(all.find("PBKDF2"), std::string::npos) << "nor their hashes";
}

TEST_F(AuditServices, WhatIsRefusedAndWhatFailsIsRecordedWithItsError) {
  create_application("app");
  const auto bob = create_user("bob");
  EXPECT_EQ(call_as(bob, "DELETE", "/applications/app").status, 403);
  EXPECT_EQ(call("DELETE", "/applications/none").status, 404);
  const auto refused = records("?account=user:bob&outcome=failed");
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(text(refused[0], "/outcome"), "pkg/auth/rights:no_application_rights");
  EXPECT_EQ(text(refused[0], "/changes/0/path"), "");
  EXPECT_EQ(records("?account=user:admin&outcome=failed").size(), 1U);
}

TEST_F(AuditServices, WhoIsRefusedAgainAndAgainDoesNotFillTheLog) {
  create_application("app");
  const auto bob = create_user("bob");
  const auto before = records().size();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(call_as(bob, "DELETE", "/applications/app").status, 403);
    EXPECT_EQ(call("DELETE", "/applications/none").status, 404);
  }
  EXPECT_LT(records().size(), before + 10);
  EXPECT_FALSE(records("?account=user:bob&outcome=failed").empty());
}

TEST_F(AuditServices, StrangersDoNotFillTheLog) {
  const auto before = records().size();
  EXPECT_EQ(call_as("", "PUT", "/applications/app",
                    R"({"application":{"name":"x"},"field_mask":{"paths":["name"]}})")
                .status,
            401);
  const std::string forbidden = R"({"user":{"ids":{"user_id":"admin"},"password":"Secret123456",)"
                                R"("primary_email_address":"a@example.com"}})";
  EXPECT_EQ(call_as("", "POST", "/users", forbidden).status, 400);
  EXPECT_EQ(call("POST", "/users", forbidden).status, 400);
  const auto after = records();
  ASSERT_EQ(after.size(), before + 1) << "a known caller's alone";
  EXPECT_EQ(text(after[0], "/account"), "user:admin") << "also for methods that are open";
}

TEST_F(AuditServices, ReadingLeavesNoRecord) {
  create_application("app");
  const auto before = records().size();
  for (const char* path : {"/applications/app", "/applications", "/users/admin/applications",
                           "/auth_info", "/applications/app/api-keys", "/users/admin"})
    EXPECT_EQ(call("GET", path).status, 200) << path;
  EXPECT_EQ(records().size(), before);
}

TEST_F(AuditServices, SecretsThatAreHandedOutAreRecorded) {
  ASSERT_EQ(
      call("POST", "/users/admin/gateways",
           R"({"gateway":{"ids":{"gateway_id":"gtw"},"lbs_lns_secret":{"value":"c2VjcmV0"}}})")
          .status,
      200);
  EXPECT_EQ(call("GET", "/gateways/gtw?field_mask=name").status, 200);
  EXPECT_TRUE(records("?action=key_access").empty());
  const auto read = call("GET", "/gateways/gtw?field_mask=lbs_lns_secret");
  ASSERT_EQ(read.status, 200);
  ASSERT_EQ(read.at("/lbs_lns_secret/value"), "c2VjcmV0");
  const auto found = records("?action=key_access");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(text(found[0], "/keys/0"), "lbs_lns_secret.value");
  EXPECT_EQ(text(found[0], "/entities/0"), "gateway:gtw");
  EXPECT_EQ(text(found[0], "/account"), "user:admin");
  EXPECT_EQ(boost::json::serialize(records()).find("c2VjcmV0"), std::string::npos);
}

TEST_F(AuditServices, OnlyAdministratorsReadAndOwnersTheirOwn) {
  create_application("app");
  const auto bob = create_user("bob");
  ASSERT_EQ(call_as(bob, "POST", "/users/bob/applications",
                    R"({"application":{"ids":{"application_id":"bobs"}}})")
                .status,
            200);
  EXPECT_EQ(call_as(bob, "GET", "/farfield/audit/records").error(), "pkg/auth/rights:no_admin");
  EXPECT_EQ(call_as(bob, "GET", "/farfield/audit/records?entity=application:app").status, 403);
  EXPECT_EQ(call_as(bob, "POST", "/farfield/audit/verify", "{}").status, 403);
  EXPECT_EQ(call_as(bob, "GET", "/farfield/audit/records?entity=login_token").status, 403);
  const auto own = call_as(bob, "GET", "/farfield/audit/records?entity=application:bobs");
  ASSERT_EQ(own.status, 200);
  EXPECT_EQ(own.at("/records/0/account"), "user:bob");
  EXPECT_EQ(own.at("/records/1/account"), "");
  // An administrator's key that may only read applications is no administrator's.
  const auto narrow =
      call("POST", "/users/admin/api-keys", R"({"name":"n","rights":["RIGHT_APPLICATION_INFO"]})");
  ASSERT_EQ(narrow.status, 200);
  EXPECT_EQ(call_as(narrow.at("/key"), "GET", "/farfield/audit/records").status, 403);
}

TEST_F(AuditServices, AnOwnerDoesNotSeeWhatACallDidToOthers) {
  const auto bob = create_user("bob");
  for (const std::string owner : {"admin", "bob"}) {
    const auto created = call(
        "POST", "/users/" + owner + "/gateways",
        R"({"gateway":{"ids":{"gateway_id":"of-)" + owner + R"("},"name":")" + owner + R"(s"}})");
    ASSERT_EQ(created.status, 200) << boost::json::serialize(created.body);
  }
  ttn::lorawan::v3::BatchDeleteGatewaysRequest both;
  for (const char* id : {"of-admin", "of-bob"}) both.add_gateway_ids()->set_gateway_id(id);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token);
  google::protobuf::Empty nothing;
  ASSERT_TRUE(ttn::lorawan::v3::GatewayBatchRegistry::NewStub(server->in_process_channel())
                  ->Delete(&context, both, &nothing)
                  .ok());
  ASSERT_EQ(call("POST", "/gateways/of-bob/restore", "{}").status, 200);
  const std::string query = "/farfield/audit/records?entity=gateway:of-bob&method=GatewayBatch";
  const auto seen = boost::json::serialize(call_as(bob, "GET", query).body);
  EXPECT_NE(seen.find("gateway:of-bob"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("of-admin"), std::string::npos) << seen;
  EXPECT_NE(boost::json::serialize(call("GET", query).body).find("of-admin"), std::string::npos)
      << "administrators see it whole";
}

TEST_F(AuditServices, WhoGetsAnIdDoesNotSeeItsPast) {
  const auto bob = create_user("bob");
  create_application("app");
  ASSERT_EQ(call("DELETE", "/applications/app").status, 200);
  ASSERT_EQ(call("DELETE", "/applications/app/purge").status, 200);
  ASSERT_EQ(call_as(bob, "POST", "/users/bob/applications",
                    R"({"application":{"ids":{"application_id":"app"}}})")
                .status,
            200);
  const auto own = call_as(bob, "GET", "/farfield/audit/records?entity=application:app");
  EXPECT_EQ(own.at("/records/0/account"), "user:bob") << boost::json::serialize(own.body);
  EXPECT_EQ(own.at("/records/1/account"), "");
  EXPECT_EQ(records("?entity=application:app").size(), 4U);
}

TEST_F(AuditServices, TheChainIsVerifiedAndComparedWithWhatIsKnown) {
  create_application("app");
  const auto head = records().back();
  const auto known = R"({"expected":[{"sequence":")" + text(head, "/sequence") + R"(","hash":")" +
                     text(head, "/hash") + R"("}]})";
  const auto verdict = call("POST", "/farfield/audit/verify", known);
  EXPECT_EQ(verdict.status, 200);
  EXPECT_EQ(verdict.at("/fault"), "");
  EXPECT_EQ(verdict.at("/unknown"), "");
  EXPECT_EQ(verdict.at("/checked"), verdict.at("/signed"));
  EXPECT_EQ(verdict.at("/reached/sequence"), text(head, "/sequence"));
  const auto other =
      call("POST", "/farfield/audit/verify",
           R"({"expected":[{"sequence":"900","hash":")" + text(head, "/hash") + R"("}]})");
  EXPECT_EQ(other.at("/unknown/0/sequence"), "900");
  EXPECT_EQ(call("POST", "/farfield/audit/verify", R"({"expected":[{"hash":"AAAA"}]})").error(),
            "pkg/audit:search_field");
}

TEST_F(AuditServices, AnExportHasEveryRecordOfTheSearch) {
  for (int i = 0; i < 3; ++i) create_application("app-" + std::to_string(i));
  if (!gateway) start();
  auto sink = std::make_shared<RecordingSink>();
  gateway->serve({"GET",
                  "/api/v3/farfield/audit/export?method=ApplicationRegistry/",
                  {{"Authorization", "Bearer " + token}},
                  ""},
                 sink);
  sink->wait();
  EXPECT_EQ(sink->status(), 200);
  const auto lines = sink->text();
  EXPECT_EQ(std::ranges::count(lines, '\n'), 3) << lines;
}

TEST_F(AuditServices, WithoutItsRecordNoChangeIsAnswered) {
  create_application("app");
  routes.writer.clear();
  const auto refused = call("PUT", "/applications/app",
                            R"({"application":{"name":"x"},"field_mask":{"paths":["name"]}})");
  EXPECT_EQ(refused.status, 503) << boost::json::serialize(refused.body);
  EXPECT_EQ(call("GET", "/applications/app?field_mask=name").at("/name"), "first");
}

}  // namespace
}  // namespace ff::api::test
