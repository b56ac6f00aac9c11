#include "actors/join_server/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "test/actors/join_server/sample.hpp"

namespace ff::join_server {
namespace {

JoinDevice full_device() {
  auto device = test::device();
  device.ids.dev_addr = DevAddr{0x26011234};
  device.created_at = UtcTime{std::chrono::seconds{1}};
  device.updated_at = UtcTime{std::chrono::seconds{2}};
  device.nwk_key = {.key = std::nullopt, .kek_label = "kek", .encrypted_key = Bytes(24, 0xab)};
  device.net_id = NetId{0};
  device.resets_join_nonces = true;
  device.nonces = {{DevNonce{0}, DevNonce{7}}, DevNonce{9}, JoinNonce{11}};
  device.last_rj_count_0 = 1;
  device.nonces.last_rj_count_1 = 2;
  device.network_server_address = "ns.example";
  device.application_server_address = "as.example";
  device.application_server_id = "as-id";
  device.network_server_kek_label = "ns-kek";
  device.application_server_kek_label = "as-kek";
  device.provisioner_id = "provisioner";
  device.provisioning_data = {1, 2, 3};
  device.claim_authentication_code = {4, 5};
  JoinSession session;
  session.keys = {Bytes(16, 1), test::key_of_byte(2), test::key_of_byte(3), test::key_of_byte(4),
                  test::plain(test::key_of_byte(5))};
  session.dev_addr = DevAddr{0x26011234};
  session.started_at = UtcTime{std::chrono::seconds{3}};
  device.sessions = {session, session};
  device.counter_jump = 4096;
  return device;
}

TEST(JoinRecord, ReadsWhatItWrote) {
  for (const auto& device : {JoinDevice{}, test::device(), full_device()}) {
    const auto read = decode_join_device(encode_join_device(device));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(*read, device);
  }
}

TEST(JoinRecord, SaysWhoseItIs) {
  const auto owner = decode_owner(encode_join_device(full_device()));
  ASSERT_TRUE(owner) << owner.error().to_string();
  EXPECT_EQ(*owner, full_device().ids.uid);
  EXPECT_FALSE(decode_owner(Bytes{}));
}

TEST(JoinRecord, KeepsItsBytes) {
  auto device = test::device();
  device.nonces = {{DevNonce{7}}, DevNonce{0}, JoinNonce{1}};
  EXPECT_EQ(hex_lower(encode_join_device(device)),
            "010a03617070120364657618b08af080b0e1a8022081808080edaff5d97042056b65792d314a1011111111"
            "1111111111111111"
            "11111111880107980101");
}

TEST(JoinRecord, RefusesDamageWithoutFailingOtherwise) {
  const auto row = encode_join_device(full_device());
  for (std::size_t size = 0; size < row.size(); ++size) {
    ignore(decode_join_device(ByteView(row).first(size)), "any answer is right, a crash is not");
  }
  EXPECT_FALSE(decode_join_device(Bytes{}));
  EXPECT_FALSE(decode_join_device(Bytes{99, 1, 2}));
}

}  // namespace
}  // namespace ff::join_server
