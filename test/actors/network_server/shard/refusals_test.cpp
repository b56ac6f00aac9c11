#include "actors/network_server/shard/refusals.hpp"

#include <gtest/gtest.h>

#include "actors/network_server/shard/kept_decisions.hpp"
#include "protocol/phy/seal.hpp"

namespace ff::network_server {
namespace {

const Aes128Key key = Aes128Key::from(Bytes(16, 0x42));
const UtcTime start{std::chrono::seconds{1'700'000'000}};

std::shared_ptr<const UplinkFrame> data_frame(DevAddr dev_addr, UtcTime at = start) {
  phy::DataFrame frame;
  frame.m_type = phy::MType::unconfirmed_up;
  frame.dev_addr = dev_addr;
  UplinkFrame received;
  received.phy_payload =
      phy::seal_frame(frame, {key, key, key}, {.mac_version = MacVersion::v1_0_3, .f_cnt = {}})
          .value();
  received.received_at = at;
  return std::make_shared<const UplinkFrame>(std::move(received));
}

AddressIndex index_of(DevAddr dev_addr) {
  AddressIndex index;
  index.set(dev_addr, IndexedSession{.device = std::make_shared<const DeviceUid>(
                                         DeviceUid{ApplicationId("app"), DeviceId("dev")}),
                                     .f_nwk_s_int_key = Aes128Key::from(Bytes(16, 0x66))});
  return index;
}

TEST(Refusals, AreBounded) {
  Refusals refusals;
  const AddressIndex empty;
  for (std::uint32_t i = 0; i < 4 * Refusals::addresses_max; ++i)
    refusals.add(*data_frame(DevAddr{0x26000000 + i}), empty);
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i < 4 * Refusals::addresses_max; ++i)
    kept += refusals.find(DevAddr{0x26000000 + i}) ? 1 : 0;
  EXPECT_LE(kept, Refusals::addresses_max);
  EXPECT_EQ(kept + refusals.forgotten(), 4 * Refusals::addresses_max);
}

TEST(Refusals, ForeignTrafficDoesNotPushOutOurs) {
  constexpr DevAddr ours{0x26000001};
  Refusals refusals;
  refusals.add(*data_frame(ours), index_of(ours));
  const AddressIndex empty;
  for (std::uint32_t i = 0; i < 2'000; ++i)
    refusals.add(*data_frame(DevAddr{0x48000000 + i}), empty);
  ASSERT_NE(refusals.find(ours), nullptr);
  for (std::uint32_t i = 0; i < 2'000; ++i) {
    refusals.add(
        *data_frame(DevAddr{0x48000000 + i}, start + Refusals::ours_kept + std::chrono::seconds{1}),
        empty);
  }
  EXPECT_EQ(refusals.find(ours), nullptr);
}

TEST(Refusals, DownlinksAndNoiseAreOfNoInterest) {
  Refusals refusals;
  UplinkFrame noise;
  noise.phy_payload = {0xe0, 1, 2, 3};
  refusals.add(noise, AddressIndex());
  noise.phy_payload.clear();
  refusals.add(noise, AddressIndex());
  EXPECT_TRUE(refusals.joins().empty());
  EXPECT_EQ(refusals.forgotten(), 0U);
}

TEST(KeptDecisions, AreTakenOnceAndBounded) {
  KeptDecisions kept;
  const auto device = [](std::size_t number) {
    return DeviceUid{ApplicationId("app"), DeviceId("dev-" + std::to_string(number))};
  };
  const Decisions decisions{{start, 1, DownlinkNotSent{}}};
  for (std::size_t i = 0; i < KeptDecisions::devices_max; ++i)
    EXPECT_FALSE(kept.keep(device(i), decisions));
  // Kept again: the newest now.
  EXPECT_FALSE(kept.keep(device(0), decisions));
  EXPECT_TRUE(kept.keep(device(9'999), decisions));
  EXPECT_EQ(kept.size(), KeptDecisions::devices_max);
  EXPECT_TRUE(kept.find(device(1)).empty());
  EXPECT_EQ(kept.take(device(0)).size(), 1U);
  EXPECT_TRUE(kept.take(device(0)).empty());
}

}  // namespace
}  // namespace ff::network_server
