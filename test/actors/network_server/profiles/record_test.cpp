#include <gtest/gtest.h>

#include "actors/network_server/profiles/profile.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/random.hpp"

namespace ff::network_server {
namespace {

const ProfileKey key{ApplicationId("app"), "pro"};

mac::MacSettings some_settings() {
  mac::MacSettings settings;
  settings.rx1_delay = std::chrono::seconds{5};
  settings.supports_32_bit_f_cnt = false;
  settings.rx2_frequency = Frequency::hz(869'525'000);
  settings.factory_preset_frequencies = {Frequency::hz(868'100'000)};
  settings.adr = mac::AdrStatic{DataRateIndex{3}, TxPowerIndex{1}, 2};
  return settings;
}

Profile profile_of(mac::MacSettings settings, bool spreading = false) {
  return {key, std::make_shared<const mac::MacSettings>(std::move(settings)), spreading};
}

// ON-DISK
TEST(ProfileRecord, KeyAndValueHaveTheirGoldenBytes) {
  EXPECT_EQ(hex_lower(profile_row_key(key)), "1d617070000170726f0001");
  EXPECT_EQ(hex_lower(encode_profile(profile_of(some_settings(), true))),
            "010a19300a4888cccf9e0350a0cff89d036000ca02060803100118021001");
  EXPECT_EQ(hex_lower(encode_profile(profile_of({}))), "01");
}

TEST(ProfileRecord, RoundTrips) {
  mac::MacSettings dynamic;
  dynamic.adr = mac::AdrDynamic{.margin_db = 12.5F};
  dynamic.status_time_periodicity = std::chrono::nanoseconds{0};
  for (const auto& settings : {mac::MacSettings(), some_settings(), dynamic}) {
    for (bool spreading : {false, true}) {
      const auto read = decode_profile(key, encode_profile(profile_of(settings, spreading)));
      ASSERT_TRUE(read) << read.error().to_string();
      EXPECT_EQ(*read->settings, settings);
      EXPECT_EQ(read->spreading, spreading);
      EXPECT_EQ(read->key, key);
    }
  }
}

// Property: decoding is total.
TEST(ProfileRecord, DecodingIsTotal) {
  auto random = make_seeded_random(3);
  const auto good = encode_profile(profile_of(some_settings(), true));
  for (int i = 0; i < 2000; ++i) {
    auto bytes = good;
    bytes[random->below(bytes.size())] = static_cast<std::uint8_t>(random->below(256));
    bytes.resize(random->below(bytes.size() + 1));
    if (const auto read = decode_profile(key, bytes)) encode_profile(*read);
  }
  EXPECT_FALSE(decode_profile(key, {}));
}

}  // namespace
}  // namespace ff::network_server
