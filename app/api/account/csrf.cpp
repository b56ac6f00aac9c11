#include "app/api/account/csrf.hpp"

#include "app/api/account/text.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::api::account {
namespace {

constexpr std::size_t secret_max = 64;

void mask(MutableByteView bytes, ByteView with) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= with[i];
}

}  // namespace

std::string csrf_token(std::string_view secret, Random& random) {
  const auto size = std::min(secret.size(), secret_max);
  Bytes token(size * 2);
  random.fill(MutableByteView(token).first(size));
  std::copy_n(secret.begin(), size, token.begin() + static_cast<std::ptrdiff_t>(size));
  mask(MutableByteView(token).last(size), ByteView(token).first(size));
  return base64url(token);
}

bool is_csrf_token(std::string_view secret, std::string_view token) {
  if (secret.empty() || token.size() > 4 * secret_max) return false;
  auto bytes = base64_decode(token);
  if (!bytes || bytes->size() != 2 * secret.size()) return false;
  mask(MutableByteView(*bytes).last(secret.size()), ByteView(*bytes).first(secret.size()));
  return crypto::equal_in_constant_time(ByteView(*bytes).last(secret.size()), as_bytes(secret));
}

bool is_cross_site(const net::http::Headers& headers) {
  const auto site = headers.value("Sec-Fetch-Site");
  return site == "cross-site";
}

bool is_cross_origin(const net::http::Headers& headers) {
  const auto site = headers.value("Sec-Fetch-Site");
  // None: a person, not a page.
  if (!site.empty()) return site != "same-origin" && site != "none";
  const auto origin = headers.value("Origin");
  if (origin.empty()) return false;
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos || origin.substr(scheme + 3) != headers.value("Host");
}

}  // namespace ff::api::account
