#include "net/tls/self_signed.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "net/address/endpoint.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/private_file.hpp"

namespace ff::net::tls {

namespace {

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<&X509_EXTENSION_free>>;

auto failed(std::string reason) {
  return fail(self_signed_failed, {{"reason", std::move(reason)}});
}
auto openssl_failed() {
  return failed(take_openssl_error());
}

/// Names come from configuration; anything that could add to the extension's text is left out.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789-._:*") == std::string::npos;
}

bool is_ip(const std::string& name) {
  return Endpoint::parse(name + ":0").has_value() ||
         Endpoint::parse("[" + name + "]:0").has_value();
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const auto& name : names) {
    if (!is_plain_name(name) || name == "localhost") continue;
    if (name.find(':') != std::string::npos && !is_ip(name)) continue;
    text += (is_ip(name) ? ",IP:" : ",DNS:") + name;
  }
  return text;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate, Random& random) {
  auto number = random.next() >> 1U;  // Positive in 64 bits.
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number) == 1;
}

bool set_validity(X509* certificate, UtcTime now, std::chrono::hours lifetime) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  auto day = std::chrono::seconds(std::chrono::hours{24}).count();
  auto end = seconds + std::chrono::seconds(lifetime).count();
  return ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<std::time_t>(seconds - day)) !=
             nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<std::time_t>(end)) != nullptr;
}

bool set_subject(X509* certificate) {
  auto* name = X509_get_subject_name(certificate);
  auto add = [name](const char* field, std::string_view text) {
    auto value = as_bytes(text);
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC, value.data(),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return add("O", "Farfield") && add("CN", "localhost") &&
         X509_set_issuer_name(certificate, name) == 1;
}

X509Ptr make_certificate(EVP_PKEY* key, const SelfSignedOptions& options, UtcTime now,
                         Random& random) {
  X509Ptr certificate(X509_new());
  auto* raw = certificate.get();
  // A trust anchor for itself: clients may be given it as their only root.
  if (raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 && set_serial(raw, random) &&
      set_validity(raw, now, options.lifetime) && set_subject(raw) &&
      X509_set_pubkey(raw, key) == 1 &&
      add_extension(raw, NID_basic_constraints, "critical,CA:TRUE") &&
      add_extension(raw, NID_subject_alt_name, alternative_names(options.names)) &&
      add_extension(raw, NID_ext_key_usage, "serverAuth,clientAuth") &&
      X509_sign(raw, key, EVP_sha256()) > 0) {
    return certificate;
  }
  return nullptr;
}

std::string content(BIO* memory) {
  char* data = nullptr;
  auto size = BIO_ctrl(memory, BIO_CTRL_INFO, 0, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Result<KeyPair> make_self_signed(const SelfSignedOptions& options, UtcTime now, Random& random) {
  ERR_clear_error();
  KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return openssl_failed();
  auto certificate = make_certificate(key.get(), options, now, random);
  if (!certificate) return openssl_failed();
  BioPtr certificate_text(BIO_new(BIO_s_mem()));
  BioPtr key_text(BIO_new(BIO_s_secmem()));
  if (PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return openssl_failed();
  }
  return KeyPair{content(certificate_text.get()), content(key_text.get())};
}

Result<KeyPair> load_or_make_self_signed(const std::filesystem::path& directory,
                                         const SelfSignedOptions& options, UtcTime now,
                                         Random& random) {
  auto certificate = directory / "cert.pem";
  auto key = directory / "key.pem";
  std::error_code code;
  if (std::filesystem::exists(certificate, code) && std::filesystem::exists(key, code)) {
    return read_key_pair(certificate, key);
  }
  std::filesystem::create_directories(directory, code);
  if (code) return failed(directory.string() + ": " + code.message());
  FF_TRY(auto pair, make_self_signed(options, now, random));
  FF_CHECK(write_private_file(key, pair.key_pem));
  FF_CHECK(write_private_file(certificate, pair.certificate_pem));
  return pair;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

}  // namespace ff::net::tls
