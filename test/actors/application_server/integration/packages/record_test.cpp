#include "actors/application_server/integration/packages/record.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"
#include "storage/keys/entity_keys.hpp"
#include "storage/keys/package_keys.hpp"

namespace ff::application_server::packages {
namespace {

const UtcTime one_second{std::chrono::seconds{1}};
const Association association{.package_name = "alcsync-v1",
                              .data = R"({"threshold":3})",
                              .created_at = one_second,
                              .updated_at = one_second};

TEST(AssociationRecord, TheBytesOnDiskDoNotChange) {
  EXPECT_EQ(hex_lower(encode_association(association)),
            "01"
            "0a0a616c6373796e632d7631"
            "120f7b227468726573686f6c64223a337d"
            "1880a8d6b907"
            "2080a8d6b907");
}

TEST(AssociationRecord, WhatIsWrittenIsRead) {
  EXPECT_EQ(decode_association(encode_association(association)).value(), association);
  EXPECT_EQ(decode_association(encode_association({})).value(), Association{});
  EXPECT_FALSE(decode_association(Bytes{}));
  EXPECT_FALSE(decode_association(Bytes{2}));
}

const SeenFrames frames{
    {one_second, 7, {{"gtw", 1, 5, -80, 7.5, {51, 4, 30, 2, LocationSource::registry}}}},
    {one_second, 8, {{"gtw", 0, std::nullopt, -80, 7.5, {}}}}};

TEST(FramesRecord, TheBytesOnDiskDoNotChange) {
  EXPECT_EQ(hex_lower(encode_frames(frames)),
            "01"
            "0a3d0880a8d6b90710071a33"
            "0a03677477100118052100000000000054c0290000000000001e40"
            "3100000000008049403900000000000010"
            "40403c48045003"
            "0a210880a8d6b90710081a17"
            "0a036774772100000000000054c0290000000000001e40");
}

TEST(FramesRecord, WhatIsWrittenIsRead) {
  EXPECT_EQ(decode_frames(encode_frames(frames)).value(), frames);
  EXPECT_FALSE(decode_frames(Bytes{}));
  EXPECT_FALSE(decode_frames(Bytes{2}));
}

TEST(FramesRecord, RowsArePutOrErased) {
  storage::WriteBatch batch;
  put_frames(batch, ApplicationId("app"), {{DeviceId("dev"), frames}, {DeviceId("gone"), {}}});
  storage::WriteBatch expected;
  const auto key = [](const char* id) {
    return storage::package_frames_key({ApplicationId("app"), DeviceId(id)});
  };
  expected.put(storage::Family::entity, key("dev"), encode_frames(frames));
  expected.erase(storage::Family::entity, key("gone"));
  EXPECT_EQ(batch, expected);
}

TEST(AssociationKeys, TheBytesOnDiskDoNotChangeAndAreRead) {
  const AssociationKey of_device{ApplicationId("app"), DeviceId("dev"), 7};
  const AssociationKey of_application{ApplicationId("app"), {}, 202};
  EXPECT_EQ(hex_lower(association_row_key(of_device)),
            "15"
            "6170700001"
            "6465760001"
            "3030370001");
  EXPECT_EQ(hex_lower(association_row_key(of_application)),
            "16"
            "6170700001"
            "3230320001");
  EXPECT_EQ(parse_association_row_key(association_row_key(of_device)).value(), of_device);
  EXPECT_EQ(parse_association_row_key(association_row_key(of_application)).value(), of_application);
}

TEST(AssociationKeys, OneRangeHasThemAllAndNothingElse) {
  const auto range = association_rows();
  const auto is_in = [&](const Bytes& key) { return range.first <= key && key < range.last; };
  EXPECT_TRUE(is_in(association_row_key({ApplicationId("a"), DeviceId("b"), 1})));
  EXPECT_TRUE(is_in(association_row_key({ApplicationId("z"), {}, 255})));
  EXPECT_FALSE(is_in(storage::entity_key(storage::EntityKind::pubsub, {"a", "b"})));
  EXPECT_FALSE(is_in(storage::entity_key(storage::EntityKind::gateway_memory, {"a"})));
  EXPECT_FALSE(
      parse_association_row_key(storage::entity_key(storage::EntityKind::pubsub, {"a", "b"})));
  for (const auto* port : {"0", "000", "256", "7", "00x", "1000"})
    EXPECT_FALSE(parse_association_row_key(
        storage::entity_key(storage::EntityKind::package_default, {"a", port})))
        << port;
}

TEST(AssociationKeys, ConsumersAreNamedByTheirPackage) {
  EXPECT_EQ(consumer_of({ApplicationId("app"), Package::geolocation}).name,
            "package/lora-cloud-geolocation-v3");
}

}  // namespace
}  // namespace ff::application_server::packages
