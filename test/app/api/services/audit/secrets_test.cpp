#include "app/api/services/audit/secrets.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "app/api/services.hpp"
#include "ttn/lorawan/v3/applicationserver_packages.pb.h"
#include "ttn/lorawan/v3/applicationserver_pubsub.pb.h"
#include "ttn/lorawan/v3/applicationserver_web.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/rights.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Names that sound like a secret and are none, wherever they are.
constexpr std::array known = std::to_array<std::string_view>({
    "access_key_id",
    "api_key_id",
    "codec_id",
    "continuation_token",
    "datasheet_url",
    "decoded_payload",
    "encrypted_fine_timestamp_key_id",
    "kek_label",
    "key_id",
    "mapping_key",
    "pending_session_key_id",
    "root_key_id",
    "session_key_id",
    "tls_client_cert",
    "token_id",
    "token_type",
    "uplink_token",
    "authentication_mode",
});
/// There: what kind of credential a caller had, its identifier and the paths of keys in an answer;
/// an order of sorting.
constexpr std::array known_there = std::to_array<std::string_view>({
    "farfield.v1.AuditRecord.credential",
    "farfield.v1.AuditRecord.credential_id",
    "farfield.v1.AuditRecord.keys",
    "ttn.lorawan.v3.UserConsolePreferences.SortBy.api_key",
});

void collect(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    if (const auto* below = type.field(i)->message_type()) collect(*below, seen);
  }
}

/// Every message that goes in or out of a method.
std::set<const Descriptor*> all_messages() {
  std::set<const Descriptor*> seen;
  const auto& pool = *google::protobuf::DescriptorPool::generated_pool();
  for (const auto name : service_names()) {
    const auto* service = pool.FindServiceByName(std::string(name));
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      collect(*service->method(i)->input_type(), seen);
      collect(*service->method(i)->output_type(), seen);
    }
  }
  return seen;
}

TEST(AuditSecrets, EveryTextOfTheApiThatSoundsLikeASecretIsOneOrIsKnownToBeNone) {
  std::vector<std::string> unclear;
  std::size_t secrets = 0;
  for (const auto* type : all_messages()) {
    // Entries of maps are not looked at: a map is a secret as a whole or not at all.
    if (type->full_name().starts_with("google.") || type->options().map_entry()) continue;
    for (int i = 0; i < type->field_count(); ++i) {
      const auto& field = *type->field(i);
      if (is_secret(field)) {
        ++secrets;
        continue;
      }
      const auto& name = field.name();
      const bool sounds =
          std::ranges::any_of(std::to_array<std::string_view>(
                                  {"key", "secret", "passw", "token", "credential", "auth"}),
                              [&](auto part) { return name.find(part) != std::string::npos; });
      const bool is_text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      const bool is_known = std::ranges::find(known, name) != known.end() ||
                            std::ranges::find(known_there, field.full_name()) != known_there.end();
      if (sounds && is_text && !is_known) unclear.push_back(field.full_name());
    }
  }
  std::ranges::sort(unclear);
  EXPECT_EQ(unclear, (std::vector<std::string>{}));
  EXPECT_GT(secrets, 40U);
}

TEST(AuditSecrets, AreFoundAtAnyDepthAndTakenOut) {
  pb::EndDevice device;
  device.set_name("n");
  device.mutable_root_keys()->mutable_app_key()->set_key("0123456789abcdef");
  device.mutable_root_keys()->mutable_app_key()->set_kek_label("label");
  device.mutable_claim_authentication_code()->set_value("C");
  EXPECT_EQ(secrets_in(device), (Secrets{{"claim_authentication_code.value", "C"},
                                         {"root_keys.app_key.key", "0123456789abcdef"}}));
  take_secrets(device);
  EXPECT_TRUE(secrets_in(device).empty());
  EXPECT_EQ(device.name(), "n");
  EXPECT_EQ(device.root_keys().app_key().kek_label(), "label");

  pb::APIKeys keys;
  keys.add_api_keys()->set_id("A");
  keys.add_api_keys()->set_key("NNSXS.A.B");
  EXPECT_EQ(secrets_in(keys), (Secrets{{"api_keys[1].key", "NNSXS.A.B"}}));
}

TEST(AuditSecrets, HeadersOfWebhooksAreOneSecretWhateverTheirOrder) {
  pb::ApplicationWebhook webhook;
  (*webhook.mutable_headers())["Authorization"] = "Basic x";
  (*webhook.mutable_headers())["A"] = "b";
  pb::ApplicationWebhook other;
  (*other.mutable_headers())["A"] = "b";
  (*other.mutable_headers())["Authorization"] = "Basic x";
  ASSERT_EQ(secrets_in(webhook).size(), 1U);
  EXPECT_EQ(secrets_in(webhook), secrets_in(other));
}

TEST(AuditSecrets, WhatAPackageIsGivenIsOneSecret) {
  pb::SetApplicationPackageDefaultAssociationRequest request;
  auto& association = *request.mutable_default_();
  association.set_package_name("lora-cloud-geolocation-v3");
  auto& fields = *association.mutable_data()->mutable_fields();
  fields["token"].set_string_value("T0KEN");
  fields["query"].set_string_value("TOARSSI");
  const auto secrets = secrets_in(request);
  ASSERT_EQ(secrets.size(), 1U);
  EXPECT_EQ(secrets.begin()->first, "default.data");
  take_secrets(request);
  EXPECT_EQ(request.SerializeAsString().find("T0KEN"), std::string::npos);
  EXPECT_EQ(request.default_().package_name(), "lora-cloud-geolocation-v3");
  EXPECT_TRUE(is_secret(*pb::ApplicationPackageAssociation::descriptor()->FindFieldByName("data")));
}

TEST(AuditSecrets, TypesThatCanHoldThemAreKnown) {
  EXPECT_TRUE(can_hold_secrets(*pb::EndDevice::descriptor()));
  EXPECT_TRUE(can_hold_secrets(*pb::APIKeys::descriptor()));
  EXPECT_FALSE(can_hold_secrets(*pb::Rights::descriptor()));
  EXPECT_FALSE(can_hold_secrets(*pb::EndDeviceIdentifiers::descriptor()));
}

TEST(AuditSecrets, UserInfoOfAddressesIsHidden) {
  EXPECT_EQ(without_user_info("https://a:b@host/p?q=@"), "https://(hidden)@host/p?q=@");
  EXPECT_EQ(without_user_info("nats://a@h1,nats://b@h2"), "nats://(hidden)@h1,nats://(hidden)@h2");
  EXPECT_EQ(without_user_info("https://host/a@b"), "https://host/a@b");
  EXPECT_EQ(without_user_info("a@b"), "a@b");
  EXPECT_EQ(without_user_info("x://a:b@c@host"), "x://(hidden)@host");
}

}  // namespace
}  // namespace ff::api
