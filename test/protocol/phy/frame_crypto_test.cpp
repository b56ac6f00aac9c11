#include "protocol/phy/frame_crypto.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "protocol/phy/mic.hpp"
#include "protocol/phy/seal.hpp"
#include "test/protocol/phy/frame_vectors.hpp"

namespace ff::phy {
namespace {

using crypto::CmacKey;
using ff::test::bytes_at;
using ff::test::flag_at;
using ff::test::integer_at;
using ff::test::key_at;
using ff::test::number_at;
using ff::test::Vector;

FrameContext context_of(const Vector& vector, Direction direction) {
  return {direction, DevAddr{static_cast<std::uint32_t>(number_at(vector.input, "dev_addr"))},
          FCnt32{static_cast<std::uint32_t>(integer_at(vector.input, "fcnt"))}};
}

UplinkTransmission transmission_of(const Vector& vector) {
  return {static_cast<std::uint16_t>(integer_at(vector.input, "conf_fcnt")),
          DataRateIndex{static_cast<std::uint8_t>(integer_at(vector.input, "tx_dr"))},
          ChannelIndex{static_cast<std::uint8_t>(integer_at(vector.input, "tx_ch"))}};
}

void run_ctr_encrypt(const Vector& vector) {
  const auto context =
      context_of(vector, static_cast<Direction>(integer_at(vector.input, "direction")));
  const auto constant = bytes_at(vector.input, "frame_type_constant");
  auto bytes = bytes_at(vector.input, "plain");
  const auto key = key_at(vector.input, "key");
  if (constant[3] == 0) {
    crypt_frm_payload(key, context, bytes);
  } else {
    crypt_f_opts(key, context, static_cast<FOptsCounter>(constant[3]), bytes);
  }
  EXPECT_EQ(bytes, bytes_at(vector.expected, "cipher"));
}

void run_mic_10(const Vector& vector, Direction direction) {
  const CmacKey key(key_at(vector.input, "nwk_s_key"));
  EXPECT_EQ(mic_1_0(key, context_of(vector, direction), bytes_at(vector.input, "mic_input")),
            test::mic_at(vector.expected));
}

void run_uplink_mic_11(const Vector& vector) {
  const CmacKey f_key(key_at(vector.input, "f_nwk_s_int_key"));
  const CmacKey s_key(key_at(vector.input, "s_nwk_s_int_key"));
  const auto context = context_of(vector, Direction::up);
  const auto message = bytes_at(vector.input, "mic_input");
  EXPECT_EQ(uplink_mic_1_1(uplink_cmac_s(s_key, context, transmission_of(vector), message),
                           mic_1_0(f_key, context, message)),
            test::mic_at(vector.expected));
}

void run_downlink_mic_11(const Vector& vector) {
  const CmacKey key(key_at(vector.input, "s_nwk_s_int_key"));
  EXPECT_EQ(downlink_mic_1_1(key, context_of(vector, Direction::down),
                             static_cast<std::uint16_t>(integer_at(vector.input, "conf_fcnt")),
                             bytes_at(vector.input, "mic_input")),
            test::mic_at(vector.expected));
}

NetworkSessionKeys keys_of(const Vector& vector) {
  if (vector.input.contains("nwk_s_key")) {
    const auto key = key_at(vector.input, "nwk_s_key");
    return {key, key, key};
  }
  // Downlink vectors may leave out the key that downlinks do not use.
  const auto s_key = key_at(vector.input, "s_nwk_s_int_key");
  const auto f_key =
      vector.input.contains("f_nwk_s_int_key") ? key_at(vector.input, "f_nwk_s_int_key") : s_key;
  return {f_key, s_key, key_at(vector.input, "nwk_s_enc_key")};
}

SealContext seal_context_of(const Vector& vector, MacVersion version, std::uint32_t f_cnt) {
  return {version, FCnt32{f_cnt}, transmission_of(vector)};
}

void crypt_application_payload(const Vector& vector, const SealContext& context, DataFrame& frame) {
  if (!frame.f_port || frame.f_port->value() == 0) return;
  crypt_frm_payload(key_at(vector.input, "app_s_key"),
                    {direction_of(frame.m_type), frame.dev_addr, context.f_cnt}, frame.frm_payload);
}

/// The vector's frame on air, opened with its keys, is its plain frame; sealed again it is the
/// same.
void run_frame(const Vector& vector, MacVersion version) {
  const auto bytes = bytes_at(vector.input, "frame");
  const auto& plain = vector.expected.at("plain_frame");
  // Some samples of the source leave FOpts plain although the version is 1.1: the MIC is all that
  // can be compared.
  const bool f_opts_plain =
      version == MacVersion::v1_1 && !flag_at(vector.input, "fopts_encrypted");
  const auto view = decode_data_frame(bytes).value();
  const auto context = seal_context_of(vector, version, view.f_cnt.value());
  const auto keys = keys_of(vector);
  EXPECT_EQ(expected_mic(view, keys, context), view.mic);
  auto opened = open_frame(view, keys, context);
  ASSERT_TRUE(opened);
  if (f_opts_plain) opened->f_opts = to_owned(view.f_opts);
  crypt_application_payload(vector, context, *opened);
  EXPECT_EQ(*opened, test::data_frame_of(plain));
  if (f_opts_plain && !view.f_opts.empty()) return;
  crypt_application_payload(vector, context, *opened);
  EXPECT_EQ(seal_frame(*opened, keys, context).value(), bytes);
}

/// The vector's plain frame, sealed with its keys, is its frame on air; opened by the other side it
/// is the same.
void run_build(const Vector& vector, MacVersion version) {
  const auto f_cnt = static_cast<std::uint32_t>(integer_at(vector.input, "fcnt32"));
  const auto context = seal_context_of(vector, version, f_cnt);
  auto frame = test::data_frame_of(vector.input.at("plain_frame"));
  crypt_application_payload(vector, context, frame);
  const auto sealed = seal_frame(frame, keys_of(vector), context);
  ASSERT_TRUE(sealed) << sealed.error().to_string();
  EXPECT_EQ(hex_lower(*sealed), vector.expected.at("frame").as_string());
  const auto opened = open_frame(decode_data_frame(*sealed).value(), keys_of(vector), context);
  ASSERT_TRUE(opened);
  frame.f_cnt = low_half(context.f_cnt);
  EXPECT_EQ(*opened, frame);
}

TEST(FrameCrypto, ReproducesTheVectors) {
  constexpr auto v10 = MacVersion::v1_0;
  constexpr auto v11 = MacVersion::v1_1;
  const std::map<std::string, std::function<void(const Vector&)>> runners{
      {"ctr_encrypt", run_ctr_encrypt},
      {"uplink_mic_10", [](const Vector& v) { run_mic_10(v, Direction::up); }},
      {"downlink_mic_10", [](const Vector& v) { run_mic_10(v, Direction::down); }},
      {"uplink_mic_11", run_uplink_mic_11},
      {"downlink_mic_11", run_downlink_mic_11},
      {"uplink_frame_10", [](const Vector& v) { run_frame(v, v10); }},
      {"uplink_frame_11", [](const Vector& v) { run_frame(v, v11); }},
      {"downlink_frame_11", [](const Vector& v) { run_frame(v, v11); }},
      {"uplink_build_10", [](const Vector& v) { run_build(v, v10); }},
      {"downlink_build_10", [](const Vector& v) { run_build(v, v10); }},
      {"uplink_build_11", [](const Vector& v) { run_build(v, v11); }},
      {"downlink_build_11", [](const Vector& v) { run_build(v, v11); }}};
  std::size_t ran = 0;
  for (const auto& vector : ff::test::lorawan_vectors("crypto_data")) {
    SCOPED_TRACE(vector.id);
    runners.at(vector.kind)(vector);
    ++ran;
  }
  EXPECT_EQ(ran, 76U);
}

Aes128Key key(std::uint8_t seed) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(seed);
  return Aes128Key(bytes);
}
const NetworkSessionKeys session{key(1), key(2), key(3)};

DataFrame sample(MType m_type) {
  return {.m_type = m_type,
          .dev_addr = DevAddr{0x26011234},
          .f_opts = {0x02},
          .f_port = FPort{7},
          .frm_payload = {1}};
}

TEST(MatchUplink, FindsTheSessionThatMadeTheFrame) {
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_1}) {
    const SealContext context{version, FCnt32{0x12345}, {0, DataRateIndex{5}, ChannelIndex{3}}};
    const auto bytes = seal_frame(sample(MType::unconfirmed_up), session, context).value();
    const auto frame = decode_data_frame(bytes).value();
    const auto kind = version == MacVersion::v1_1 ? UplinkMic::second_half : UplinkMic::whole;
    const Aes128Key foreign = key(9);
    const CmacKey foreign_ready(foreign);
    const CmacKey own_ready(session.f_nwk_s_int_key);
    std::vector<crypto::Candidate<Aes128Key>> bare;
    std::vector<crypto::Candidate<CmacKey>> ready;
    for (int i = 0; i < 5; ++i) {
      bare.push_back(uplink_candidate(foreign, FCnt32{0x12345}, frame.mic, kind));
      ready.push_back(uplink_candidate(foreign_ready, FCnt32{0x12345}, frame.mic, kind));
    }
    bare.push_back(uplink_candidate(session.f_nwk_s_int_key, FCnt32{0x2345}, frame.mic, kind));
    bare.push_back(uplink_candidate(session.f_nwk_s_int_key, FCnt32{0x12345}, frame.mic, kind));
    ready.push_back(uplink_candidate(own_ready, FCnt32{0x12345}, frame.mic, kind));
    EXPECT_EQ(match_uplink(std::span<const crypto::Candidate<Aes128Key>>(bare), frame), 6U);
    EXPECT_EQ(match_uplink(std::span<const crypto::Candidate<CmacKey>>(ready), frame), 5U);
  }
}

TEST(OpenFrame, RefusesEveryFlippedBit) {
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_1}) {
    const SealContext context{version, FCnt32{70000}, {}};
    for (const auto m_type : {MType::unconfirmed_up, MType::confirmed_down}) {
      const auto bytes = seal_frame(sample(m_type), session, context).value();
      for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto changed = bytes;
        changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << bit % 8));
        const auto frame = decode_data_frame(changed);
        EXPECT_FALSE(frame && open_frame(*frame, session, context)) << bit;
      }
    }
  }
}

TEST(OpenFrame, NeedsWhatTheMicCovers) {
  auto frame = sample(MType::unconfirmed_up);
  frame.f_ctrl.ack = true;
  const SealContext context{MacVersion::v1_1, FCnt32{1}, {77, DataRateIndex{5}, ChannelIndex{3}}};
  const auto bytes = seal_frame(frame, session, context).value();
  const auto view = decode_data_frame(bytes).value();
  EXPECT_TRUE(open_frame(view, session, context));
  auto other = context;
  other.transmission.conf_f_cnt = 78;
  EXPECT_FALSE(open_frame(view, session, other));
  other = context;
  other.transmission.tx_dr = DataRateIndex{4};
  EXPECT_FALSE(open_frame(view, session, other));
  other = context;
  other.transmission.tx_ch = ChannelIndex{2};
  EXPECT_FALSE(open_frame(view, session, other));
  other = context;
  other.f_cnt = FCnt32{0x10001};
  EXPECT_FALSE(open_frame(view, session, other));
}

TEST(SealFrame, IgnoresConfFCntWithoutAck) {
  SealContext context{MacVersion::v1_1, FCnt32{1}, {77, DataRateIndex{0}, ChannelIndex{0}}};
  const auto with = seal_frame(sample(MType::unconfirmed_down), session, context).value();
  context.transmission.conf_f_cnt = 0;
  EXPECT_EQ(seal_frame(sample(MType::unconfirmed_down), session, context).value(), with);
}

TEST(SealFrame, RefusesFramesThatDoNotFitBeforeTouchingThem) {
  auto frame = sample(MType::unconfirmed_down);
  frame.f_opts = Bytes(300, 0);
  EXPECT_FALSE(seal_frame(frame, session, {MacVersion::v1_1, FCnt32{1}, {}}));
}

TEST(FOptsCounter, IsTheApplicationsForDownlinksWithItsPort) {
  EXPECT_EQ(f_opts_counter(Direction::down, FPort{1}), FOptsCounter::a_f_cnt_down);
  EXPECT_EQ(f_opts_counter(Direction::down, FPort{0}), FOptsCounter::f_cnt_up_or_n_f_cnt_down);
  EXPECT_EQ(f_opts_counter(Direction::down, std::nullopt), FOptsCounter::f_cnt_up_or_n_f_cnt_down);
  EXPECT_EQ(f_opts_counter(Direction::up, FPort{1}), FOptsCounter::f_cnt_up_or_n_f_cnt_down);
}

}  // namespace
}  // namespace ff::phy
