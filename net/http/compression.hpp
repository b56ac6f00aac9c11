// Compressed bodies, both ways: answers for clients that ask, requests of clients that send them
// [spec api-conventions §8]. gzip and nothing else.
#pragma once

#include <cstddef>
#include <string_view>

#include "net/http/handler.hpp"

namespace ff::net::http {

struct CompressionOptions {
  /// Answers below are sent as they are: the gain is less than the work.
  std::size_t size_min = 1U << 10U;
  /// Answers above, too: they are held whole until they are compressed.
  std::size_t size_max = 32U << 20U;
  /// Of a request, when it is unpacked. More answers 400, as without compression
  /// [spec api-conventions §3].
  std::size_t request_size_max = 16U << 20U;
};

/// `next`, whose answers are compressed if the client accepts it, they are text and say their
/// `Content-Length`. An answer without is a stream: each of its parts leaves at once, as it is.
/// A request in gzip is unpacked; one in anything else answers 415 [RFC 9110 §15.5.16]. One that is
/// too large when it is unpacked `too_large` answers, without a body; null: 400 in plain text.
/// Not for pages that have a secret beside what the client sent: the length would tell of it.
HttpHandler with_compression(HttpHandler next, CompressionOptions options = {},
                             HttpHandler too_large = nullptr);

/// INTERNAL, for tests: whether `Accept-Encoding` allows gzip [RFC 9110 §12.5.3].
bool accepts_gzip(const Headers& headers);

}  // namespace ff::net::http
