// Pictures of users and end devices as browsers get them: GET below `is.profile-picture.bucket-url`
// and `is.end-device-picture.bucket-url`. For everyone who knows a picture's name, as it is with
// the reference's bucket; names have random parts.
#pragma once

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
  Identity identity_;
  std::vector<Mount> mounts_;
};

/// The path of a URL, or the path itself: `https://cdn.example.com/pictures` is `/pictures`.
std::string path_of_url(const std::string& url);

}  // namespace ff::api
