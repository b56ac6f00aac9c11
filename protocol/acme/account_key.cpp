#include "protocol/acme/account_key.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>

#include "protocol/base/base64.hpp"
#include "protocol/base/free_with.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::acme {
namespace {

using BioPtr = std::unique_ptr<BIO, FreeWith<&BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeWith<&EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, FreeWith<&ECDSA_SIG_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, FreeWith<&X509_REQ_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<&X509_EXTENSION_free>>;

constexpr int coordinate_size = 32;

auto failed() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
  ERR_clear_error();
  return fail(key_failed, {{"reason", text.data()}});
}

KeyPtr new_key() {
  return KeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

std::string pem_of(EVP_PKEY* key) {
  const BioPtr memory(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

/// 32 bytes, big-endian.
Bytes octets(const BIGNUM* number) {
  Bytes out(coordinate_size);
  BN_bn2binpad(number, out.data(), coordinate_size);
  return out;
}

Result<std::string> coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return failed();
  const NumberPtr owner(number);
  return base64_url(octets(number));
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 32> group{};
  return EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
         std::string_view(group.data()) == SN_X9_62_prime256v1;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string out;
  for (const auto& host : hosts) out += (out.empty() ? "DNS:" : ",DNS:") + host;
  return out;
}

bool add_names(X509_REQ* request, const std::vector<std::string>& hosts) {
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                                   alternative_names(hosts).c_str()));
  if (!extension) return false;
  auto* list = sk_X509_EXTENSION_new_null();
  const bool added = list != nullptr && sk_X509_EXTENSION_push(list, extension.get()) > 0 &&
                     X509_REQ_add_extensions(request, list) == 1;
  sk_X509_EXTENSION_free(list);
  return added;
}

/// Optional, and a longer one is not allowed. [RFC 5280 A.1]
constexpr std::size_t common_name_max = 64;

bool set_subject(X509_REQ* request, const std::string& host) {
  if (host.size() > common_name_max) return true;
  const auto value = as_bytes(host);
  return X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", MBSTRING_ASC,
                                    value.data(), static_cast<int>(value.size()), -1, 0) == 1;
}

}  // namespace

std::string base64_url(ByteView bytes) {
  auto out = base64_encode(bytes);
  while (!out.empty() && out.back() == '=') out.pop_back();
  for (auto& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

AccountKey::AccountKey(std::shared_ptr<evp_pkey_st> key, std::string jwk)
    : key_(std::move(key)), jwk_(std::move(jwk)) {}

Result<AccountKey> AccountKey::of(std::shared_ptr<evp_pkey_st> key) {
  if (!key) return failed();
  if (!is_p256(key.get())) return fail(key_failed, {{"reason", "not one of P-256"}});
  FF_TRY(const auto x, coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X));
  FF_TRY(const auto y, coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y));
  return AccountKey(std::move(key),
                    R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})");
}

Result<AccountKey> AccountKey::make() {
  return of(new_key());
}

Result<AccountKey> AccountKey::parse(std::string_view pem) {
  const BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return of(KeyPtr(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr)));
}

std::string AccountKey::pem() const {
  return pem_of(key_.get());
}

std::string AccountKey::thumbprint() const {
  return base64_url(crypto::sha256(as_bytes(jwk_)));
}

Result<Bytes> AccountKey::sign(std::string_view text) const {
  const ContextPtr context(EVP_MD_CTX_new());
  const auto data = as_bytes(text);
  std::size_t size = 0;
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, data.data(), data.size()) != 1)
    return failed();
  Bytes der(size);
  if (EVP_DigestSign(context.get(), der.data(), &size, data.data(), data.size()) != 1)
    return failed();
  const auto* at = der.data();
  const SignaturePtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  if (!signature) return failed();
  auto out = octets(ECDSA_SIG_get0_r(signature.get()));
  append(out, octets(ECDSA_SIG_get0_s(signature.get())));
  return out;
}

Result<CertificateRequest> make_certificate_request(const std::vector<std::string>& hosts) {
  const auto key = new_key();
  const RequestPtr request(X509_REQ_new());
  if (hosts.empty() || !key || !request || X509_REQ_set_version(request.get(), 0) != 1 ||
      !set_subject(request.get(), hosts.front()) || !add_names(request.get(), hosts) ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0)
    return failed();
  const auto size = i2d_X509_REQ(request.get(), nullptr);
  if (size <= 0) return failed();
  CertificateRequest out{pem_of(key.get()), Bytes(static_cast<std::size_t>(size))};
  auto* at = out.der.data();
  i2d_X509_REQ(request.get(), &at);
  return out;
}

}  // namespace ff::acme
