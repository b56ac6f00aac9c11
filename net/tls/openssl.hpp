// INTERNAL to net/tls: OpenSSL's objects with owners, and its error queue as text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "protocol/base/bytes.hpp"
#include "protocol/base/free_with.hpp"

namespace ff::net::tls {

using SslCtxPtr = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<&SSL_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<&BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<&X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;

/// The last error of this thread, as text; empties the queue. Never holds key material.
std::string take_openssl_error();
/// A read-only memory BIO over `text`, which must outlive it.
BioPtr bio_over(std::string_view text);
/// The DER form; empty when it can not be encoded.
Bytes to_der(X509* certificate);

}  // namespace ff::net::tls
