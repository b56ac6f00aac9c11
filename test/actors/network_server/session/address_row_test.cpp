#include "actors/network_server/session/address_row.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::network_server {
namespace {

// ON-DISK: bytes of an index row never change.
TEST(AddressRow, HasItsGoldenBytes) {
  const AddressRow row{.f_nwk_s_int_key = Aes128Key::from(Bytes(16, 0xab)),
                       .last_f_cnt_up = FCnt32{300},
                       .mac_version = MacVersion::v1_0_3,
                       .supports_32_bit_f_cnt = true,
                       .resets_f_cnt = false,
                       .pending = true};
  const auto bytes = encode_address_rows({row});
  EXPECT_EQ(hex_lower(bytes), "010a1b0a10abababababababababababababababab10ac02180520013001");
  EXPECT_EQ(decode_address_rows(bytes).value(), std::vector<AddressRow>{row});
}

}  // namespace
}  // namespace ff::network_server
