#include "app/api/services/identity/pictures.hpp"

#include <algorithm>

#include "actors/identity_server/pictures/picture.hpp"
#include "protocol/base/ulid.hpp"

namespace ff::api {
namespace {

using identity_server::StoredPicture;

/// Of users without a picture; clients may send back what they were shown.
constexpr std::string_view gravatar = "https://www.gravatar.com/avatar/";

bool is_shown_by_us(const pb::Picture& picture, const std::string& url) {
  return std::ranges::all_of(picture.sizes(), [&](const auto& size) {
    return size.second.starts_with(url + "/") || size.second.starts_with(gravatar);
  });
}

pb::Picture shown(const storage::EntityKey& entity, const StoredPicture& picture) {
  pb::Picture out;
  for (const auto& square : picture.squares)
    (*out.mutable_sizes())[square.side] = picture_path(entity, picture, square.side);
  return out;
}

bool is_of(const std::string& path, std::string_view field) {
  return path == field || (path.starts_with(field) && path[field.size()] == '.');
}

}  // namespace

void prepare_picture(const Identity& identity, const PictureWish& wish,
                     actors::Reply<PictureChange> then) {
  const auto* picture = wish.maybe_picture;
  const bool has_file = picture != nullptr && !picture->embedded().data().empty();
  if (picture == nullptr || (!has_file && picture->sizes().empty()))
    return then(PictureChange{PictureChange::Kind::remove, {}, {}});
  if (!has_file && is_shown_by_us(*picture, wish.rules.url)) return then(PictureChange());
  const auto& ports = identity.ports();
  if (!wish.rules.can_be_uploaded || !ports.make_random || !ports.now)
    return then(fail(wish.disabled));
  if (!has_file) return then(fail(picture_is_a_link));
  auto make = [file = to_owned(as_bytes(picture->embedded().data()))](const storage::Reader&) {
    return picture::squares_of(file);
  };
  auto keep = [entity = wish.entity, id = Ulid::make(ports.now(), *ports.make_random()).to_string(),
               then = std::move(then)](Result<picture::Picture> squares) {
    if (!squares) return then(fail(squares.error()));
    const auto kept = identity_server::stored(*std::move(squares), id);
    then(PictureChange{PictureChange::Kind::put, encode_picture(kept), shown(entity, kept)});
  };
  // It takes up to a second, which nobody else should wait.
  identity.read_slowly<picture::Picture>(make, keep);
}

void change_picture(const PictureChange& change, const storage::EntityKey& entity,
                    identity_server::EntityRows& rows) {
  const auto key = identity_server::picture_key(entity);
  if (change.kind == PictureChange::Kind::put) rows.put(key, {change.row, {}, false});
  if (change.kind == PictureChange::Kind::remove) rows.erase(key);
}

bool names_picture(const Paths& paths, std::string_view field) {
  return std::ranges::any_of(paths, [&](const std::string& path) { return is_of(path, field); });
}

Paths without_picture(Paths paths, std::string_view field) {
  std::erase_if(paths, [&](const std::string& path) { return is_of(path, field); });
  return paths;
}

void put_picture_url(const std::string& url, pb::Picture& picture) {
  for (auto& [side, path] : *picture.mutable_sizes()) path.insert(0, url + "/");
}

}  // namespace ff::api
