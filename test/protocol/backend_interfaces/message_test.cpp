#include "protocol/backend_interfaces/message.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "protocol/base/hex.hpp"

namespace ff::backend_interfaces {
namespace {

Bytes hex(std::string_view text) {
  return *parse_hex(text);
}

constexpr auto net = "000013";
constexpr auto js = "70B3D57ED0000001";
constexpr auto ns_id = "EC656EFFFE000001";
constexpr DevEui dev_eui{0x0004A30B001C0530};
const Bytes wrapped = hex("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
const Bytes session_key_id = hex("0190A1B2C3D4E5F60718293A4B5C6D7E");

std::string golden(const std::string& name) {
  std::ifstream file(std::string(FF_GOLDEN_DIR) + "/backend_interfaces/" + name + ".json");
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

Header from(Version version, MessageType type, std::string sender, std::string receiver) {
  Header out;
  out.version = version;
  out.transaction_id = 42;
  out.type = type;
  out.sender_id = std::move(sender);
  out.receiver_id = std::move(receiver);
  return out;
}
Header with_ns_ids(Header header, std::optional<std::string> sender,
                   std::optional<std::string> receiver) {
  header.sender_ns_id = std::move(sender);
  header.receiver_ns_id = std::move(receiver);
  return header;
}
Header with_tokens(Header header, Bytes sender, Bytes receiver) {
  header.sender_token = std::move(sender);
  header.receiver_token = std::move(receiver);
  return header;
}

JoinReq join_req() {
  return {.mac_version = MacVersion::v1_0_3,
          .phy_payload = hex("00010000D07ED5B37030051C000BA3040001008A2D6C51"),
          .dev_eui = dev_eui,
          .dev_addr = DevAddr{0x26011234},
          .dl_settings = 0,
          .rx_delay = 5,
          .cf_list = {}};
}
JoinReq join_req_1_1() {
  auto out = join_req();
  out.mac_version = MacVersion::v1_1;
  out.dl_settings = 0x83;
  out.cf_list = hex("184F84E85684B85E84886684586E8400");
  return out;
}
JoinReq rejoin_req() {
  auto out = join_req_1_1();
  out.phy_payload = hex("C00013000030051C000BA304000900A1B2C3D4");
  out.rx_delay = 1;
  out.cf_list.clear();
  return out;
}
JoinAns join_ans() {
  JoinAns out;
  out.phy_payload = hex("204DD85AE608B87FC4889970B7D2042C9E");
  out.session_key_id = session_key_id;
  return out;
}
JoinAns join_ans_1_0() {
  auto out = join_ans();
  out.lifetime = 3600;
  out.nwk_s_key = Key{"", hex("2B7E151628AED2A6ABF7158809CF4F3C")};
  out.app_s_key = Key{"as:example.com", wrapped};
  return out;
}
JoinAns join_ans_1_1() {
  auto out = join_ans();
  out.s_nwk_s_int_key = Key{"", Bytes(16, 0x11)};
  out.f_nwk_s_int_key = Key{"", Bytes(16, 0x22)};
  out.nwk_s_enc_key = Key{"ns:000013", wrapped};
  out.app_s_key = Key{"", Bytes(16, 0x44)};
  return out;
}
JoinAns refusal(ResultCode code, std::string description) {
  JoinAns out;
  out.result = {code, std::move(description)};
  return out;
}

PrStartAns pr_start_refused() {
  PrStartAns out;
  out.result = {ResultCode::malformed, "not supported"};
  return out;
}

struct GoldenCase {
  std::string file;
  Message message;
};

std::vector<GoldenCase> golden_cases() {
  using enum MessageType;
  constexpr auto v1_0 = Version::v1_0;
  constexpr auto v1_1 = Version::v1_1;
  const auto as = "as.example.com";
  return {
      {"join_req_1_0", {from(v1_0, join_req, net, js), backend_interfaces::join_req()}},
      {"join_req_1_1",
       {with_tokens(with_ns_ids(from(v1_1, join_req, net, js), ns_id, {}), {1, 2}, {}),
        join_req_1_1()}},
      {"rejoin_req_1_1",
       {with_ns_ids(from(v1_1, rejoin_req, net, js), ns_id, {}), backend_interfaces::rejoin_req()}},
      {"join_ans_1_0", {from(v1_0, join_ans, js, net), join_ans_1_0()}},
      {"join_ans_1_1",
       {with_tokens(with_ns_ids(from(v1_1, join_ans, js, net), {}, ns_id), {}, {1, 2}),
        join_ans_1_1()}},
      {"rejoin_ans_1_1", {with_ns_ids(from(v1_1, rejoin_ans, js, net), {}, ns_id), join_ans_1_1()}},
      {"join_ans_refused",
       {from(v1_0, join_ans, js, net), refusal(ResultCode::mic_failed, "MIC mismatch")}},
      {"join_ans_malformed_1_0",
       {from(v1_0, join_ans, js, net), refusal(ResultCode::malformed, "malformed message")}},
      {"app_s_key_req", {from(v1_1, app_s_key_req, as, js), AppSKeyReq{dev_eui, session_key_id}}},
      {"app_s_key_ans",
       {from(v1_1, app_s_key_ans, js, as),
        AppSKeyAns{{}, dev_eui, Key{"", Bytes(16, 0x44)}, session_key_id}}},
      {"home_ns_req", {from(v1_0, home_ns_req, net, js), HomeNsReq{dev_eui}}},
      {"home_ns_ans", {from(v1_0, home_ns_ans, js, net), HomeNsAns{{}, NetId{0x42}, {}, {}, {}}}},
      {"home_ns_ans_1_1",
       {with_ns_ids(from(v1_1, home_ns_ans, js, net), {}, ns_id),
        HomeNsAns{{}, NetId{0x42}, "EC656EFFFE000002", {}, {}}}},
      {"pr_start_ans_refused",
       {with_ns_ids(from(v1_1, pr_start_ans, net, "000042"), {}, ns_id), pr_start_refused()}},
      {"pr_stop_ans", {with_ns_ids(from(v1_1, pr_stop_ans, net, "000042"), {}, ns_id), OtherAns{}}},
      {"pr_stop_ans_refused_1_0",
       {from(v1_0, pr_stop_ans, net, "000042"),
        OtherAns{{ResultCode::unknown_dev_addr, "unknown device"}}}},
  };
}

TEST(BackendInterfaces, MessagesAreTheGoldenFiles) {
  for (const auto& row : golden_cases()) {
    const auto text = golden(row.file);
    ASSERT_FALSE(text.empty()) << row.file;
    EXPECT_EQ(encode(row.message), text) << row.file;
    const auto decoded = decode(text);
    ASSERT_TRUE(decoded) << row.file << decoded.error().to_string();
    EXPECT_EQ(decoded->header, row.message.header) << row.file;
    ASSERT_TRUE(decoded->body) << row.file << decoded->body.error().to_string();
    EXPECT_EQ(*decoded->body, row.message.body) << row.file;
  }
}

TEST(BackendInterfaces, TheHomeNetworkComesWithTheStacksExtension) {
  const Message message{from(Version::v1_0, MessageType::home_ns_ans, js, net),
                        HomeNsAns{{}, NetId{0x13}, {}, "tenant", "ns.example.com"}};
  EXPECT_NE(
      encode(message).find(R"("HNetID":"000013","VSExtension":{"VendorID":"EC656E","Object":)"
                           R"({"TTSV3":{"HTenantID":"tenant","HNSAddress":"ns.example.com"}}})"),
      std::string::npos)
      << encode(message);
}

std::string changed(std::string text, const std::string& from_text, const std::string& to) {
  const auto at = text.find(from_text);
  EXPECT_NE(at, std::string::npos) << from_text;
  return text.replace(at, from_text.size(), to);
}

TEST(BackendInterfaces, HexIsReadInAnyCaseAndWith0x) {
  const auto plain = golden("join_req_1_0");
  auto text = changed(plain, "\"0004A30B001C0530\"", "\"0x0004a30b001c0530\"");
  text = changed(text, "\"000013\"", "\"0x000013\"");
  text = changed(text, "\"70B3D57ED0000001\"", "\"70b3d57ed0000001\"");
  text = changed(text, "\"DLSettings\"", "\"Unknown\":{\"a\":[1]},\"DLSettings\"");
  const auto decoded = decode(text);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->header, decode(plain)->header);
  EXPECT_EQ(*decoded->body, *decode(plain)->body);
}

struct RefusedCase {
  std::string name;
  std::string from_text;
  std::string to;
  bool header;  // wrong, so that it can not be answered
};

TEST(BackendInterfaces, WhatIsWrongIsRefused) {
  const RefusedCase cases[] = {
      {"no JSON", "{", "", true},
      {"version 2", "\"1.0\"", "\"2.0\"", true},
      {"no transaction", "\"TransactionID\":42", "\"TransactionID\":-1", true},
      {"large transaction", "\"TransactionID\":42", "\"TransactionID\":4294967296", true},
      {"unknown type", "\"JoinReq\"", "\"Hello\"", true},
      {"no sender", "\"SenderID\"", "\"Sender\"", true},
      {"empty receiver", "\"70B3D57ED0000001\"", "\"\"", true},
      {"NSID in 1.0", "\"ReceiverID\"", "\"SenderNSID\":\"EC656EFFFE000001\",\"ReceiverID\"",
       false},
      {"no NSID in 1.1", "\"1.0\"", "\"1.1\"", false},
      {"MAC version", "\"1.0.3\"", "\"3\"", false},
      {"payload", "\"00010000", "\"0001000", false},
      {"short DevEUI", "\"0004A30B001C0530\"", "\"04A30B001C0530\"", false},
      {"DevAddr", "\"26011234\"", "null", false},
      {"DLSettings", "\"DLSettings\":\"00\"", "\"DLSettings\":0", false},
      {"RxDelay", "\"RxDelay\":5", "\"RxDelay\":16", false},
      {"RxDelay as text", "\"RxDelay\":5", "\"RxDelay\":\"5\"", false},
      {"CFList", "\"RxDelay\":5", "\"RxDelay\":5,\"CFList\":\"00\"", false},
  };
  for (const auto& row : cases) {
    const auto decoded = decode(changed(golden("join_req_1_0"), row.from_text, row.to));
    EXPECT_EQ(decoded.has_value(), !row.header) << row.name;
    if (!decoded) continue;
    ASSERT_FALSE(decoded->body) << row.name;
    EXPECT_TRUE(decoded->body.error().is(malformed_message)) << row.name;
  }
  EXPECT_FALSE(decode(std::string(100, '[')));
  EXPECT_FALSE(decode(""));
}

TEST(BackendInterfaces, KeysHaveTheSizeThatTheirLabelSays) {
  for (const auto& [from_text, to] :
       {std::pair<std::string, std::string>{"\"KEKLabel\":\"as:example.com\",", ""},
        {"\"NwkSKey\":{", "\"NwkSKey\":{\"KEKLabel\":\"x\","},
        {"2B7E151628AED2A6ABF7158809CF4F3C", "2B"}}) {
    const auto decoded = decode(changed(golden("join_ans_1_0"), from_text, to));
    ASSERT_TRUE(decoded) << from_text;
    EXPECT_FALSE(decoded->body) << from_text;
  }
}

TEST(BackendInterfaces, AnAnswerGoesBackWithItsTokens) {
  const auto request = decode(golden("join_req_1_1"));
  ASSERT_TRUE(request);
  const auto answer = answer_header(request->header);
  EXPECT_EQ(answer, decode(golden("join_ans_1_1"))->header);
}

TEST(BackendInterfaces, EveryTypeHasANameAndAnAnswer) {
  for (unsigned i = 0; i <= static_cast<unsigned>(MessageType::profile_ans); ++i) {
    const auto type = static_cast<MessageType>(i);
    EXPECT_EQ(parse_message_type(to_string(type)), type);
    EXPECT_EQ(is_request(type), to_string(type).ends_with("Req"));
    if (is_request(type)) {
      const auto name = std::string(to_string(type));
      EXPECT_EQ(to_string(answer_to(type)), name.substr(0, name.size() - 3) + "Ans");
    }
  }
  EXPECT_FALSE(parse_message_type(""));
  EXPECT_FALSE(parse_mac_version("1.2"));
}

TEST(ResultCodes, AreMadeOfErrors) {
  struct Row {
    ErrorDef error;
    Purpose purpose;
    ResultCode code;
  };
  const auto def = [](std::string_view name, Code code) {
    return ErrorDef{"pkg/joinserver", name, code, "text"};
  };
  const Row rows[] = {
      {def("mic_mismatch", Code::invalid_argument), Purpose::join, ResultCode::mic_failed},
      {def("decode_payload", Code::invalid_argument), Purpose::join, ResultCode::malformed},
      {def("payload_type", Code::invalid_argument), Purpose::join, ResultCode::malformed},
      {def("unknown_join_eui", Code::invalid_argument), Purpose::join, ResultCode::malformed},
      {malformed_message, Purpose::other, ResultCode::malformed},
      {unknown_sender, Purpose::join, ResultCode::unknown_sender},
      {def("device_not_found", Code::not_found), Purpose::join, ResultCode::unknown_dev_eui},
      {def("device_not_found", Code::not_found), Purpose::other, ResultCode::unknown_dev_eui},
      {def("caller_not_authorized", Code::permission_denied), Purpose::join,
       ResultCode::activation_disallowed},
      {def("no_net_id", Code::failed_precondition), Purpose::other,
       ResultCode::activation_disallowed},
      {def("no_net_id", Code::failed_precondition), Purpose::join, ResultCode::join_req_failed},
      {def("reuse_dev_nonce", Code::invalid_argument), Purpose::join, ResultCode::join_req_failed},
      {def("kek", Code::not_found), Purpose::join, ResultCode::join_req_failed},
      {def("key_not_found", Code::not_found), Purpose::join, ResultCode::join_req_failed},
      {def("key_not_found", Code::not_found), Purpose::other, ResultCode::other},
      {def("no_app_s_key", Code::data_loss), Purpose::other, ResultCode::other},
  };
  for (const auto& row : rows) {
    const auto outcome = outcome_of(Error(row.error), row.purpose);
    EXPECT_EQ(outcome.code, row.code) << row.error.name;
    EXPECT_FALSE(outcome.description.empty());
  }
}

TEST(ResultCodes, AreErrorsToWhoeverAsked) {
  EXPECT_EQ(error_of({ResultCode::mic_failed, "x"}).name(), "mic");
  EXPECT_EQ(error_of({ResultCode::unknown_dev_eui, ""}).code(), Code::not_found);
  EXPECT_EQ(error_of({ResultCode::join_req_failed, "DevNonce"}).name(), "join_req");
  EXPECT_EQ(error_of({ResultCode::activation_disallowed, ""}).name(), "activation");
  EXPECT_EQ(error_of({ResultCode::other, "Hm"}).name(), "unexpected_result");
  const auto strange = decode(changed(golden("join_ans_refused"), "MICFailed", "Surprise"));
  const auto& result = std::get<JoinAns>(*strange->body).result;
  EXPECT_EQ(result.code, ResultCode::other);
  EXPECT_EQ(result.description, "Surprise: MIC mismatch");
}

}  // namespace
}  // namespace ff::backend_interfaces
