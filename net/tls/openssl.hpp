// INTERNAL to net/tls: OpenSSL's objects with owners, and its error queue as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "protocol/base/bytes.hpp"

namespace ff::net::tls {

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free_function(object);
  }
};

using SslCtxPtr = std::unique_ptr<SSL_CTX, Free<&SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Free<&SSL_free>>;
using BioPtr = std::unique_ptr<BIO, Free<&BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Free<&X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<&EVP_PKEY_free>>;

/// The last error of this thread, as text; empties the queue. Never holds key material.
std::string take_openssl_error();
/// A read-only memory BIO over `text`, which must outlive it.
BioPtr bio_over(std::string_view text);
/// The DER form; empty when it can not be encoded.
Bytes to_der(X509* certificate);

}  // namespace ff::net::tls
