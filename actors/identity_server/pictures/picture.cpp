#include "actors/identity_server/pictures/picture.hpp"

#include <algorithm>
#include <charconv>

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"

namespace ff::identity_server {

/// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, StoredSquare& square) {
  a(1, square.side);
  a(2, square.file);
}
template <class Archive>
void fields(Archive& a, StoredPicture& picture) {
  a(1, picture.id);
  a(2, picture.is_jpeg);
  a(3, picture.squares);
}

namespace {

constexpr storage::ValueVersion picture_version = 1;
constexpr std::string_view whole = "original";
/// Of ids and ULIDs; what else a path has names no row.
constexpr std::size_t path_size_max = 160;

std::string_view kind_text(storage::EntityKind kind) {
  return kind == storage::EntityKind::user ? "user" : "end_device";
}

/// `app.dev` of a device.
std::string uid_of(const storage::EntityKey& entity) {
  std::string uid = entity.ids.at(0);
  for (std::size_t i = 1; i < entity.ids.size(); ++i) uid += "." + entity.ids[i];
  return uid;
}

/// Nothing for a text that is no side.
std::optional<std::uint32_t> parse_side(std::string_view text) {
  if (text == whole) return 0;
  std::uint32_t side = 0;
  const auto* end = text.data() + text.size();
  if (text.empty() || std::from_chars(text.data(), end, side).ptr != end || side == 0)
    return std::nullopt;
  return side;
}

}  // namespace

StoredPicture stored(picture::Picture picture, std::string id) {
  StoredPicture out{std::move(id), picture.format == picture::Format::jpeg, {}};
  for (auto& square : picture.squares) out.squares.push_back({square.side, std::move(square.file)});
  return out;
}

picture::Format format_of(const StoredPicture& picture) noexcept {
  return picture.is_jpeg ? picture::Format::jpeg : picture::Format::png;
}

Bytes encode_picture(const StoredPicture& picture) {
  return storage::seal_record(picture_version, picture);
}

Result<StoredPicture> decode_picture(ByteView bytes) {
  FF_TRY(const auto envelope, storage::unseal(bytes, picture_version));
  return storage::read_record<StoredPicture>(envelope.body);
}

storage::EntityKey picture_key(const storage::EntityKey& entity) {
  return {storage::EntityKind::picture, {std::string(kind_text(entity.kind)), uid_of(entity)}};
}

std::string picture_path(const storage::EntityKey& entity, const StoredPicture& picture,
                         std::uint32_t side) {
  return uid_of(entity) + "." + picture.id + "/" +
         (side == 0 ? std::string(whole) : std::to_string(side)) + "." +
         std::string(picture::extension_of(format_of(picture)));
}

std::optional<PicturePath> parse_picture_path(storage::EntityKind kind, std::string_view path) {
  const auto slash = path.find('/');
  if (path.size() > path_size_max || slash == std::string_view::npos) return std::nullopt;
  const auto folder = path.substr(0, slash);
  const auto file = path.substr(slash + 1);
  const auto dot = folder.rfind('.');
  const auto file_dot = file.rfind('.');
  if (dot == std::string_view::npos || file_dot == std::string_view::npos) return std::nullopt;
  const auto uid = folder.substr(0, dot);
  const auto side = parse_side(file.substr(0, file_dot));
  const auto is_of_id = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (!side || uid.empty() || !std::ranges::all_of(uid, is_of_id)) return std::nullopt;
  return PicturePath{
      {storage::EntityKind::picture, {std::string(kind_text(kind)), std::string(uid)}},
      std::string(folder.substr(dot + 1)),
      *side};
}

}  // namespace ff::identity_server
