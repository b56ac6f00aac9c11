// What stands between the server and the application's handlers: security headers and choice by
// path prefix. Not a router: methods and path variables are the application's.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/http/handler.hpp"

namespace ff::net::http {

/// Presets the headers every response carries [spec api-conventions §8], and `Cache-Control:
/// no-store`; a handler that sets one of them itself wins.
HttpHandler with_security_headers(HttpHandler next);

/// Gives a request to the handler of the longest prefix of its path. A prefix ends where a path
/// segment ends:
/// `/api` takes `/api` and `/api/v3`, not `/apis`; `/` takes everything. No match answers 404.
class PrefixDispatcher {
 public:
  /// `prefix` begins with `/`. A second handler for a prefix replaces the first.
  void add(std::string prefix, HttpHandler handler);
  /// A handler with the prefixes added so far.
  HttpHandler handler() const;

 private:
  std::vector<std::pair<std::string, HttpHandler>> routes_;  // Longest first.
};

}  // namespace ff::net::http
