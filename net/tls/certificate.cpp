#include "net/tls/certificate.hpp"

#include "net/tls/openssl.hpp"

namespace ff::net::tls {

std::optional<std::string> common_name(ByteView der) {
  const auto* bytes = der.data();
  const X509Ptr certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (!certificate) {
    take_openssl_error();
    return std::nullopt;
  }
  auto* subject = X509_get_subject_name(certificate.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return std::nullopt;
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) {
    take_openssl_error();
    return std::nullopt;
  }
  std::string name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return name;
}

}  // namespace ff::net::tls
