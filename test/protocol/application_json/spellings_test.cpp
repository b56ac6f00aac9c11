// Downlinks as clients of many kinds spell them: each spelling that the API's JSON rules allow is
// the same downlink here. [api/json-rules.md; spec message-formats §5, application-server §7.2]
#include <gtest/gtest.h>

#include "protocol/application_json/parser.hpp"

namespace ff::application_json {
namespace {

Result<ApplicationDownlink> one(const std::string& members) {
  auto all = parse_downlinks(R"({"downlinks":[{)" + members + "}]}");
  if (!all) return tl::unexpected(all.error());
  EXPECT_EQ(all->size(), 1U) << members;
  return std::move(all->front());
}

struct Spellings {
  ApplicationDownlink downlink;
  std::vector<std::string> members;
};

std::vector<Spellings> spellings() {
  std::vector<Spellings> rows = {
      {{},
       {"", R"("f_port":0)", R"("f_port":null)", R"("unknown":{"f_port":[7]})",
        R"("confirmed":false)", R"("priority":"LOWEST")", R"("priority":0)", R"("priority":"0")",
        R"("correlation_ids":[])", R"("frm_payload":"")", R"("frm_payload":null)",
        R"("decoded_payload":null)", R"("F_PORT":7)", R"("f-port":7)"}},
      {{.f_port = FPort{223}},
       {R"("f_port":223)", R"("fPort":223)", R"("f_port":"223")", R"("f_port":223.0)",
        R"("f_port":2.23e2)", R"("f_port":"2.23e2")", R"( "f_port" : 223 )"}},
      {{.f_cnt = FCnt32{4'294'967'295}},
       {R"("f_cnt":4294967295)", R"("fCnt":"4294967295")", R"("f_cnt":4294967295.0)"}},
      {{.frm_payload = {0xfb, 0xff, 0xbe, 0xff}},
       {R"("frm_payload":"+/++/w==")", R"("frmPayload":"+/++/w")", R"("frm_payload":"-_--_w==")",
        R"("frm_payload":"-_--_w")", R"("frm_payload":"\u002b/++/w==")"}},
      {{.confirmed = true}, {R"("confirmed":true)"}},
  };
  constexpr const char* names[] = {"LOWEST",       "LOW",  "BELOW_NORMAL", "NORMAL",
                                   "ABOVE_NORMAL", "HIGH", "HIGHEST"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    const auto digits = std::to_string(i);
    rows.push_back({{.priority = static_cast<TxPriority>(i)},
                    {R"("priority":")" + std::string(names[i]) + '"', R"("priority":)" + digits,
                     R"("priority":")" + digits + '"', R"("priority":)" + digits + ".0"}});
  }
  ApplicationDownlink retry;
  retry.confirmed_retry = ConfirmedRetry{2, 100};
  rows.push_back({retry,
                  {R"("confirmed_retry":{"attempt":2,"max_attempts":100})",
                   R"("confirmedRetry":{"attempt":"2","maxAttempts":{"value":100}})",
                   R"("confirmed_retry":{"max_attempts":"100","attempt":2,"x":[]})"}});
  ApplicationDownlink timed;
  timed.class_b_c = ClassBC{{}, parse_rfc3339("2025-02-11T10:00:00.500Z")};
  rows.push_back(
      {timed,
       {R"("class_b_c":{"absolute_time":"2025-02-11T10:00:00.5Z"})",
        R"("classBC":{"absoluteTime":"2025-02-11T10:00:00.500Z","gateways":[]})",
        R"("class_b_c":{"gateways":null,"absolute_time":"2025-02-11T10:00:00.500000Z"})"}});
  ApplicationDownlink fixed;
  fixed.class_b_c = ClassBC{{{{GatewayId("roof"), GatewayEui{0x0102030405060708}}, 1, 2}}, {}};
  rows.push_back(
      {fixed,
       {R"("class_b_c":{"gateways":[{"gateway_ids":{"gateway_id":"roof","eui":"0102030405060708"},)"
        R"("antenna_index":1,"group_index":2}]})",
        R"("classBC":{"gateways":[{"groupIndex":"2","antennaIndex":"1",)"
        R"("gatewayIds":{"eui":"0102030405060708","gatewayId":"roof","x":1}}]})"}});
  return rows;
}

TEST(Spellings, OfOneDownlinkAreAllIt) {
  for (const auto& [downlink, members] : spellings()) {
    for (const auto& spelling : members) {
      const auto read = one(spelling);
      ASSERT_TRUE(read) << spelling << ": " << read.error().to_string();
      EXPECT_EQ(*read, downlink) << spelling;
    }
  }
}

struct Refused {
  const char* members;
  const ErrorDef* error;
};

constexpr Refused refused[] = {
    {R"("f_port":225)", nullptr},
    {R"("f_port":255)", nullptr},
    {R"("f_port":224)", &invalid_downlink},
    {R"("f_port":"224.0")", &invalid_downlink},
    {R"("f_port":256)", &invalid_downlink},
    {R"("f_port":"")", &invalid_downlink},
    {R"("f_port":" 5")", &invalid_downlink},
    {R"("f_port":"0x5")", &invalid_downlink},
    {R"("f_port":"+5")", &invalid_downlink},
    {R"("f_port":"inf")", &invalid_downlink},
    {R"("f_port":"nan")", &invalid_downlink},
    {R"("f_port":true)", &malformed_json},
    {R"("f_port":[5])", &malformed_json},
    {R"("f_cnt":4294967296)", &invalid_downlink},
    {R"("f_cnt":-1)", &invalid_downlink},
    {R"("f_cnt":0.5)", &invalid_downlink},
    {R"("f_cnt":1e999)", &invalid_downlink},
    {R"("frm_payload":"A")", &invalid_downlink},
    {R"("frm_payload":"AA A")", &invalid_downlink},
    {R"("frm_payload":[1,2])", &malformed_json},
    {R"("confirmed":"true")", &malformed_json},
    {R"("priority":"normal")", &invalid_downlink},
    {R"("priority":"TX_SCHEDULE_PRIORITY_NORMAL")", &invalid_downlink},
    {R"("priority":true)", &malformed_json},
    {R"("decoded_payload":"{}")", &invalid_downlink},
    {R"("decoded_payload":[])", &invalid_downlink},
    {R"("decoded_payload":{"a":01})", &malformed_json},
    {R"("decoded_payload":{"a":NaN})", &malformed_json},
    {R"("decoded_payload":{"a":1e309})", &invalid_downlink},
    {R"("correlation_ids":"a")", &malformed_json},
    {R"("correlation_ids":[1])", &malformed_json},
    {R"("confirmed_retry":{"max_attempts":{}})", &invalid_downlink},
    {R"("confirmed_retry":{"max_attempts":1.5})", &invalid_downlink},
    {R"("confirmed_retry":5)", &malformed_json},
    {R"("class_b_c":{"absolute_time":"2025-02-30T00:00:00Z"})", &invalid_downlink},
    {R"("class_b_c":{"absolute_time":1})", &malformed_json},
    {R"("class_b_c":{"gateways":[{"gateway_ids":{}}]})", &invalid_downlink},
    {R"("class_b_c":{"gateways":[{"gateway_ids":{"gateway_id":"roof","eui":"12"}}]})",
     &invalid_downlink},
};

TEST(Spellings, ThatAreNoneAreRefused) {
  for (const auto& [members, error] : refused) {
    const auto read = one(members);
    ASSERT_EQ(read.has_value(), error == nullptr) << members;
    if (error != nullptr) {
      EXPECT_TRUE(read.error().is(*error)) << members << ": " << read.error().to_string();
    }
  }
}

TEST(Spellings, OfAGatewaysIdThatIsNoneAreItsOwnError) {
  const auto read = one(R"("class_b_c":{"gateways":[{"gateway_ids":{"gateway_id":"X"}}]})");
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().is(invalid_id));
}

TEST(Spellings, LimitsHoldAtTheirLastValueAndNoFurther) {
  const auto downlinks = [](std::size_t count) {
    std::string out = R"({"downlinks":[)";
    for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "{}" : ",{}";
    return out + "]}";
  };
  EXPECT_TRUE(parse_downlinks(downlinks(3), {.downlinks = 3}));
  EXPECT_FALSE(parse_downlinks(downlinks(4), {.downlinks = 3}));
  const auto document = downlinks(2);
  EXPECT_TRUE(parse_downlinks(document, {.document_size = document.size()}));
  EXPECT_FALSE(parse_downlinks(document, {.document_size = document.size() - 1}));
  const auto ids = [](std::size_t count, std::size_t size) {
    std::string out = R"("correlation_ids":[)";
    for (std::size_t i = 0; i < count; ++i)
      out += (i == 0 ? "\"" : ",\"") + std::string(size, 'x') + "\"";
    return out + "]";
  };
  EXPECT_TRUE(one(ids(100, 100)));
  EXPECT_FALSE(one(ids(101, 1)));
  EXPECT_FALSE(one(ids(1, 101)));
  const auto gateways = [](std::size_t count) {
    std::string out = R"("class_b_c":{"gateways":[)";
    for (std::size_t i = 0; i < count; ++i)
      out += std::string(i == 0 ? "" : ",") + R"({"gateway_ids":{"gateway_id":"roof"}})";
    return out + "]}";
  };
  EXPECT_TRUE(one(gateways(32)));
  EXPECT_FALSE(one(gateways(33)));
}

}  // namespace
}  // namespace ff::application_json
