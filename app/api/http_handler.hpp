// Joins the HTTP gateway to the HTTP server of net/http. No rules of its own.
#pragma once

#include <memory>
#include <vector>

#include "app/api/http_gateway.hpp"
#include "net/address/address_block.hpp"
#include "net/http/handler.hpp"

namespace ff::api {

/// Serves the requests of an HTTP server, to be mounted at `/api/v3`. The handler shares `gateway`.
/// Calls say whose they are: the client's address, or what `trusted_proxies` say that it is.
net::http::HttpHandler make_http_handler(std::shared_ptr<const HttpGateway> gateway,
                                         std::vector<net::AddressBlock> trusted_proxies = {});
/// Answers requests whose bodies the HTTP server did not read because they are too large.
net::http::HttpHandler make_too_large_handler(std::shared_ptr<const HttpGateway> gateway);

}  // namespace ff::api
