#include "actors/network_server/session/profile_row.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::network_server {
namespace {

const DeviceUid device{ApplicationId("app"), DeviceId("dev")};
const ProfileUser user{"EU_863_870_TTN", PhyVersion::rp001_v1_0_3_rev_a, true};

// ON-DISK
TEST(ProfileRow, KeyAndValueHaveTheirGoldenBytes) {
  EXPECT_EQ(hex_lower(profile_user_key(device, "pro")),
            "44617070000170726f00010661707000016465760001");
  EXPECT_EQ(hex_lower(encode_profile_user(user)), "010a0e45555f3836335f3837305f54544e10071801");
}

TEST(ProfileRow, RoundTripsAndRefusesWhatItIsNot) {
  EXPECT_EQ(decode_profile_user(encode_profile_user(user)).value(), user);
  EXPECT_EQ(decode_profile_user(encode_profile_user({})).value(), ProfileUser());
  EXPECT_FALSE(decode_profile_user({}));
  EXPECT_FALSE(decode_profile_user(Bytes{1, 0xff}));
}

}  // namespace
}  // namespace ff::network_server
