#include "app/api/services/identity/picture_pages.hpp"

#include <algorithm>

#include "actors/identity_server/pictures/picture.hpp"
#include "actors/identity_server/registry/queries.hpp"

namespace ff::api {
namespace {

using identity_server::EntityPtr;
using net::http::ResponseWriter;
using storage::EntityKind;

void refuse(ResponseWriter& response, int status, std::string_view text) {
  response.respond(status, "text/plain", text);
}

void show(ResponseWriter& response, const identity_server::StoredPicture& picture,
          const identity_server::PicturePath& path) {
  const auto square =
      std::ranges::find(picture.squares, path.side, &identity_server::StoredSquare::side);
  if (picture.id != path.id || square == picture.squares.end())
    return refuse(response, 404, "not found\n");
  net::http::Headers headers{
      {"Content-Type", std::string(picture::mime_type_of(identity_server::format_of(picture)))}};
  // Another picture has another name.
  headers.add("Cache-Control", "public, max-age=31536000, immutable");
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("Content-Security-Policy", "default-src 'none'; sandbox");
  response.respond(200, std::move(headers), square->file);
}

}  // namespace

std::string path_of_url(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto slash = url.find('/', scheme + 3);
  return slash == std::string::npos ? std::string() : url.substr(slash);
}

PicturePages::PicturePages(Identity identity) : identity_(std::move(identity)) {
  const auto& settings = identity_.settings();
  for (const auto& [kind, url] :
       {std::pair(EntityKind::user, settings.profile_pictures.url),
        std::pair(EntityKind::end_device, settings.end_device_pictures.url)})
    if (const auto path = path_of_url(url); !path.empty()) mounts_.push_back({kind, path + "/"});
}

bool PicturePages::has(std::string_view path) const {
  return std::ranges::any_of(mounts_,
                             [&](const Mount& mount) { return path.starts_with(mount.path); });
}

void PicturePages::serve(const net::http::Request& request,
                         const std::shared_ptr<ResponseWriter>& response) const {
  if (request.method != "GET") return refuse(*response, 405, "only GET\n");
  std::optional<identity_server::PicturePath> path;
  for (const auto& mount : mounts_) {
    if (!path && request.path().starts_with(mount.path))
      path =
          identity_server::parse_picture_path(mount.kind, request.path().substr(mount.path.size()));
  }
  if (!path) return refuse(*response, 404, "not found\n");
  const std::shared_ptr<void> leave(nullptr, [reading = reading_](void*) { --*reading; });
  if (++*reading_ > reading_max) return refuse(*response, 503, "not available now\n");
  // A row is large, and whoever checks credentials reads on the other thread.
  auto find = [key = path->picture](const storage::Reader& store) {
    return identity_server::get_entity(store, key, identity_server::Deleted::without);
  };
  auto found = [response, leave, path = *path](const Result<EntityPtr>& row) {
    if (!row && row.error().code() == Code::not_found) return refuse(*response, 404, "not found\n");
    const auto picture = row ? identity_server::decode_picture((*row)->message)
                             : Result<identity_server::StoredPicture>(fail(row.error()));
    if (!picture) return refuse(*response, 503, "not available now\n");
    show(*response, *picture, path);
  };
  identity_.read_slowly<EntityPtr>(find, std::move(found));
}

}  // namespace ff::api
