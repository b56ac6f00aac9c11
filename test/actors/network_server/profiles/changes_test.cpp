#include "actors/network_server/profiles/changes.hpp"

#include <gtest/gtest.h>

#include "actors/network_server/session/errors.hpp"

namespace ff::network_server {
namespace {

const ProfileKey key{ApplicationId("app"), "pro"};
const std::set<ProfileUser> in_europe{{"EU_863_870_TTN", PhyVersion::rp001_v1_0_3_rev_a, false}};

const region::FrequencyPlans& plans() {
  static const auto all = region::FrequencyPlans::standard();
  return all;
}

mac::MacSettings rx2(std::uint8_t data_rate) {
  mac::MacSettings settings;
  settings.rx2_data_rate_index = DataRateIndex{data_rate};
  return settings;
}

std::optional<Profile> profile(bool spreading = false) {
  return Profile{key, std::make_shared<const mac::MacSettings>(rx2(0)), spreading};
}

ChangeProfile to(mac::MacSettings settings) {
  return {key, [settings](const auto&) -> Result<mac::MacSettings> { return settings; }, {}};
}

std::string field_of(const Error& error) {
  EXPECT_TRUE(error.is(field_value)) << error.to_string();
  return error.to_string();
}

TEST(ProfileChanges, AProfileIsCreatedOnce) {
  EXPECT_EQ(*create_profile({key, rx2(0), {}}, std::nullopt).value().settings, rx2(0));
  const auto again = create_profile({key, rx2(0), {}}, profile());
  EXPECT_TRUE(again.error().is(mac_settings_profile_already_exists));
}

TEST(ProfileChanges, ContradictionsAreRefused) {
  auto settings = rx2(0);
  settings.adr = mac::AdrDisabled{};
  settings.use_adr = true;
  EXPECT_NE(field_of(create_profile({key, settings, {}}, std::nullopt).error())
                .find("mac_settings.use_adr"),
            std::string::npos);
  EXPECT_TRUE(change_profile(to(settings), profile(), {}, plans()).error().is(field_value));
}

TEST(ProfileChanges, AChangeThatOneOfTheDevicesCanNotTakeIsRefused) {
  EXPECT_TRUE(change_profile(to(rx2(12)), profile(), {}, plans())) << "nobody uses it";
  EXPECT_NE(field_of(change_profile(to(rx2(12)), profile(), in_europe, plans()).error())
                .find("mac_settings.rx2_data_rate_index.value"),
            std::string::npos);
  EXPECT_TRUE(change_profile(to(rx2(3)), profile(), in_europe, plans()));
  const std::set<ProfileUser> nowhere{{"GONE", PhyVersion::rp001_v1_0_3_rev_a, false}};
  EXPECT_TRUE(change_profile(to(rx2(12)), profile(), nowhere, plans()));
}

TEST(ProfileChanges, OnlyARealChangeGoesToTheDevices) {
  EXPECT_TRUE(change_profile(to(rx2(3)), profile(), {}, plans()).value().spreading);
  EXPECT_FALSE(change_profile(to(rx2(0)), profile(), {}, plans()).value().spreading);
  EXPECT_TRUE(change_profile(to(rx2(0)), profile(true), {}, plans()).value().spreading)
      << "the one before is still on its way";
}

TEST(ProfileChanges, NothingIsDoneToAProfileThatIsNotThere) {
  const auto changed = change_profile(to(rx2(0)), std::nullopt, {}, plans());
  EXPECT_TRUE(changed.error().is(mac_settings_profile_not_found));
  EXPECT_TRUE(may_delete(std::nullopt, 0).error().is(mac_settings_profile_not_found));
}

TEST(ProfileChanges, AProfileInUseIsNotDeleted) {
  EXPECT_TRUE(may_delete(profile(), 0));
  EXPECT_TRUE(may_delete(profile(), 3).error().is(mac_settings_profile_in_use));
}

}  // namespace
}  // namespace ff::network_server
