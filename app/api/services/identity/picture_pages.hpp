// Pictures of users and end devices as browsers get them: GET below `is.profile-picture.bucket-url`
// and `is.end-device-picture.bucket-url`. For everyone who knows a picture's name, as it is with
// the reference's bucket; names have random parts.
#pragma once

#include <atomic>

#include "app/api/services/identity/identity.hpp"
#include "net/http/handler.hpp"

namespace ff::api {

class PicturePages {
 public:
  explicit PicturePages(Identity identity);

  /// The path is below one of the addresses.
  bool has(std::string_view path) const;
  void serve(const net::http::Request& request,
             const std::shared_ptr<net::http::ResponseWriter>& response) const;

 private:
  struct Mount {
    storage::EntityKind kind;
    std::string path;  // with a slash at its end
  };
  /// Reads under way. More are refused: everybody may ask, and passwords are looked at by the same
  /// reader.
  static constexpr int reading_max = 32;

  Identity identity_;
  std::vector<Mount> mounts_;
  std::shared_ptr<std::atomic<int>> reading_ = std::make_shared<std::atomic<int>>(0);
};

/// The path of a URL, or the path itself: `https://cdn.example.com/pictures` is `/pictures`.
std::string path_of_url(const std::string& url);

}  // namespace ff::api
