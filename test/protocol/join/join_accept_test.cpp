#include "protocol/join/join_accept.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "protocol/phy/mic.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::join {
namespace {

using ff::test::bytes_at;
using ff::test::flag_at;
using ff::test::integer_at;
using ff::test::key_at;
using ff::test::number_at;
using ff::test::Vector;

phy::Mic mic_at(const boost::json::value& object) {
  return phy::Mic{static_cast<std::uint32_t>(read_le<4>(bytes_at(object, "mic")))};
}

phy::JoinAcceptContext context_of(const Vector& v) {
  const auto* nonce = v.input.contains("rejoin_count") ? "rejoin_count" : "dev_nonce";
  if (!v.input.contains("join_req_type")) return {};
  return {static_cast<phy::JoinReqType>(integer_at(v.input, "join_req_type")),
          JoinEui{number_at(v.input, "join_eui")},
          DevNonce{static_cast<std::uint16_t>(number_at(v.input, nonce))}};
}

JoinAccept accept_of(const boost::json::value& fields) {
  JoinAccept accept;
  accept.join_nonce = JoinNonce{static_cast<std::uint32_t>(number_at(fields, "join_nonce"))};
  accept.net_id = NetId{static_cast<std::uint32_t>(number_at(fields, "net_id"))};
  accept.dev_addr = DevAddr{static_cast<std::uint32_t>(number_at(fields, "dev_addr"))};
  const auto& settings = fields.at("dl_settings");
  accept.dl_settings = {
      flag_at(settings, "opt_neg"),
      DataRateOffset{static_cast<std::uint8_t>(integer_at(settings, "rx1_dr_offset"))},
      DataRateIndex{static_cast<std::uint8_t>(integer_at(settings, "rx2_data_rate"))}};
  accept.rx_delay = static_cast<std::uint8_t>(integer_at(fields, "rx_delay"));
  return accept;
}

void expect_mic(const Result<phy::Mic>& mic, const Vector& v) {
  if (flag_at(v.expected, "error")) {
    EXPECT_FALSE(mic);
  } else {
    EXPECT_EQ(mic.value(), mic_at(v.expected));
  }
}

void run_encrypt(const Vector& v) {
  const auto key = key_at(v.input, "key");
  const auto plain = bytes_at(v.input, "plain");
  const auto cipher = phy::encrypt_join_accept(key, plain);
  if (flag_at(v.expected, "error")) {
    EXPECT_TRUE(cipher.error().is(phy::join_accept_payload_size));
    return;
  }
  EXPECT_EQ(cipher.value(), bytes_at(v.expected, "cipher"));
  EXPECT_EQ(phy::decrypt_join_accept(key, *cipher).value(), plain);
}

void run_join_request_mic(const Vector& v) {
  expect_mic(phy::join_request_mic(key_at(v.input, "key"), bytes_at(v.input, "mic_input")), v);
}
void run_rejoin_request_mic(const Vector& v) {
  expect_mic(phy::rejoin_request_mic(key_at(v.input, "key"), bytes_at(v.input, "mic_input")), v);
}
void run_accept_mic_10(const Vector& v) {
  expect_mic(phy::join_accept_mic_1_0(key_at(v.input, "key"), bytes_at(v.input, "mic_input")), v);
}
void run_accept_mic_11(const Vector& v) {
  const auto* key = v.input.contains("js_int_key") ? "js_int_key" : "key";
  expect_mic(
      phy::join_accept_mic_1_1(key_at(v.input, key), context_of(v), bytes_at(v.input, "mic_input")),
      v);
}

void run_join_request_frame(const Vector& v) {
  const auto key = key_at(v.input, "app_key");
  const auto frame = bytes_at(v.input, "frame");
  const auto view = parse_join_request(frame);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->request.join_eui, JoinEui{number_at(v.expected, "join_eui")});
  EXPECT_EQ(view->request.dev_eui, DevEui{number_at(v.expected, "dev_eui")});
  EXPECT_EQ(view->request.dev_nonce,
            DevNonce{static_cast<std::uint16_t>(number_at(v.expected, "dev_nonce"))});
  EXPECT_TRUE(check_join_request_mic(*view, key));
  EXPECT_EQ(seal_join_request(view->request, key), frame);
}

void run_rejoin_request_frame(const Vector& v) {
  const auto frame = bytes_at(v.input, "frame");
  const auto decoded = phy::decode_frame(frame).value();
  const auto& view = std::get<phy::RejoinRequestView>(decoded.body);
  EXPECT_EQ(view.mic, mic_at(v.expected));
  EXPECT_EQ(seal_rejoin_request(view.request, key_at(v.input, "key")).value(), frame);
}

/// Device and join server agree with the vector and with each other. All keys of the vector are the
/// same key.
void run_accept_frame(const Vector& v) {
  const auto key = key_at(v.input, v.input.contains("key") ? "key" : "app_key");
  const JoinAcceptKeys keys{key, key, key};
  const auto frame = bytes_at(v.input, "frame");
  const auto opened = open_join_accept(frame, keys, context_of(v));
  ASSERT_TRUE(opened) << opened.error().to_string();
  auto wanted = accept_of(v.expected);
  if (opened->cf_list) wanted.cf_list = opened->cf_list;
  EXPECT_EQ(*opened, wanted);
  EXPECT_EQ(seal_join_accept(encode_join_accept(*opened).value(), keys, context_of(v)).value(),
            frame);
}

/// The sample's OptNeg bit is zero although its MIC is that of 1.1: MIC and encryption are compared
/// one by one.
void run_accept_rejoin(const Vector& v) {
  auto message = bytes_at(v.input, "mhdr");
  append(message, bytes_at(v.input, "plain"));
  const auto mic = phy::join_accept_mic_1_1(key_at(v.input, "js_int_key"), context_of(v), message);
  EXPECT_EQ(mic.value(), mic_at(v.expected));
  append_le<4>(message, mic->value());
  auto frame = bytes_at(v.input, "mhdr");
  append(frame,
         phy::encrypt_join_accept(key_at(v.input, "js_enc_key"), ByteView(message).subspan(1))
             .value());
  EXPECT_EQ(frame, bytes_at(v.expected, "frame"));
}

TEST(Join, ReproducesTheVectors) {
  const std::map<std::string, void (*)(const Vector&)> runners{
      {"join_accept_encrypt", run_encrypt},
      {"join_accept_encrypt_error", run_encrypt},
      {"join_request_mic", run_join_request_mic},
      {"join_request_mic_error", run_join_request_mic},
      {"rejoin_request_mic", run_rejoin_request_mic},
      {"rejoin_request_mic_error", run_rejoin_request_mic},
      {"join_accept_mic_10", run_accept_mic_10},
      {"join_accept_mic_10_error", run_accept_mic_10},
      {"join_accept_mic_11", run_accept_mic_11},
      {"join_accept_mic_11_error", run_accept_mic_11},
      {"join_request_frame", run_join_request_frame},
      {"rejoin_request_frame", run_rejoin_request_frame},
      {"join_accept_frame_10", run_accept_frame},
      {"join_accept_frame_11", run_accept_frame},
      {"join_accept_rejoin_11", run_accept_rejoin}};
  std::size_t ran = 0;
  for (const auto& vector : ff::test::lorawan_vectors("crypto_join")) {
    SCOPED_TRACE(vector.id);
    runners.at(vector.kind)(vector);
    ++ran;
  }
  EXPECT_EQ(ran, 22U);
}

TEST(JoinAccept, ReproducesTheFieldVectors) {
  std::size_t ran = 0;
  for (const auto& vector : ff::test::lorawan_vectors("phypayload")) {
    if (vector.kind != "join_accept_payload") continue;
    SCOPED_TRACE(vector.id);
    ++ran;
    const auto bytes = bytes_at(vector.input, "bytes");
    const auto decoded = decode_join_accept(bytes).value();
    auto wanted = accept_of(vector.expected);
    EXPECT_EQ(decoded.cf_list.has_value(), vector.expected.as_object().contains("cf_list"));
    if (decoded.cf_list) {
      EXPECT_EQ(decoded.cf_list->index(), integer_at(vector.expected.at("cf_list"), "type"));
      wanted.cf_list = decoded.cf_list;
    }
    EXPECT_EQ(decoded, wanted);
    EXPECT_EQ(encode_join_accept(decoded).value(), bytes);
  }
  EXPECT_EQ(ran, 4U);
}

Aes128Key key(std::uint8_t seed) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(seed);
  return Aes128Key(bytes);
}

JoinAccept random_accept(std::mt19937& random) {
  JoinAccept accept;
  accept.join_nonce = JoinNonce{static_cast<std::uint32_t>(random() & 0xffffff)};
  accept.net_id = NetId{static_cast<std::uint32_t>(random() & 0xffffff)};
  accept.dev_addr = DevAddr{static_cast<std::uint32_t>(random())};
  accept.dl_settings = {random() % 2 == 0, DataRateOffset{static_cast<std::uint8_t>(random() % 8)},
                        DataRateIndex{static_cast<std::uint8_t>(random() % 16)}};
  accept.rx_delay = static_cast<std::uint8_t>(random() % 16);
  if (random() % 3 == 0)
    accept.cf_list = CfListFrequencies{{Frequency::hz(867'100'000), Frequency::hz(867'300'000)}};
  if (random() % 3 == 1) accept.cf_list = CfListChannelMasks{{0xff00, 0, 0, 0, 2}};
  return accept;
}

TEST(JoinAccept, TheDeviceOpensWhatTheServerSealed) {
  std::mt19937 random(5);
  const JoinAcceptKeys keys = join_accept_keys(key(7), DevEui{0x0102030405060708});
  for (const auto type : {phy::JoinReqType::join_request, phy::JoinReqType::rejoin_restore,
                          phy::JoinReqType::rejoin_full_context, phy::JoinReqType::rejoin_rekey}) {
    for (int round = 0; round < 100; ++round) {
      const auto accept = random_accept(random);
      const phy::JoinAcceptContext context{type, JoinEui{42},
                                           DevNonce{static_cast<std::uint16_t>(random())}};
      const auto frame =
          seal_join_accept(encode_join_accept(accept).value(), keys, context).value();
      EXPECT_EQ(open_join_accept(frame, keys, context).value(), accept);
    }
  }
}

TEST(JoinAccept, TheDeviceRefusesEveryFlippedBit) {
  const auto keys = join_accept_keys(key(7), DevEui{9});
  for (const bool opt_neg : {false, true}) {
    const JoinAccept accept{.dl_settings = {.opt_neg = opt_neg}};
    const auto frame = seal_join_accept(encode_join_accept(accept).value(), keys, {}).value();
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
      auto changed = frame;
      changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << bit % 8));
      // MHDR is rebuilt from what was received: flipping its reserved bits breaks the MIC as well.
      EXPECT_FALSE(open_join_accept(changed, keys, {})) << bit;
    }
  }
}

TEST(JoinAccept, In11TheAnswerBelongsToOneRequest) {
  const auto keys = join_accept_keys(key(7), DevEui{9});
  const phy::JoinAcceptContext context{phy::JoinReqType::join_request, JoinEui{1}, DevNonce{2}};
  const JoinAccept accept{.dl_settings = {.opt_neg = true}};
  const auto frame = seal_join_accept(encode_join_accept(accept).value(), keys, context).value();
  auto other = context;
  other.dev_nonce = DevNonce{3};
  EXPECT_TRUE(open_join_accept(frame, keys, other).error().is(mic_mismatch));
}

TEST(JoinAccept, RefusesValuesBeyondTheirBits) {
  EXPECT_FALSE(encode_join_accept({.join_nonce = JoinNonce{0x1000000}}));
  EXPECT_FALSE(encode_join_accept({.net_id = NetId{0x1000000}}));
  EXPECT_FALSE(encode_join_accept({.dl_settings = {.rx1_dr_offset = DataRateOffset{8}}}));
  EXPECT_FALSE(encode_join_accept({.dl_settings = {.rx2_dr = DataRateIndex{16}}}));
  for (std::size_t size = 0; size < 40; ++size) {
    EXPECT_EQ(decode_join_accept(Bytes(size, 0)).has_value(), size == 12 || size == 28) << size;
    EXPECT_EQ(seal_join_accept(Bytes(size, 0), {}, {}).has_value(), size == 12 || size == 28)
        << size;
  }
}

TEST(DlSettings, EveryByteKeepsItsMeaning) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto value = static_cast<std::uint8_t>(byte);
    EXPECT_EQ(encode_dl_settings(decode_dl_settings(value)).value(), value);
  }
}

TEST(RxDelay, ZeroMeansOneSecond) {
  EXPECT_EQ(rx_delay_of(0).count(), 1);
  EXPECT_EQ(rx_delay_of(1).count(), 1);
  EXPECT_EQ(rx_delay_of(15).count(), 15);
  EXPECT_EQ(rx_delay_of(0xf5).count(), 5);
}

TEST(ParseJoinRequest, NamesWhatIsWrongInTheServersOrder) {
  const auto good = seal_join_request({JoinEui{1}, DevEui{2}, DevNonce{3}}, key(1));
  ASSERT_TRUE(parse_join_request(good));
  auto other_major = good;
  other_major[0] |= 1;
  EXPECT_TRUE(parse_join_request(other_major).error().is(lorawan_major_version));
  EXPECT_TRUE(parse_join_request(ByteView(good).first(22)).error().is(decode_payload));
  EXPECT_TRUE(parse_join_request({}).error().is(decode_payload));
  const auto rejoin = seal_rejoin_request({.dev_eui = DevEui{2}}, key(1)).value();
  EXPECT_TRUE(parse_join_request(rejoin).error().is(payload_type));
  const auto nobody = seal_join_request({JoinEui{1}, DevEui{0}, DevNonce{3}}, key(1));
  EXPECT_TRUE(parse_join_request(nobody).error().is(no_dev_eui));
}

TEST(CheckJoinRequestMic, DetectsAnotherKey) {
  const auto frame = seal_join_request({JoinEui{1}, DevEui{2}, DevNonce{3}}, key(1));
  const auto view = parse_join_request(frame).value();
  EXPECT_TRUE(check_join_request_mic(view, key(1)));
  EXPECT_TRUE(check_join_request_mic(view, key(2)).error().is(mic_mismatch));
}

TEST(ParseRejoinRequest, GivesWhatTheDeviceSealedAndChecksItsKey) {
  const phy::RejoinRequest requests[] = {
      {phy::RejoinType::restore, NetId{0x13}, {}, DevEui{2}, 0xfffe},
      {phy::RejoinType::full_context, {}, JoinEui{1}, DevEui{2}, 5},
      {phy::RejoinType::rekey, NetId{0x13}, {}, DevEui{2}, 0},
  };
  for (const auto& request : requests) {
    auto frame = seal_rejoin_request(request, key(1)).value();
    const auto view = parse_rejoin_request(frame).value();
    EXPECT_EQ(view.request, request);
    EXPECT_TRUE(check_rejoin_request_mic(view, key(1)));
    EXPECT_TRUE(check_rejoin_request_mic(view, key(2)).error().is(mic_mismatch));
    frame.pop_back();
    EXPECT_TRUE(parse_rejoin_request(frame).error().is(decode_payload));
  }
}

TEST(ParseRejoinRequest, NamesWhatIsWrong) {
  const auto join = seal_join_request({JoinEui{1}, DevEui{2}, DevNonce{3}}, key(1));
  EXPECT_TRUE(parse_rejoin_request(join).error().is(payload_type));
  const auto nobody = seal_rejoin_request({}, key(1)).value();
  EXPECT_TRUE(parse_rejoin_request(nobody).error().is(no_dev_eui));
  EXPECT_TRUE(parse_rejoin_request({}).error().is(decode_payload));
}

TEST(JoinAccept, AnswersOneTypeOfRejoinRequest) {
  const auto keys = join_accept_keys(key(1), DevEui{2});
  JoinAccept accept{.join_nonce = JoinNonce{1},
                    .net_id = NetId{0x13},
                    .dev_addr = DevAddr{1},
                    .dl_settings = {.opt_neg = true},
                    .rx_delay = 1,
                    .cf_list = {}};
  const auto fields = encode_join_accept(accept).value();
  constexpr phy::RejoinType types[] = {phy::RejoinType::restore, phy::RejoinType::full_context,
                                       phy::RejoinType::rekey};
  for (const auto asked : types) {
    const auto frame =
        seal_join_accept(fields, keys, {join_req_type(asked), JoinEui{1}, DevNonce{4}}).value();
    for (const auto expected : types) {
      const auto opened =
          open_join_accept(frame, keys, {join_req_type(expected), JoinEui{1}, DevNonce{4}});
      EXPECT_EQ(opened.has_value(), asked == expected);
    }
    EXPECT_FALSE(open_join_accept(frame, keys, {phy::JoinReqType::join_request, JoinEui{1}, {}}));
  }
}

}  // namespace
}  // namespace ff::join
