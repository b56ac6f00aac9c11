#include "net/tls/context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>

#include "net/tls/openssl.hpp"

namespace ff::net::tls {

namespace {

/// Larger files are not certificates.
constexpr std::size_t pem_file_size_max = 1U << 20U;

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(certificate_unreadable,
                {{"path", path.string()}, {"reason", std::strerror(errno)}});
  }
  std::string text(pem_file_size_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > pem_file_size_max) {
    return fail(certificate_unreadable, {{"path", path.string()}, {"reason", "too large"}});
  }
  return text;
}

Result<SslCtxPtr> make_context(const SSL_METHOD* method) {
  SslCtxPtr context(SSL_CTX_new(method));
  if (!context) return fail(context_failed, {{"reason", take_openssl_error()}});
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Buffers are given back while a connection is silent: many gateways are connected and few speak.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  return context;
}

/// Refuses encrypted keys instead of asking on the terminal.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

Status use_key_pair(SSL_CTX* context, const KeyPair& pair) {
  ERR_clear_error();
  auto certificates = bio_over(pair.certificate_pem);
  X509Ptr leaf(PEM_read_bio_X509_AUX(certificates.get(), nullptr, no_passphrase, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    return fail(certificate_invalid, {{"reason", take_openssl_error()}});
  }
  SSL_CTX_clear_chain_certs(context);
  while (auto* next = PEM_read_bio_X509(certificates.get(), nullptr, no_passphrase, nullptr)) {
    SSL_CTX_add0_chain_cert(context, next);
  }
  ERR_clear_error();  // The end of the file is an error to OpenSSL.
  auto key_text = bio_over(pair.key_pem);
  KeyPtr key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_passphrase, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return fail(certificate_invalid, {{"reason", take_openssl_error()}});
  }
  return {};
}

/// `announce`: a server names its roots to clients, so that they can choose a certificate.
Status trust_roots(SSL_CTX* context, const std::string& pem, bool announce) {
  ERR_clear_error();
  auto text = bio_over(pem);
  std::size_t count = 0;
  while (true) {
    X509Ptr root(PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr));
    if (!root) break;
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root.get());
    if (announce) SSL_CTX_add_client_CA(context, root.get());
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return fail(certificate_invalid, {{"reason", "no root certificate in the text"}});
  return {};
}

/// Length-prefixed names, as ALPN sends them. Empty and overlong names are left out.
Bytes alpn_wire(const std::vector<std::string>& names) {
  Bytes wire;
  for (const auto& name : names) {
    if (name.empty() || name.size() > 255) continue;
    wire.push_back(static_cast<std::uint8_t>(name.size()));
    append(wire, as_bytes(name));
  }
  return wire;
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned int in_size, void* argument) {
  const auto& ours = *static_cast<const Bytes*>(argument);
  unsigned char* chosen = nullptr;
  auto result = SSL_select_next_proto(&chosen, out_size, ours.data(),
                                      static_cast<unsigned int>(ours.size()), in, in_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

int accept_any(int, X509_STORE_CTX*) {
  return 1;
}

void ask_for_certificate(SSL_CTX* context, ClientCertificates mode) {
  switch (mode) {
    case ClientCertificates::none:
      return;
    case ClientCertificates::request:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
      break;
    case ClientCertificates::verify_if_given:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
      break;
    case ClientCertificates::require:
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
      break;
  }
  // A resumed session would not carry the client's chain, by which callers decide.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
}

class ServerContextImpl final : public ServerContext {
 public:
  explicit ServerContextImpl(ServerOptions options)
      : options_(std::move(options)), alpn_(alpn_wire(options_.alpn)) {}

  Status replace(const KeyPair& pair) override {
    FF_TRY(auto context, make_context(TLS_server_method()));
    FF_CHECK(use_key_pair(context.get(), pair));
    ask_for_certificate(context.get(), options_.client_certificates);
    if (!options_.client_roots_pem.empty()) {
      FF_CHECK(trust_roots(context.get(), options_.client_roots_pem, true));
    }
    // Connections hold this object as long as they hold the context.
    if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context.get(), select_alpn, &alpn_);
    std::lock_guard lock(mutex_);
    context_.swap(context);
    return {};
  }

  ssl_ctx_st* acquire() const override {
    std::lock_guard lock(mutex_);
    SSL_CTX_up_ref(context_.get());
    return context_.get();
  }

 private:
  const ServerOptions options_;
  Bytes alpn_;
  mutable std::mutex mutex_;
  SslCtxPtr context_;
};

class ClientContextImpl final : public ClientContext {
 public:
  explicit ClientContextImpl(SslCtxPtr context) : context_(std::move(context)) {}

  ssl_ctx_st* acquire() const override {
    SSL_CTX_up_ref(context_.get());
    return context_.get();
  }

 private:
  SslCtxPtr context_;
};

}  // namespace

Result<KeyPair> read_key_pair(const std::filesystem::path& certificate,
                              const std::filesystem::path& key) {
  KeyPair pair;
  FF_TRY(pair.certificate_pem, read_file(certificate));
  FF_TRY(pair.key_pem, read_file(key));
  return pair;
}

Result<std::shared_ptr<ServerContext>> ServerContext::create(const KeyPair& pair,
                                                             ServerOptions options) {
  auto context = std::make_shared<ServerContextImpl>(std::move(options));
  FF_CHECK(context->replace(pair));
  return std::shared_ptr<ServerContext>(std::move(context));
}

Result<std::shared_ptr<ClientContext>> ClientContext::create(const ClientOptions& options) {
  FF_TRY(auto context, make_context(TLS_client_method()));
  if (options.roots_pem.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else {
    FF_CHECK(trust_roots(context.get(), options.roots_pem, false));
  }
  if (!options.certificate.certificate_pem.empty()) {
    FF_CHECK(use_key_pair(context.get(), options.certificate));
  }
  auto alpn = alpn_wire(options.alpn);
  if (!alpn.empty()) {
    SSL_CTX_set_alpn_protos(context.get(), alpn.data(), static_cast<unsigned int>(alpn.size()));
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER,
                     options.insecure_skip_verify ? accept_any : nullptr);
  return std::shared_ptr<ClientContext>(std::make_shared<ClientContextImpl>(std::move(context)));
}

}  // namespace ff::net::tls
