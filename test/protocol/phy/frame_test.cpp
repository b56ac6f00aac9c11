#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "protocol/phy/frame_encoder.hpp"
#include "protocol/phy/frame_view.hpp"
#include "test/protocol/phy/frame_vectors.hpp"

namespace ff::phy {
namespace {

using ff::test::bytes_at;
using ff::test::flag_at;
using ff::test::integer_at;
using ff::test::number_at;

Bytes hex(std::string_view text) {
  return parse_hex(text).value();
}

void expect_data(const DataFrameView& view, const boost::json::value& expected,
                 const Bytes& bytes) {
  const auto wanted = test::data_frame_of(expected);
  EXPECT_EQ(test::owned(view), wanted);
  if (expected.as_object().contains("mic")) {
    EXPECT_EQ(view.mic, test::mic_at(expected));
  }
  auto encoded = encode_unsigned(wanted).value();
  EXPECT_EQ(encoded, to_owned(view.signed_part));
  append_mic(encoded, view.mic);
  EXPECT_EQ(encoded, bytes);
}

void expect_join_request(const JoinRequestView& view, const boost::json::value& expected,
                         const Bytes& bytes) {
  EXPECT_EQ(view.request.join_eui, JoinEui{number_at(expected, "join_eui")});
  EXPECT_EQ(view.request.dev_eui, DevEui{number_at(expected, "dev_eui")});
  EXPECT_EQ(view.request.dev_nonce,
            DevNonce{static_cast<std::uint16_t>(number_at(expected, "dev_nonce"))});
  EXPECT_EQ(view.mic, test::mic_at(expected));
  auto encoded = encode_unsigned(view.request);
  append_mic(encoded, view.mic);
  EXPECT_EQ(encoded, bytes);
}

void expect_rejoin(const RejoinRequestView& view, const boost::json::value& expected,
                   const Bytes& bytes) {
  EXPECT_EQ(view.request, test::rejoin_of(expected));
  auto encoded = encode_unsigned(view.request).value();
  append_mic(encoded, view.mic);
  EXPECT_EQ(encoded, bytes);
}

void expect_frame(const Bytes& bytes, const boost::json::value& expected) {
  const auto frame = decode_frame(bytes);
  ASSERT_TRUE(frame) << frame.error().to_string();
  EXPECT_EQ(frame->mhdr.m_type, test::m_type_at(expected));
  EXPECT_EQ(frame->mhdr.major, integer_at(expected, "major"));
  if (const auto* data = std::get_if<DataFrameView>(&frame->body)) {
    expect_data(*data, expected, bytes);
  } else if (const auto* join = std::get_if<JoinRequestView>(&frame->body)) {
    expect_join_request(*join, expected, bytes);
  } else if (const auto* rejoin = std::get_if<RejoinRequestView>(&frame->body)) {
    expect_rejoin(*rejoin, expected, bytes);
  } else if (const auto* proprietary = std::get_if<ProprietaryView>(&frame->body)) {
    EXPECT_EQ(to_owned(proprietary->payload), bytes_at(expected, "payload"));
    EXPECT_EQ(encode_proprietary(proprietary->payload).value(), bytes);
  } else {
    FAIL() << "unexpected alternative";
  }
}

void run_phy_decode(const ff::test::Vector& vector) {
  expect_frame(bytes_at(vector.input, "frame"), vector.expected);
}

void run_phy_malformed(const ff::test::Vector& vector) {
  EXPECT_FALSE(decode_frame(bytes_at(vector.input, "frame")));
}

/// The vector has neither MHDR nor MIC: both are added.
void run_mac_payload(const ff::test::Vector& vector) {
  Bytes frame{encode_mhdr({test::m_type_at(vector.input), 0})};
  append(frame, bytes_at(vector.input, "bytes"));
  append_mic(frame, Mic{0x04030201});
  expect_frame(frame, vector.expected);
}

void run_uplink_identifiers(const ff::test::Vector& vector) {
  const auto bytes = bytes_at(vector.input, "frame");
  const auto frame = decode_frame(bytes);
  ASSERT_TRUE(frame);
  UplinkIdentifiers wanted;
  const auto& expected = vector.expected.as_object();
  if (expected.contains("join_eui")) wanted.join_eui = JoinEui{number_at(expected, "join_eui")};
  if (expected.contains("dev_eui")) wanted.dev_eui = DevEui{number_at(expected, "dev_eui")};
  EXPECT_EQ(uplink_identifiers(*frame), wanted);
}

void run_f_ctrl(const ff::test::Vector& vector) {
  const auto byte = bytes_at(vector.input, "byte")[0];
  const auto direction = flag_at(vector.input, "uplink") ? Direction::up : Direction::down;
  const auto f_ctrl = decode_f_ctrl(byte, direction);
  EXPECT_EQ(f_ctrl, test::f_ctrl_of(vector.expected));
  EXPECT_EQ(byte & 0x0f, integer_at(vector.expected, "fopts_len"));
  // Bit 6 is reserved in downlinks: it is read as nothing and written as zero.
  const auto rewritten =
      direction == Direction::up ? byte : static_cast<std::uint8_t>(byte & ~0x40);
  EXPECT_EQ(encode_f_ctrl(f_ctrl, direction, byte & 0x0f), rewritten);
}

void run_f_hdr_encode(const ff::test::Vector& vector) {
  DataFrame frame;
  frame.m_type = flag_at(vector.input, "uplink") ? MType::unconfirmed_up : MType::unconfirmed_down;
  frame.dev_addr = DevAddr{static_cast<std::uint32_t>(number_at(vector.input, "dev_addr"))};
  frame.f_ctrl = test::f_ctrl_of(vector.input.at("fctrl"));
  frame.f_cnt = low_half(FCnt32{static_cast<std::uint32_t>(integer_at(vector.input, "fcnt32"))});
  const auto encoded = encode_unsigned(frame).value();
  EXPECT_EQ(Bytes(encoded.begin() + 1, encoded.end()), bytes_at(vector.expected, "bytes"));
}

void run_mhdr(const ff::test::Vector& vector) {
  const auto byte = bytes_at(vector.input, "byte")[0];
  const auto mhdr = decode_mhdr(byte);
  EXPECT_EQ(mhdr.m_type, test::m_type_at(vector.expected));
  EXPECT_EQ(mhdr.major, integer_at(vector.expected, "major"));
  EXPECT_EQ(encode_mhdr(mhdr), byte);
}

TEST(Frame, ReproducesTheVectors) {
  const std::map<std::string, void (*)(const ff::test::Vector&)> runners{
      {"phy_decode", run_phy_decode},
      {"phy_malformed", run_phy_malformed},
      {"mac_payload", run_mac_payload},
      {"uplink_identifiers", run_uplink_identifiers},
      {"fctrl", run_f_ctrl},
      {"fhdr_encode", run_f_hdr_encode},
      {"mhdr", run_mhdr}};
  std::size_t ran = 0;
  for (const auto& vector : ff::test::lorawan_vectors("phypayload")) {
    if (vector.kind == "join_accept_payload") continue;  // test/protocol/join
    SCOPED_TRACE(vector.id);
    runners.at(vector.kind)(vector);
    ++ran;
  }
  EXPECT_EQ(ran, 64U);
}

struct MalformedRow {
  const char* name;
  Bytes frame;
  const ErrorDef& error;
};

TEST(DecodeFrame, NamesWhatIsWrong) {
  const MalformedRow rows[] = {
      {"nothing", {}, field_length_with_min},
      {"longer than any modem sends", Bytes(256, 0x40), field_length_with_max},
      {"data frame of 11 bytes", Bytes(11, 0x40), field_length_with_min},
      {"FOpts beyond the end", hex("40010203040500000a0b0c0d"), field_length_with_min},
      {"join-request of 22 bytes", Bytes(22, 0x00), field_length_equal},
      {"join-request of 24 bytes", Bytes(24, 0x00), field_length_equal},
      {"join-accept of 18 bytes", Bytes(18, 0x20), encrypted_join_accept_length},
      {"rejoin-request without type", hex("c0"), field_length_with_multiple_choices},
      {"rejoin-request of type 3", hex("c003"), unknown_field},
      {"rejoin-request of type 0, too long", Bytes{0xc0, 0x00, 0x00}, field_length_equal}};
  for (const auto& row : rows) {
    const auto frame = decode_frame(row.frame);
    ASSERT_FALSE(frame) << row.name;
    EXPECT_TRUE(frame.error().is(row.error)) << row.name << ": " << frame.error().to_string();
  }
}

TEST(DecodeFrame, KeepsAnUnknownMajorForTheServersToRefuse) {
  auto bytes = hex("410403020180010001a694642615d6c3b582");
  EXPECT_EQ(decode_frame(bytes)->mhdr.major, 1);
}

TEST(DecodeDataFrame, TakesDataFramesOnly) {
  const auto uplink = hex("400403020180010001a694642615d6c3b582");
  EXPECT_EQ(decode_data_frame(uplink)->dev_addr, DevAddr{0x01020304});
  EXPECT_TRUE(decode_data_frame(Bytes(23, 0)).error().is(unknown_field));
  EXPECT_TRUE(decode_data_frame({}).error().is(field_length_with_min));
}

TEST(UplinkIdentifiers, OfDataUplinksOnly) {
  const auto uplink = hex("400403020180010001a694642615d6c3b582");
  EXPECT_EQ(uplink_identifiers(*decode_frame(uplink)),
            UplinkIdentifiers{.dev_addr = DevAddr{0x01020304}});
  const auto downlink = hex("600403020180010001a694642615d6c3b582");
  EXPECT_EQ(uplink_identifiers(*decode_frame(downlink)), UplinkIdentifiers{});
  EXPECT_EQ(uplink_identifiers(*decode_frame(hex("e001"))), UplinkIdentifiers{});
}

TEST(EncodeUnsigned, RefusesWhatDoesNotFit) {
  DataFrame frame;
  frame.f_opts = Bytes(16, 0);
  EXPECT_TRUE(encode_unsigned(frame).error().is(encoded_field_length_bound));
  frame.f_opts.clear();
  frame.frm_payload = Bytes(1, 0);
  EXPECT_TRUE(encode_unsigned(frame).error().is(encode));
  frame.f_port = FPort{1};
  frame.frm_payload = Bytes(242, 0);
  EXPECT_EQ(encode_unsigned(frame)->size(), phy_payload_size_max - mic_size);
  frame.frm_payload = Bytes(243, 0);
  EXPECT_TRUE(encode_unsigned(frame).error().is(encoded_field_length_bound));
  frame.m_type = MType::join_request;
  EXPECT_TRUE(encode_unsigned(frame).error().is(unknown_field));
  EXPECT_TRUE(
      encode_unsigned(RejoinRequest{.net_id = NetId{0x1000000}}).error().is(field_with_max));
  EXPECT_TRUE(encode_proprietary(Bytes(255, 0)).error().is(encoded_field_length_bound));
}

TEST(Frame, DecodingWhatWasEncodedGivesTheSame) {
  std::mt19937 random(3);
  const auto flag = [&random] { return random() % 2 == 0; };
  for (int round = 0; round < 2000; ++round) {
    DataFrame frame;
    frame.m_type = static_cast<MType>(2 + random() % 4);
    const bool up = direction_of(frame.m_type) == Direction::up;
    frame.dev_addr = DevAddr{static_cast<std::uint32_t>(random())};
    frame.f_ctrl = {flag(), up && flag(), flag(), up && flag(), !up && flag()};
    frame.f_cnt = FCnt16{static_cast<std::uint16_t>(random())};
    frame.f_opts = Bytes(random() % 16, static_cast<std::uint8_t>(random()));
    if (flag()) {
      frame.f_port = FPort{static_cast<std::uint8_t>(random())};
      frame.frm_payload = Bytes(random() % 200, static_cast<std::uint8_t>(random()));
    }
    auto bytes = encode_unsigned(frame).value();
    append_mic(bytes, Mic{static_cast<std::uint32_t>(random())});
    EXPECT_EQ(test::owned(decode_data_frame(bytes).value()), frame);
  }
}

}  // namespace
}  // namespace ff::phy
