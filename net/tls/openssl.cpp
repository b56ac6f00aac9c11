#include "net/tls/openssl.hpp"

#include <openssl/err.h>

#include <array>

namespace ff::net::tls {

std::string take_openssl_error() {
  auto code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown";
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

BioPtr bio_over(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Bytes to_der(X509* certificate) {
  auto size = i2d_X509(certificate, nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  auto* out = der.data();
  i2d_X509(certificate, &out);
  return der;
}

}  // namespace ff::net::tls
