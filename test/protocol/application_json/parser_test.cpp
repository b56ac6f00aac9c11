#include "protocol/application_json/parser.hpp"

#include <gtest/gtest.h>

#include "protocol/application_json/writer.hpp"
#include "protocol/base/base64.hpp"

namespace ff::application_json {
namespace {

TEST(Parser, ThePushExampleIsRead) {
  const auto result = parse_downlinks(R"({
    "downlinks": [{"f_port": 15, "decoded_payload": {"setpoint": 5.5, "unit": "C"}, "confirmed": true,
                   "confirmed_retry": {"max_attempts": 3}, "priority": "NORMAL", "correlation_ids": ["erp:workorder:88213"]},
                  {"f_port": 16, "frm_payload": "AwA8", "priority": "HIGHEST",
                   "class_b_c": {"gateways": [{"gateway_ids": {"gateway_id": "roof-north"}}], "absolute_time": "2025-02-11T10:00:00Z"}}]
  })");
  ASSERT_TRUE(result) << result.error().to_string();
  const std::vector<ApplicationDownlink> expected = {
      {.f_port = FPort{15},
       .decoded_payload_json = R"({"setpoint": 5.5, "unit": "C"})",
       .confirmed = true,
       .priority = TxPriority::normal,
       .correlation_ids = {"erp:workorder:88213"},
       .confirmed_retry = ConfirmedRetry{0, 3}},
      {.f_port = FPort{16},
       .frm_payload = {3, 0, 60},
       .priority = TxPriority::highest,
       .class_b_c = ClassBC{{{{GatewayId("roof-north"), {}}, 0, 0}},
                            parse_rfc3339("2025-02-11T10:00:00Z")}}};
  EXPECT_EQ(*result, expected);
}

TEST(Parser, SpellingsOfOldClientsAreUnderstood) {
  const std::vector<std::string> same = {
      R"({"downlinks":[{"f_port":1,"frm_payload":"+/8=","priority":"HIGH","f_cnt":7,"confirmed_retry":{"max_attempts":2}}]})",
      R"({"downlinks":[{"fPort":"1","frmPayload":"-_8","priority":"5","fCnt":"7","confirmedRetry":{"maxAttempts":{"value":2}}}]})",
      R"({"downlinks":[{"f_port":1.0,"frm_payload":"+/8","priority":"5e0","f_cnt":7.0,"confirmed_retry":{"max_attempts":"2"}}]})",
      R"({"end_device_ids":{"device_id":"x"},"downlinks":[{"f_port":1,"frm_payload":"+/8=","priority":5,"f_cnt":7,"class_b_c":null,)"
      R"("payload_raw":[1,{"a":"b"}],"confirmed_retry":{"max_attempts":2}}]})"};
  const auto first = parse_downlinks(same[0]);
  ASSERT_TRUE(first);
  for (const auto index : {1U, 3U}) {
    const auto other = parse_downlinks(same[index]);
    ASSERT_TRUE(other) << same[index] << other.error().to_string();
    EXPECT_EQ(*other, *first);
  }
  EXPECT_FALSE(parse_downlinks(same[2])) << "a number with an exponent is no decimal one";
}

TEST(Parser, AnEmptyListClears) {
  for (const std::string text : {R"({"downlinks":[]})", R"({})", R"({"downlinks":null})"}) {
    const auto result = parse_downlinks(text);
    ASSERT_TRUE(result) << text;
    EXPECT_TRUE(result->empty());
  }
}

/// So many objects, one in the other.
std::string nested(std::size_t depth) {
  std::string out;
  for (std::size_t i = 1; i < depth; ++i) out += R"({"a":)";
  return out + "{}" + std::string(depth - 1, '}');
}

TEST(Parser, ADecodedPayloadMayBeAsDeepAndLargeAsEverySubscriberCanRead) {
  for (const auto& payload :
       {nested(30),
        std::string(R"({"a":[[],{"b":null},true,"x",-1.5e300,18446744073709551615,1e-400]})")}) {
    const auto result = parse_downlinks(R"({"downlinks":[{"decoded_payload":)" + payload + "}]}");
    ASSERT_TRUE(result) << payload;
    EXPECT_EQ(result->at(0).decoded_payload_json, payload);
  }
}

TEST(Parser, WhatIsOutOfBoundsIsRefusedWithItsField) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {R"("f_port":224)", "f_port"},
      {R"("f_port":256)", "f_port"},
      {R"("f_port":-1)", "f_port"},
      {R"("f_port":1.5)", "f_port"},
      {R"("frm_payload":"!!")", "frm_payload"},
      {R"("frm_payload":")" + base64_encode(Bytes(256)) + "\"", "frm_payload"},
      {R"("priority":"URGENT")", "priority"},
      {R"("priority":7)", "priority"},
      {R"("priority":"7")", "priority"},
      {R"("priority":"05")", "priority"},
      {R"("priority":"")", "priority"},
      {R"("priority":-1)", "priority"},
      {R"("decoded_payload":[1])", "decoded_payload"},
      {R"("decoded_payload":{"x":1e999})", "decoded_payload"},
      {R"("decoded_payload":{"x":[{"y":-1e400}]})", "decoded_payload"},
      {R"("decoded_payload":)" + nested(31), "decoded_payload"},
      {R"("decoded_payload":)" + nested(61), "decoded_payload"},
      {R"("confirmed_retry":{"max_attempts":0})", "max_attempts"},
      {R"("confirmed_retry":{"max_attempts":101})", "max_attempts"},
      {R"("correlation_ids":[")" + std::string(101, 'x') + "\"]", "correlation_ids"},
      {R"("class_b_c":{"absolute_time":"tomorrow"})", "absolute_time"},
      {R"("class_b_c":{"gateways":[{}]})", "gateways"},
  };
  for (const auto& [member, field] : table) {
    const auto result = parse_downlinks(R"({"downlinks":[{)" + member + "}]}");
    ASSERT_FALSE(result) << member;
    EXPECT_TRUE(result.error().is(invalid_downlink)) << member;
    EXPECT_EQ(std::get<std::string>(result.error().attributes().at(0).value), field);
  }
}

TEST(Parser, WhatIsNotJsonIsRefused) {
  for (const std::string text :
       {"", "[]", "{", R"({"downlinks":{}})", R"({"downlinks":[1]})", R"({"downlinks":[]}x)",
        R"({"downlinks":[{"confirmed":1}]})", R"({"downlinks":[{"decoded_payload":{]}]})"}) {
    const auto result = parse_downlinks(text);
    ASSERT_FALSE(result) << text;
    EXPECT_TRUE(result.error().is(malformed_json)) << text;
  }
  EXPECT_FALSE(parse_downlinks(std::string(100'000, '[')));
}

TEST(Parser, LimitsHold) {
  EXPECT_FALSE(parse_downlinks(R"({"downlinks":[{},{},{}]})", {.downlinks = 2}));
  EXPECT_FALSE(parse_downlinks(R"({"downlinks":[]})", {.document_size = 5}));
}

}  // namespace
}  // namespace ff::application_json
