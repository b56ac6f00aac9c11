#include "net/tls/certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "net/tls/openssl.hpp"

namespace ff::net::tls {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<&GENERAL_NAMES_free>>;

std::optional<UtcTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return UtcTime(std::chrono::seconds{timegm(&parts)});
}

std::vector<std::string> dns_names(const X509* certificate) {
  std::vector<std::string> out;
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const auto* text = name->d.dNSName;
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  return out;
}

}  // namespace

bool shows_certificate(const Peer* peer) noexcept {
  return peer != nullptr && !peer->certificates.empty();
}

Result<std::string> verified_common_name(const Peer& peer) {
  if (!shows_certificate(&peer) || !peer.verified) return fail(certificate_not_verified);
  return common_name(peer.certificates.front()).value_or(std::string());
}

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

std::optional<Validity> validity_of(std::string_view pem) {
  const auto memory = bio_over(pem);
  const X509Ptr certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!certificate) {
    take_openssl_error();
    return std::nullopt;
  }
  const auto begin = time_of(X509_get0_notBefore(certificate.get()));
  const auto end = time_of(X509_get0_notAfter(certificate.get()));
  if (!begin || !end) return std::nullopt;
  return Validity{*begin, *end, dns_names(certificate.get())};
}

}  // namespace ff::net::tls
