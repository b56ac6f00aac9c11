// Joins the HTTP gateway to the HTTP server of net/http. No rules of its own.
#pragma once

#include <memory>

#include "app/api/http_gateway.hpp"
#include "net/http/handler.hpp"

namespace ff::api {

/// Serves the requests of an HTTP server, to be mounted at `/api/v3`. The handler shares `gateway`.
net::http::HttpHandler make_http_handler(std::shared_ptr<const HttpGateway> gateway);

}  // namespace ff::api
