#include "storage/keys/package_keys.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::storage {
namespace {

const DeviceUid device{ApplicationId("app"), DeviceId("dev")};

TEST(PackageKeys, BytesAreOnDiskAndNeverChange) {
  EXPECT_EQ(hex_lower(package_frames_key(device)),
            "27"
            "6170700001"
            "6465760001");
  EXPECT_EQ(parse_package_frames_key(package_frames_key(device)).value(), device);
}

TEST(PackageKeys, TheirNumberIsNobodyElses) {
  EXPECT_FALSE(entity_kind_from(package_frames_kind));
}

TEST(PackageKeys, OneRangeHasAnApplicationsAndNothingElse) {
  const auto range = package_frames_range(device.application_id);
  const auto is_in = [&](const char* application) {
    const auto key = package_frames_key({ApplicationId(application), device.device_id});
    return range.first <= key && key < range.last;
  };
  EXPECT_TRUE(is_in("app"));
  EXPECT_FALSE(is_in("app-2"));
  EXPECT_FALSE(is_in("ap"));
}

TEST(PackageKeys, OtherKeysAreRefused) {
  auto longer = package_frames_key(device);
  longer.push_back(0);
  auto shorter = package_frames_key(device);
  shorter.pop_back();
  for (const auto& key : {longer, shorter, Bytes{}, entity_key(EntityKind::pubsub, {"app", "dev"})})
    EXPECT_FALSE(parse_package_frames_key(key));
}

}  // namespace
}  // namespace ff::storage
