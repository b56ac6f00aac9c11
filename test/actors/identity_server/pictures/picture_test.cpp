#include "actors/identity_server/pictures/picture.hpp"

#include <gtest/gtest.h>

#include "protocol/base/hex.hpp"

namespace ff::identity_server {
namespace {

using storage::EntityKind;

const StoredPicture jpeg{"01ARZ3NDEKTSV4RRFFQ69G5FAV", true, {{0, {1, 2}}, {64, {3}}}};
const storage::EntityKey ada{EntityKind::user, {"ada"}};
const storage::EntityKey device{EntityKind::end_device, {"app-1", "dev-1"}};

TEST(StoredPicture, KeepsItsBytes) {
  const auto bytes = encode_picture(jpeg);
  EXPECT_EQ(hex_lower(bytes),
            "010a1a303141525a334e44454b5453563452524646513639473546415610011a04120201021a0508401201"
            "03");
  EXPECT_EQ(*decode_picture(bytes), jpeg);
  EXPECT_FALSE(decode_picture({}));
  EXPECT_FALSE(decode_picture(Bytes{9, 1}));
}

TEST(StoredPicture, IsBesideItsEntity) {
  EXPECT_EQ(picture_key(ada), (storage::EntityKey{EntityKind::picture, {"user", "ada"}}));
  EXPECT_EQ(picture_key(device),
            (storage::EntityKey{EntityKind::picture, {"end_device", "app-1.dev-1"}}));
}

TEST(PicturePath, IsReadAsItIsWritten) {
  EXPECT_EQ(picture_path(ada, jpeg, 0), "ada.01ARZ3NDEKTSV4RRFFQ69G5FAV/original.jpeg");
  const auto path = picture_path(device, jpeg, 64);
  EXPECT_EQ(path, "app-1.dev-1.01ARZ3NDEKTSV4RRFFQ69G5FAV/64.jpeg");
  const auto parsed = parse_picture_path(EntityKind::end_device, path);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->picture, picture_key(device));
  EXPECT_EQ(parsed->id, jpeg.id);
  EXPECT_EQ(parsed->side, 64U);
  EXPECT_EQ(parse_picture_path(EntityKind::user, picture_path(ada, jpeg, 0))->side, 0U);
}

TEST(PicturePath, NamesNothingElse) {
  for (const auto* path :
       {"", "/", "ada", "ada.X", "ada.X/", "ada.X/64", "ada.X/0.png", "ada.X/-1.png", "ada/64.png",
        ".X/64.png", "a%2e.X/64.png", "../x.X/64.png", "ADA.X/64.png", "ada.X/64/64.png",
        "ada.X/99999999999.png"})
    EXPECT_FALSE(parse_picture_path(EntityKind::user, path)) << path;
  EXPECT_FALSE(parse_picture_path(EntityKind::user, std::string(200, 'a') + ".X/64.png"));
}

}  // namespace
}  // namespace ff::identity_server
