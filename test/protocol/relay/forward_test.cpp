// FPort 226 payloads against the vectors of test/golden/lorawan/relay.json.
#include "protocol/relay/forward.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "protocol/base/random.hpp"
#include "protocol/phy/errors.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::relay {
namespace {

using ff::test::bytes_at;
using ff::test::integer_at;
using ff::test::Vector;

constexpr std::uint32_t step = 100;

std::vector<Vector> vectors_of(std::string_view kind) {
  auto all = ff::test::lorawan_vectors("relay");
  std::erase_if(all, [kind](const Vector& vector) { return vector.kind != kind; });
  return all;
}

/// Data rate 255 where the vector says that there is none.
ForwardedUplink uplink_of(const Vector& vector) {
  const auto& in = vector.input;
  const bool has_rate = !in.at("data_rate").is_null();
  ForwardedUplink uplink;
  uplink.data_rate = DataRateIndex{has_rate ? static_cast<std::uint8_t>(integer_at(in, "data_rate"))
                                            : std::uint8_t{255}};
  uplink.snr_db = static_cast<std::int8_t>(in.at("snr_db").to_number<int>());
  uplink.rssi_dbm = static_cast<std::int16_t>(in.at("rssi_dbm").to_number<int>());
  uplink.wor_channel = static_cast<std::uint8_t>(integer_at(in, "wor_channel"));
  uplink.frequency = Frequency::hz(integer_at(in, "frequency_hz"));
  uplink.phy_payload = bytes_at(in, "phy_payload");
  return uplink;
}

TEST(ForwardedUplink, VectorsBothWays) {
  const auto rows = vectors_of("forward_uplink_req");
  ASSERT_EQ(rows.size(), 3U);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    const auto uplink = uplink_of(row);
    const auto payload = bytes_at(row.expected, "frm_payload");
    EXPECT_EQ(encode_forwarded_uplink(uplink, step).value(), payload);
    EXPECT_EQ(decode_forwarded_uplink(payload, step).value(), uplink);
  }
}

TEST(ForwardedUplink, WhatDoesNotFitIsRefused) {
  const auto rows = vectors_of("forward_uplink_req_error");
  ASSERT_EQ(rows.size(), 4U);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    EXPECT_FALSE(encode_forwarded_uplink(uplink_of(row), step));
  }
  ForwardedUplink uplink{.frequency = Frequency::hz(868'100'000), .phy_payload = {1}};
  ASSERT_TRUE(encode_forwarded_uplink(uplink, step));
  uplink.frequency = {};
  EXPECT_TRUE(encode_forwarded_uplink(uplink, step).error().is(phy::field_bound));
}

/// A relay's encoder may cut values to what fits; we refuse to make such a payload, and read it.
TEST(ForwardedUplink, WhatARelayHasCutIsRead) {
  const auto rows = vectors_of("forward_uplink_req_clamped");
  ASSERT_EQ(rows.size(), 2U);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    auto uplink = uplink_of(row);
    EXPECT_FALSE(encode_forwarded_uplink(uplink, step));
    uplink.snr_db = std::clamp<std::int8_t>(uplink.snr_db, -20, 11);
    uplink.rssi_dbm = std::clamp<std::int16_t>(uplink.rssi_dbm, -142, -15);
    const auto payload = bytes_at(row.expected, "frm_payload");
    EXPECT_EQ(decode_forwarded_uplink(payload, step).value(), uplink);
    EXPECT_EQ(encode_forwarded_uplink(uplink, step).value(), payload);
  }
}

TEST(ForwardedUplink, TooShortIsRefused) {
  const auto rows = vectors_of("forward_uplink_req_decode_error");
  ASSERT_EQ(rows.size(), 3U);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.id);
    const auto read = decode_forwarded_uplink(bytes_at(row.input, "frm_payload"), step);
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().is(phy::encoded_field_length_bound));
  }
  EXPECT_FALSE(decode_forwarded_uplink(Bytes(6, 0), step)) << "no frame behind the header";
}

TEST(ForwardedUplink, AReservedChannelIsRefused) {
  const auto read = decode_forwarded_uplink(Bytes{0x91, 0x63, 0x02, 0x28, 0x76, 0x84, 0x01}, step);
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().is(phy::unknown_field));
}

TEST(ForwardedUplink, FrequenciesCountInTheStepsOfTheRegion) {
  const Bytes payload{0x91, 0x63, 0x01, 0x28, 0x76, 0x84, 0x01};
  EXPECT_EQ(decode_forwarded_uplink(payload, 200).value().frequency, Frequency::hz(1'736'200'000));
}

TEST(ForwardedDownlink, IsTheFrameAsItIs) {
  const auto rows = vectors_of("forward_downlink_req");
  ASSERT_EQ(rows.size(), 2U);
  for (const auto& row : rows) {
    EXPECT_EQ(encode_forwarded_downlink(bytes_at(row.input, "phy_payload")).value(),
              bytes_at(row.expected, "frm_payload"));
  }
  const auto errors = vectors_of("forward_downlink_req_error");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_FALSE(encode_forwarded_downlink(bytes_at(errors[0].input, "phy_payload")));
}

TEST(RelayVectors, EveryKindIsRun) {
  const std::set<std::string> run = {
      "forward_uplink_req",         "forward_uplink_req_error",        "forward_uplink_req_clamped",
      "forward_downlink_req_error", "forward_uplink_req_decode_error", "forward_downlink_req"};
  for (const auto& row : ff::test::lorawan_vectors("relay"))
    EXPECT_TRUE(run.contains(row.kind)) << row.kind;
}

// Property: decoding is total; what decodes encodes to the same octets, but for reserved bits.
TEST(ForwardedUplink, DecodingIsTotal) {
  auto random = make_seeded_random(3);
  for (int i = 0; i < 5000; ++i) {
    Bytes payload(random->below(24));
    for (auto& octet : payload) octet = static_cast<std::uint8_t>(random->next());
    const auto read = decode_forwarded_uplink(payload, step);
    if (!read || !read->frequency.is_set()) continue;
    payload[2] &= 3;
    EXPECT_EQ(encode_forwarded_uplink(*read, step).value(), payload);
  }
}

}  // namespace
}  // namespace ff::relay
