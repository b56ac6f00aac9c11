#include "net/tls/chain.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "net/tls/certificate.hpp"
#include "net/tls/openssl.hpp"

namespace ff::net::tls {
namespace {

constexpr std::size_t certificates_max = 16;

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const noexcept { sk_X509_pop_free(chain, X509_free); }
};
using ChainPtr = std::unique_ptr<STACK_OF(X509), FreeChain>;
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};
using ContextPtr = std::unique_ptr<X509_STORE_CTX, FreeWith<&X509_STORE_CTX_free>>;

X509Ptr parse_der(ByteView der) {
  const auto* bytes = der.data();
  X509Ptr certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  if (!certificate) take_openssl_error();
  return certificate;
}

std::vector<X509Ptr> parse_pem(std::string_view pem) {
  std::vector<X509Ptr> out;
  const auto bio = bio_over(pem);
  while (out.size() < certificates_max) {
    X509Ptr one(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!one) break;
    out.push_back(std::move(one));
  }
  // The end is told as an error; a broken certificate is another.
  const auto error = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!at_end && error != 0) out.clear();
  take_openssl_error();
  return out;
}

}  // namespace

std::vector<std::string> certificate_names(ByteView der) {
  std::vector<std::string> out;
  const auto certificate = parse_der(der);
  if (!certificate) return out;
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    const auto* text = name->d.dNSName;
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                     static_cast<std::size_t>(ASN1_STRING_length(text)));
  }
  if (out.empty()) {
    if (auto name = common_name(der)) out.push_back(*std::move(name));
  }
  return out;
}

std::vector<Bytes> certificates_of_pem(std::string_view pem) {
  std::vector<Bytes> out;
  for (const auto& certificate : parse_pem(pem)) out.push_back(to_der(certificate.get()));
  return out;
}

namespace {

using StorePtr = std::unique_ptr<X509_STORE, FreeWith<&X509_STORE_free>>;

/// `others` may help to get from `leaf` to the one root of `store`.
bool leads_to(X509_STORE* store, X509* leaf, STACK_OF(X509) * others, UtcTime now) {
  const ContextPtr context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store, leaf, others) != 1) return false;
  auto* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT);
  // An issuing authority may be named without the one above it.
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(
      rules, std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  return X509_verify_cert(context.get()) == 1;
}

}  // namespace

/// One store for each root: OpenSSL looks for an issuer by its name, and would not try the second
/// of two that have the same, such as an authority and its renewal.
struct TrustedRoots::Store {
  std::vector<StorePtr> roots;
};

Result<TrustedRoots> TrustedRoots::parse(std::string_view pem) {
  auto store = std::make_shared<Store>();
  for (const auto& certificate : parse_pem(pem)) {
    StorePtr root(X509_STORE_new());
    if (root && X509_STORE_add_cert(root.get(), certificate.get()) == 1)
      store->roots.push_back(std::move(root));
  }
  if (store->roots.empty()) return fail(no_certificates);
  return TrustedRoots(std::move(store));
}

bool TrustedRoots::verify(const std::vector<Bytes>& chain, UtcTime now) const {
  if (chain.empty() || chain.size() > certificates_max) return false;
  const auto leaf = parse_der(chain.front());
  if (!leaf) return false;
  const ChainPtr others(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    auto one = parse_der(chain[i]);
    if (!one) return false;
    if (sk_X509_push(others.get(), one.get()) > 0) static_cast<void>(one.release());  // its owner
  }
  const bool good = std::ranges::any_of(store_->roots, [&](const StorePtr& root) {
    return leads_to(root.get(), leaf.get(), others.get(), now);
  });
  take_openssl_error();
  return good;
}

}  // namespace ff::net::tls
