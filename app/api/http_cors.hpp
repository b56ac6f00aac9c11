// Which web pages of other origins may use the HTTP API: all of them, with credentials that they
// have themselves, never with cookies [spec api-conventions §8]. Not cookies and CSRF: account/.
#pragma once

#include "net/http/handler.hpp"

namespace ff::api {

/// `next`, whose answers browsers show to pages of any origin. A browser's question before a call
/// (a preflight) is answered here.
net::http::HttpHandler with_cors(net::http::HttpHandler next);

}  // namespace ff::api
