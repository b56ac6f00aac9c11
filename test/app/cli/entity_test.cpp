#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/entity/request_flags.hpp"
#include "test/app/cli/command_line.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/gateway.pb.h"
#include "ttn/lorawan/v3/notification_service.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using Words = std::vector<std::string>;

struct Row {
  Words words;
  FakeApi::Call call;
};

class Commands : public CommandLine {
 protected:
  Commands() { add_entity_commands(root_); }

  /// Each row is one call.
  void expect_calls(std::span<const Row> rows) {
    for (const auto& row : rows) {
      const auto done = run(row.words);
      ASSERT_TRUE(done) << row.call.method << ": " << done.error().message();
      ASSERT_EQ(calls_.size(), 1U) << row.call.method;
      EXPECT_EQ(calls_.front().method, row.call.method);
      EXPECT_EQ(calls_.front().request, row.call.request);
    }
  }
};

TEST_F(Commands, AreOneCallWithTheFlagsAsItsRequest) {
  const Row rows[] = {
      {{"applications", "create", "app-1", "--user-id", "ada", "--name", "A", "--attributes",
        "k=v"},
       {"ApplicationRegistry/Create",
        R"({"application":{"ids":{"application_id":"app-1"},"name":"A","attributes":{"k":"v"}},)"
        R"("collaborator":{"user_ids":{"user_id":"ada"}}})"}},
      {{"app", "get", "app-1", "--name", "--description"},
       {"ApplicationRegistry/Get", R"({"application_ids":{"application_id":"app-1"},)"
                                   R"("field_mask":{"paths":["description","name"]}})"}},
      {{"app", "ls", "--organization-id", "org", "--order", "-name"},
       {"ApplicationRegistry/List",
        R"({"collaborator":{"organization_ids":{"organization_id":"org"}},"field_mask":{},)"
        R"("order":"-name","limit":50})"}},
      {{"app", "set", "--application-id", "app-1", "--name", "B", "--unset", "description"},
       {"ApplicationRegistry/Update",
        R"({"application":{"ids":{"application_id":"app-1"},"name":"B"},)"
        R"("field_mask":{"paths":["name","description"]}})"}},
      {{"audit", "search", "application:app-1", "--account", "user:ada", "--newest-first",
        "--limit", "5"},
       {"farfield.v1.AuditLog/Search",
        R"({"entity":"application:app-1","account":"user:ada","newest_first":true,"limit":5})"}},
      {{"audit", "search", "--after", "2026-01-01T00:00:00Z", "--action", "key_access"},
       {"farfield.v1.AuditLog/Search",
        R"({"after":"2026-01-01T00:00:00Z","action":"key_access","limit":50})"}},
      {{"app", "rm", "app-1"}, {"ApplicationRegistry/Delete", R"({"application_id":"app-1"})"}},
      {{"app", "purge", "app-1", "--force"},
       {"ApplicationRegistry/Purge", R"({"application_id":"app-1"})"}},
      {{"app", "keys", "generate", "app-1", "--name", "K", "--right-application-info",
        "--right-application-link"},
       {"ApplicationAccess/CreateAPIKey",
        R"({"application_ids":{"application_id":"app-1"},"name":"K",)"
        R"("rights":["RIGHT_APPLICATION_INFO","RIGHT_APPLICATION_LINK"]})"}},
      {{"app", "keys", "set", "app-1", "KEY", "--right-application-all"},
       {"ApplicationAccess/UpdateAPIKey",
        R"({"application_ids":{"application_id":"app-1"},"api_key":{"id":"KEY",)"
        R"("rights":["RIGHT_APPLICATION_ALL"]},"field_mask":{"paths":["rights"]}})"}},
      {{"app", "members", "set", "app-1", "--user-id", "bob", "--right-application-info"},
       {"ApplicationAccess/SetCollaborator",
        R"({"application_ids":{"application_id":"app-1"},"collaborator":{"ids":{"user_ids":)"
        R"({"user_id":"bob"}},"rights":["RIGHT_APPLICATION_INFO"]}})"}},
      {{"app", "webhooks", "set", "app-1", "hook", "--base-url", "https://example.com", "--format",
        "json"},
       {"ApplicationWebhookRegistry/Set",
        R"({"webhook":{"ids":{"application_ids":{"application_id":"app-1"},"webhook_id":"hook"},)"
        R"("base_url":"https://example.com","format":"json"},)"
        R"("field_mask":{"paths":["base_url","format"]}})"}},
      {{"organizations", "create", "org", "--user-id", "ada"},
       {"OrganizationRegistry/Create", R"({"organization":{"ids":{"organization_id":"org"}},)"
                                       R"("collaborator":{"user_ids":{"user_id":"ada"}}})"}},
      {{"gateways", "list", "--filter.updated-since", "2026-01-01T00:00:00Z", "--limit", "5"},
       {"GatewayRegistry/List",
        R"({"field_mask":{},"limit":5,"filters":[{"updated_since":"2026-01-01T00:00:00Z"}]})"}},
      {{"users", "oauth", "access-tokens", "list", "ada", "cli"},
       {"OAuthAuthorizationRegistry/ListTokens",
        R"({"user_ids":{"user_id":"ada"},"client_ids":{"client_id":"cli"},"limit":50})"}},
  };
  expect_calls(rows);
}

TEST_F(Commands, OfWebhooksSayWhatTheirDeliveryIsToDo) {
  const Row rows[] = {
      {{"app", "webhooks", "redeliver", "app-1", "hook"},
       {"farfield.v1.AsWebhookDelivery/RedeliverDeadLetters",
        R"({"application_ids":{"application_id":"app-1"},"webhook_id":"hook"})"}},
      {{"app", "webhooks", "discard", "app-1", "hook"},
       {"farfield.v1.AsWebhookDelivery/DiscardDeadLetters",
        R"({"application_ids":{"application_id":"app-1"},"webhook_id":"hook"})"}},
      {{"app", "webhooks", "start-from", "app-1", "hook", "--after", "2026-01-01T00:00:00Z"},
       {"farfield.v1.AsWebhookDelivery/StartFrom",
        R"({"ids":{"application_ids":{"application_id":"app-1"},"webhook_id":"hook"},)"
        R"("after":"2026-01-01T00:00:00Z"})"}},
      {{"app", "webhooks", "cancel-replay", "app-1", "hook"},
       {"farfield.v1.AsWebhookDelivery/CancelReplay",
        R"({"application_ids":{"application_id":"app-1"},"webhook_id":"hook"})"}},
      {{"app", "webhooks", "templates", "get", "their-cloud", "--name"},
       {"ApplicationWebhookRegistry/GetTemplate",
        R"({"ids":{"template_id":"their-cloud"},"field_mask":{"paths":["name"]}})"}},
      {{"app", "webhooks", "templates", "list"},
       {"ApplicationWebhookRegistry/ListTemplates", R"({"field_mask":{}})"}},
  };
  expect_calls(rows);
}

TEST_F(Commands, NeedACollaboratorToCreate) {
  EXPECT_TRUE(run({"applications", "create", "app-1"}).error().is(no_collaborator));
  EXPECT_TRUE(run({"users", "create", "ada", "--password", "x"}));
}

TEST_F(Commands, RefuseToSetAndUnsetTheSame) {
  EXPECT_TRUE(
      run({"app", "set", "app-1", "--name", "B", "--unset", "name"}).error().is(conflicting_paths));
}

TEST_F(Commands, CallNothingWhenNothingIsSet) {
  EXPECT_TRUE(run({"app", "set", "app-1"}));
  EXPECT_TRUE(calls_.empty());
}

TEST_F(Commands, MergeAttributes) {
  const auto done = run({"app", "set", "app-1", "--attributes", "b=2,c="},
                        [](const std::string& method, const auto&, auto& answer) {
                          if (method != "ApplicationRegistry/Get") return Status();
                          auto& application =
                              *google::protobuf::DynamicCastToGenerated<pb::Application>(&answer);
                          (*application.mutable_attributes())["a"] = "1";
                          (*application.mutable_attributes())["c"] = "3";
                          return Status();
                        });
  ASSERT_TRUE(done) << done.error().message();
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_EQ(calls_[1].request,
            R"({"application":{"ids":{"application_id":"app-1"},"attributes":{"a":"1","b":"2"}},)"
            R"("field_mask":{"paths":["attributes"]}})");
}

TEST_F(Commands, CreateSeveralFromStandardInput) {
  input_ = R"([{"ids":{"application_id":"a"}},{"ids":{"application_id":"b"},"name":"B"}])";
  ASSERT_TRUE(run({"app", "create", "--user-id", "ada", "--description", "D"}));
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_EQ(calls_[1].request,
            R"({"application":{"ids":{"application_id":"b"},"name":"B","description":"D"},)"
            R"("collaborator":{"user_ids":{"user_id":"ada"}}})");
}

TEST_F(Commands, TakeAPasswordFromStandardInput) {
  input_ = "Secret99x\n";
  ASSERT_TRUE(run({"users", "create", "ada"}));
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_EQ(
      calls_[1].request,
      R"({"user":{"ids":{"user_id":"ada"},"password":"Secret99x","state":"STATE_APPROVED"}})");
  input_ = R"({"ids":{"user_id":"bob"},"password":"p"})";
  ASSERT_TRUE(run({"users", "create"}));
  EXPECT_EQ(calls_.size(), 1U);
}

TEST_F(Commands, MarkNotificationsAsSeenThatWereShown) {
  ASSERT_TRUE(run({"notifications", "list", "ada", "--mark-as-seen"}, [](const std::string&,
                                                                         const auto&,
                                                                         auto& answer) {
    auto* list = google::protobuf::DynamicCastToGenerated<pb::ListNotificationsResponse>(&answer);
    if (list != nullptr) list->add_notifications()->set_id("n-1");
    return Status();
  }));
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_EQ(
      calls_[0].request,
      R"({"receiver_ids":{"user_id":"ada"},"status":["NOTIFICATION_STATUS_UNSEEN"],"limit":50})");
  EXPECT_EQ(
      calls_[1].request,
      R"({"receiver_ids":{"user_id":"ada"},"ids":["n-1"],"status":"NOTIFICATION_STATUS_SEEN"})");
}

TEST_F(Commands, PrintListsAsOneArray) {
  ASSERT_TRUE(run({"app", "list"}, [](const auto&, const auto&, auto& answer) {
    auto& list = *google::protobuf::DynamicCastToGenerated<pb::Applications>(&answer);
    for (const auto* id : {"a", "b"})
      list.add_applications()->mutable_ids()->set_application_id(id);
    return Status();
  }));
  EXPECT_EQ(out_,
            "[{\n  \"ids\": {\n    \"application_id\": \"a\"\n  }\n}, "
            "{\n  \"ids\": {\n    \"application_id\": \"b\"\n  }\n}]\n");
}

TEST_F(Commands, RefuseExpiryDatesOfThePast) {
  EXPECT_TRUE(run({"app", "keys", "create", "a", "--api-key-expiry", "2001-01-01T00:00:00Z"})
                  .error()
                  .is(expiry_date_invalid));
  EXPECT_TRUE(run({"app", "keys", "create", "a", "--api-key-expiry", "tomorrow"})
                  .error()
                  .is(expiry_date_format_invalid));
}

TEST_F(Commands, EditOneAntennaOfAGateway) {
  const auto present = [](const std::string& method, const auto&, auto& answer) {
    if (method != "GatewayRegistry/Get") return Status();
    auto& gateway = *google::protobuf::DynamicCastToGenerated<pb::Gateway>(&answer);
    gateway.add_antennas()->set_gain(1);
    gateway.add_antennas()->set_gain(2);
    return Status();
  };
  ASSERT_TRUE(run({"gtw", "set", "g", "--antenna.index", "1", "--antenna.gain", "3"}, present));
  ASSERT_EQ(calls_.size(), 2U);
  EXPECT_NE(calls_[1].request.find(R"("antennas":[{"gain":1},{"gain":3}])"), std::string::npos)
      << calls_[1].request;
  ASSERT_TRUE(run({"gtw", "set", "g", "--antenna.remove"}, present));
  EXPECT_NE(calls_[1].request.find(R"("antennas":[{"gain":2}])"), std::string::npos);
  EXPECT_FALSE(run({"gtw", "set", "g", "--antenna.index", "2", "--antenna.gain", "3"}, present));
}

/// A row with a wrong name would end the program when it is used.
void check(const Command& command, std::size_t& count) {
  ++count;
  EXPECT_FALSE(command.name.empty());
  EXPECT_FALSE(command.run && command.summary.empty()) << command.name;
  if (command.flags) {
    auto flags = command.flags();
    std::ranges::sort(flags, {}, &Flag::name);
    const auto twice = std::ranges::adjacent_find(flags, {}, &Flag::name);
    if (twice != flags.end()) ADD_FAILURE() << command.name << " has two flags " << twice->name;
  }
  for (const auto& child : command.children) check(child, count);
}

TEST_F(Commands, OfTheTreeHaveMethodsAndFlagsOfTheirOwn) {
  std::size_t count = 0;
  for (const auto& child : root_.children) check(child, count);
  EXPECT_GT(count, 100U);
}

TEST(Topmost, LeavesOutWhatIsBelowAnother) {
  EXPECT_EQ(topmost({"ids", "ids.device_id", "name", "names"}), (Words{"ids", "name", "names"}));
}

}  // namespace
}  // namespace ff::cli
