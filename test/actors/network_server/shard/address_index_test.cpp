#include "actors/network_server/shard/address_index.hpp"

#include <gtest/gtest.h>

#include "protocol/base/random.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::network_server {
namespace {

constexpr DevAddr address{0x260b1234};

Aes128Key key_of(std::uint64_t number) {
  auto random = make_seeded_random(number);
  Bytes bytes(16);
  random->fill(bytes);
  return Aes128Key::from(bytes);
}

IndexedSession session_of(std::uint64_t number, std::uint32_t last,
                          MacVersion version = MacVersion::v1_0_3) {
  return {.device = std::make_shared<const DeviceUid>(
              DeviceUid{ApplicationId("app"), DeviceId("dev-" + std::to_string(number))}),
          .f_nwk_s_int_key = key_of(number),
          .last_f_cnt_up = FCnt32{last},
          .mac_version = version};
}

struct Sent {
  Bytes bytes;
  phy::DataFrameView view;
};

Sent uplink(std::uint64_t key, std::uint32_t f_cnt, MacVersion version = MacVersion::v1_0_3,
            bool ack = false) {
  phy::DataFrame frame;
  frame.dev_addr = address;
  frame.f_ctrl.ack = ack;
  frame.f_port = FPort{1};
  frame.frm_payload = {1, 2, 3};
  const auto k = key_of(key);
  Sent sent;
  sent.bytes = phy::seal_frame(frame, {k, key_of(key + 1000), k},
                               {.mac_version = version, .f_cnt = FCnt32{f_cnt}})
                   .value();
  sent.view = phy::decode_data_frame(sent.bytes).value();
  return sent;
}

TEST(AddressIndex, FindsTheSessionByItsKeyAmongMany) {
  AddressIndex index;
  for (std::uint64_t i = 0; i < 300; ++i)
    index.set(address, session_of(i, static_cast<std::uint32_t>(i * 7)));
  const auto sent = uplink(123, 123 * 7 + 5);
  const auto match = index.match(sent.view);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->device->device_id.text(), "dev-123");
  EXPECT_EQ(match->f_cnt, FCnt32{123 * 7 + 5});
}

TEST(AddressIndex, ExtendsTheCounterBeyondSixteenBits) {
  AddressIndex index;
  index.set(address, session_of(1, 0x0001fff0));
  const auto match = index.match(uplink(1, 0x00020003).view);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->f_cnt, FCnt32{0x00020003});
}

TEST(AddressIndex, DoesNotKnowForeignKeysOrAddresses) {
  AddressIndex index;
  index.set(address, session_of(1, 0));
  EXPECT_FALSE(index.match(uplink(2, 1).view));
  EXPECT_FALSE(AddressIndex().match(uplink(1, 1).view));
}

TEST(AddressIndex, ForgedMicMatchesNobody) {
  AddressIndex index;
  index.set(address, session_of(1, 0));
  auto sent = uplink(1, 1);
  for (std::size_t i = 1; i < sent.bytes.size(); ++i) {
    auto forged = sent.bytes;
    forged[i] ^= 0x10;
    auto view = phy::decode_data_frame(forged);
    if (!view) continue;
    EXPECT_FALSE(index.match(*view)) << "byte " << i;
  }
}

TEST(AddressIndex, AcceptsARestartedCounterOnlyWhereResetsAreAllowed) {
  AddressIndex index;
  auto session = session_of(1, 70'000);
  index.set(address, session);
  EXPECT_FALSE(index.match(uplink(1, 3).view));
  session.resets_f_cnt = true;
  index.set(address, session);
  const auto match = index.match(uplink(1, 3).view);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->f_cnt, FCnt32{3});
}

TEST(AddressIndex, ChecksHalfTheMicOfOneOne) {
  AddressIndex index;
  index.set(address, session_of(1, 0, MacVersion::v1_1));
  EXPECT_TRUE(index.match(uplink(1, 9, MacVersion::v1_1).view));
}

/// As if chance, or somebody who forges frames, had made half of a MIC with another's key.
IndexedSession half_like(std::uint64_t number, std::uint64_t key, std::uint32_t last) {
  auto session = session_of(number, last, MacVersion::v1_1);
  session.f_nwk_s_int_key = key_of(key);
  return session;
}

TEST(AddressIndex, HalfAMicMovesNoCounter) {
  AddressIndex index;
  index.set(address, session_of(1, 10, MacVersion::v1_1));
  // The device itself is far behind what somebody has guessed a MIC for.
  EXPECT_TRUE(index.match(uplink(1, 40'000, MacVersion::v1_1).view));
  const auto match = index.match(uplink(1, 11, MacVersion::v1_1).view);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->f_cnt, FCnt32{11});
}

TEST(AddressIndex, GoesOnAfterHalfAMic) {
  AddressIndex index;
  index.set(address, half_like(1, 7, 199));
  index.set(address, session_of(2, 0, MacVersion::v1_1));
  index.set(address, half_like(3, 7, 8));
  const auto match = index.match(uplink(7, 200, MacVersion::v1_1).view);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->device->device_id.text(), "dev-1");
  EXPECT_EQ(match->f_cnt, FCnt32{200});
  ASSERT_EQ(match->others.size(), 1U);
  EXPECT_EQ(match->others[0].device->device_id.text(), "dev-3");
  EXPECT_EQ(match->others[0].f_cnt, FCnt32{200});
}

TEST(AddressIndex, AWholeMicSettlesIt) {
  // A frame whose halves are alike is one that a 1.1 session with the same key explains too.
  std::uint32_t f_cnt = 1;
  const auto alike = [&](const Sent& sent) {
    return (sent.view.mic.value() >> 16U) == (sent.view.mic.value() & 0xffffU);
  };
  while (!alike(uplink(7, f_cnt))) ++f_cnt;
  AddressIndex index;
  index.set(address, half_like(1, 7, f_cnt - 1));
  index.set(address, session_of(7, f_cnt - 1));
  const auto match = index.match(uplink(7, f_cnt).view);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->device->device_id.text(), "dev-7");
  EXPECT_TRUE(match->others.empty());
}

TEST(AddressIndex, TakesNoAcknowledgmentForAPendingSession) {
  AddressIndex index;
  auto session = session_of(1, 0);
  session.pending = true;
  index.set(address, session);
  EXPECT_FALSE(index.match(uplink(1, 0, MacVersion::v1_0_3, true).view));
  const auto match = index.match(uplink(1, 0).view);
  ASSERT_TRUE(match);
  EXPECT_TRUE(match->pending);
}

TEST(AddressIndex, KeepsCurrentAndPendingApartAndCounts) {
  AddressIndex index;
  auto pending = session_of(1, 0);
  pending.pending = true;
  index.set(address, session_of(1, 0));
  index.set(address, pending);
  index.set(address, session_of(1, 5));
  EXPECT_EQ(index.size(), 2U);
  EXPECT_TRUE(index.erase(address, *pending.device, true));
  EXPECT_FALSE(index.erase(address, *pending.device, true));
  EXPECT_EQ(index.size(address), 1U);
}

TEST(AddressIndex, HasPlacesForSoManyOnAnAddress) {
  static_assert(AddressIndex::sessions_per_address_max > 50'000);
  AddressIndex index(2);
  EXPECT_TRUE(index.set(address, session_of(1, 0)));
  EXPECT_TRUE(index.set(address, session_of(2, 0)));
  EXPECT_FALSE(index.set(address, session_of(3, 0)));
  EXPECT_EQ(index.size(), 2U);
  EXPECT_TRUE(index.set(address, session_of(2, 9))) << "it has its place";
  EXPECT_TRUE(index.set(DevAddr{address.value() + 1}, session_of(3, 0))) << "there is none there";
  EXPECT_TRUE(index.erase(address, *session_of(1, 0).device, false));
  EXPECT_TRUE(index.set(address, session_of(3, 0)));
}

}  // namespace
}  // namespace ff::network_server
