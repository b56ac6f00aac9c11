#include "config/load/webhook_templates.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace ff::config {
namespace {

constexpr std::string_view sample = R"(
template-id: field-lab
name: Field Lab
description: Sends to the lab
logo-url: field-lab.png
base-url: https://{tenant}.example.com/{?devEUI}
headers:
  Authorization: Bearer {token}
  X-Empty: ""
format: json
fields:
- id: token
  name: Token
  secret: true
- id: tenant
  name: Tenant
  default-value: eu
  optional: true
create-downlink-api-key: true
paths:
  uplink-message: /up
  join-accept: ""
field-mask:
- up.uplink_message.decoded_payload
)";

TEST(WebhookTemplates, AreReadAsWritten) {
  const auto read = read_webhook_template(sample, "field-lab.yml");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->id, "field-lab");
  EXPECT_EQ(read->base_url, "https://{tenant}.example.com/{?devEUI}");
  EXPECT_EQ(read->headers.at("Authorization"), "Bearer {token}");
  EXPECT_EQ(read->headers.at("X-Empty"), "");
  ASSERT_EQ(read->fields.size(), 2U);
  EXPECT_TRUE(read->fields[0].secret);
  EXPECT_EQ(read->fields[1].default_value, "eu");
  EXPECT_TRUE(read->create_downlink_api_key);
  EXPECT_EQ(read->paths,
            (std::map<std::string, std::string>{{"join-accept", ""}, {"uplink-message", "/up"}}));
  EXPECT_EQ(read->field_mask, std::vector<std::string>{"up.uplink_message.decoded_payload"});
}

TEST(WebhookTemplates, WhatIsNoTemplateIsRefused) {
  for (const auto* text :
       {"", "[]", "{", "template-id: a", "template-id: [1]", "template-id: field-lab\nheaders: 1",
        "template-id: field-lab\npaths: {other: x}", "template-id: field-lab\nfields: [1]",
        "template-id: field-lab\ncreate-downlink-api-key: maybe",
        "template-id: field-lab\nname: longer than twenty characters", "\x80\x81", "&a [*a]"})
    EXPECT_FALSE(read_webhook_template(text, "x.yml")) << text;
}

TEST(WebhookTemplates, AFolderHasThoseOfItsList) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "webhook_templates_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "templates.yml") << "- field-lab\n- ../evil\n- missing\n- broken\n";
  std::ofstream(folder / "field-lab.yml") << sample;
  std::ofstream(folder / "broken.yml") << "[]";
  int problems = 0;
  const auto all = load_webhook_templates(folder, "https://logos.example.com",
                                          [&](const Error&) { ++problems; });
  std::filesystem::remove_all(folder);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].logo_url, "https://logos.example.com/field-lab.png");
  EXPECT_EQ(problems, 3);
  EXPECT_TRUE(load_webhook_templates(folder, "", [](const Error&) {}).empty());
  EXPECT_TRUE(load_webhook_templates({}, "", [](const Error&) {}).empty());
}

}  // namespace
}  // namespace ff::config
