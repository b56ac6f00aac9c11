#include "app/api/services/audit/differences.hpp"

#include <gtest/gtest.h>

#include "ttn/lorawan/v3/applicationserver_pubsub.pb.h"
#include "ttn/lorawan/v3/applicationserver_web.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/user.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using Changes = std::vector<audit::Change>;

pb::EndDevice device() {
  pb::EndDevice out;
  out.mutable_ids()->set_device_id("dev");
  out.set_name("old");
  (*out.mutable_attributes())["floor"] = "1";
  out.mutable_root_keys()->mutable_app_key()->set_key("0123456789abcdef");
  return out;
}

TEST(AuditDifferences, ShowPathsWithValuesAsTheApiDoes) {
  const auto before = device();
  auto after = before;
  after.set_name("new");
  after.mutable_mac_settings()->mutable_rx1_delay()->set_value(pb::RX_DELAY_5);
  (*after.mutable_attributes())["floor"] = "2";
  EXPECT_EQ(differences("device:a.dev", &before, &after),
            (Changes{{"device:a.dev", "attributes.floor", "\"1\"", "\"2\"", false},
                     {"device:a.dev", "mac_settings.rx1_delay", "", "5", false},
                     {"device:a.dev", "name", "\"old\"", "\"new\"", false}}));
}

TEST(AuditDifferences, SecretsAreChangedWithoutTheirValues) {
  const auto before = device();
  auto after = before;
  after.mutable_root_keys()->mutable_app_key()->set_key("fedcba9876543210");
  after.mutable_root_keys()->mutable_nwk_key()->set_key("fedcba9876543210");
  EXPECT_EQ(differences("d", &before, &after),
            (Changes{{"d", "root_keys.nwk_key", "", "{}", false},
                     {"d", "root_keys.app_key.key", "\"(secret)\"", "\"(secret)\"", true},
                     {"d", "root_keys.nwk_key.key", "", "\"(secret)\"", true}}));
  EXPECT_TRUE(differences("d", &before, &before).empty());
}

TEST(AuditDifferences, WhatComesAndWhatGoesIsShownWhole) {
  const auto whole = device();
  const auto created = differences("d", nullptr, &whole);
  const auto deleted = differences("d", &whole, nullptr);
  ASSERT_EQ(created.size(), deleted.size());
  for (std::size_t i = 0; i < created.size(); ++i) {
    EXPECT_EQ(created[i].path, deleted[i].path);
    EXPECT_TRUE(created[i].before.empty());
    EXPECT_TRUE(deleted[i].after.empty());
    EXPECT_EQ(created[i].after, deleted[i].before);
  }
  const pb::EndDevice empty;
  EXPECT_EQ(differences("d", nullptr, &empty), (Changes{{"d", "", "", "{}", false}}));
}

TEST(AuditDifferences, CredentialsInAddressesAreHidden) {
  pb::ApplicationPubSub before;
  before.mutable_nats()->set_server_url("nats://ada:secret@broker:4222");
  const auto changes = differences("p", nullptr, &before);
  for (const auto& change : changes) {
    EXPECT_EQ(change.after.find("secret"), std::string::npos);
    EXPECT_EQ(change.after.find("ada"), std::string::npos);
  }
}

TEST(AuditDifferences, LargeValuesAreShownByTheirDigest) {
  pb::EndDevice before;
  pb::EndDevice after;
  after.mutable_formatters()->set_up_formatter_parameter(std::string(5000, 'x'));
  const auto changes = differences("d", &before, &after);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_TRUE(changes[0].after.starts_with(R"({"omitted_bytes":5002,"sha256":")"));
}

TEST(AuditDifferences, AreBoundedAndSayWhatIsLeftOut) {
  pb::EndDevice before;
  pb::EndDevice after;
  for (int i = 0; i < 300; ++i) (*after.mutable_attributes())["k" + std::to_string(i)] = "v";
  const auto changes = differences("d", &before, &after);
  ASSERT_EQ(changes.size(), changes_max + 1);
  EXPECT_EQ(changes.back().after, R"({"omitted_changes":44})");
}

TEST(AuditDifferences, RequestsAreShownWithoutSecrets) {
  pb::UpdateUserPasswordRequest request;
  request.mutable_user_ids()->set_user_id("ada");
  request.set_old("before");
  request.set_new_("after");
  EXPECT_EQ(shown_json(request), R"({"user_ids":{"user_id":"ada"}})");
  EXPECT_EQ(shown_json(pb::UserIdentifiers()), "");
}

}  // namespace
}  // namespace ff::api
