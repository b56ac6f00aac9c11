// Pictures of users and end devices as they are kept: all sizes of one in a row beside its entity,
// under a name that no other picture ever has, so that whoever has fetched one may keep it. [spec
// identity-server §9] Not how they are made (protocol/picture).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.hpp"
#include "protocol/base/result.hpp"
#include "protocol/picture/picture.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::identity_server {

struct StoredSquare {
  std::uint32_t side = 0;  ///< 0: the whole picture
  Bytes file;
  bool operator==(const StoredSquare&) const = default;
};
struct StoredPicture {
  std::string id;  ///< A ULID.
  bool is_jpeg = false;
  std::vector<StoredSquare> squares;
  bool operator==(const StoredPicture&) const = default;
};

StoredPicture stored(picture::Picture picture, std::string id);
picture::Format format_of(const StoredPicture& picture) noexcept;

/// ON-DISK; golden test test/actors/identity_server/pictures/picture_test.cpp.
Bytes encode_picture(const StoredPicture& picture);
/// Total on any bytes. Errors: malformed_value, value_too_new, malformed_record.
Result<StoredPicture> decode_picture(ByteView bytes);

/// The row of the picture of a user or an end device.
storage::EntityKey picture_key(const storage::EntityKey& entity);

/// `ada.01ARZ3NDEKTSV4RRFFQ69G5FAV/64.png`, `app.dev.01ARZ…/original.jpeg`: what follows the
/// address of all pictures of a kind.
std::string picture_path(const storage::EntityKey& entity, const StoredPicture& picture,
                         std::uint32_t side);
/// What such a path names.
struct PicturePath {
  storage::EntityKey picture;  ///< Its row.
  std::string id;
  std::uint32_t side = 0;
};
/// Nothing: no such path. `kind`: of the entities, user or end_device.
std::optional<PicturePath> parse_picture_path(storage::EntityKind kind, std::string_view path);

}  // namespace ff::identity_server
