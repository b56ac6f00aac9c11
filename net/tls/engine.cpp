#include "net/tls/engine.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "net/address/endpoint.hpp"
#include "net/tls/openssl.hpp"

namespace ff::net::tls {

namespace {

/// An address is checked against the certificate's addresses, and SNI may not carry it [RFC 6066
/// §3].
bool is_address(const std::string& host) {
  return Endpoint::parse(host + ":0").has_value() ||
         Endpoint::parse("[" + host + "]:0").has_value();
}

bool expect_host(SSL* ssl, const std::string& host) {
  auto* parameters = SSL_get0_param(ssl);
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
  // What the macro SSL_set_tlsext_host_name() does, without its C cast.
  auto* name = const_cast<char*>(host.c_str());
  if (SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) != 1)
    return false;
  return X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size()) == 1;
}

std::vector<Bytes> peer_certificates(const SSL* ssl) {
  std::vector<Bytes> list;
  X509Ptr leaf(SSL_get1_peer_certificate(ssl));
  if (!leaf) return list;
  list.push_back(to_der(leaf.get()));
  // A client's chain includes the leaf, a server's view of its client does not.
  auto* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    auto der = to_der(sk_X509_value(chain, i));
    if (der != list.front()) list.push_back(std::move(der));
  }
  return list;
}

}  // namespace

struct Engine::Connection {
  std::shared_ptr<const void> context;  // Callbacks of the SSL_CTX point into it.
  SslPtr ssl;
  BIO* in = nullptr;  // Both owned by ssl.
  BIO* out = nullptr;

  static std::unique_ptr<Connection> create(std::shared_ptr<const void> keep, SSL_CTX* context) {
    auto connection = std::make_unique<Connection>();
    connection->context = std::move(keep);
    connection->ssl.reset(SSL_new(context));
    SSL_CTX_free(context);
    connection->in = BIO_new(BIO_s_mem());
    connection->out = BIO_new(BIO_s_mem());
    if (!connection->ssl || connection->in == nullptr || connection->out == nullptr) {
      BIO_free(connection->in);
      BIO_free(connection->out);
      return nullptr;
    }
    BIO_set_mem_eof_return(connection->in, -1);
    BIO_set_mem_eof_return(connection->out, -1);
    SSL_set_bio(connection->ssl.get(), connection->in, connection->out);
    return connection;
  }
};

Engine::Engine(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::server(std::shared_ptr<const ServerContext> context) {
  auto* raw = context->acquire();
  auto connection = Connection::create(std::move(context), raw);
  if (!connection) return fail(context_failed, {{"reason", take_openssl_error()}});
  SSL_set_accept_state(connection->ssl.get());
  return std::unique_ptr<Engine>(new Engine(std::move(connection)));
}

Result<std::unique_ptr<Engine>> Engine::client(std::shared_ptr<const ClientContext> context,
                                               const std::string& host) {
  auto* raw = context->acquire();
  auto connection = Connection::create(std::move(context), raw);
  if (!connection || !expect_host(connection->ssl.get(), host)) {
    return fail(context_failed, {{"reason", take_openssl_error()}});
  }
  SSL_set_connect_state(connection->ssl.get());
  return std::unique_ptr<Engine>(new Engine(std::move(connection)));
}

Engine::State Engine::receive(ByteView encrypted) {
  if (!encrypted.empty()) {
    BIO_write(connection_->in, encrypted.data(), static_cast<int>(encrypted.size()));
  }
  if (state_ == State::handshaking) handshake();
  return state_;
}

void Engine::handshake() {
  ERR_clear_error();
  auto result = SSL_do_handshake(connection_->ssl.get());
  if (result == 1) {
    state_ = State::open;
  } else {
    judge(result);
  }
}

void Engine::judge(int result) {
  switch (SSL_get_error(connection_->ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return;
    case SSL_ERROR_ZERO_RETURN:
      state_ = State::closed;
      return;
    default:
      state_ = State::failed;
      failure_ = take_openssl_error();
  }
}

std::size_t Engine::read(MutableByteView out) {
  if (state_ != State::open) return 0;
  ERR_clear_error();
  std::size_t count = 0;
  auto result = SSL_read_ex(connection_->ssl.get(), out.data(), out.size(), &count);
  if (result == 1) return count;
  judge(result);
  return 0;
}

Engine::State Engine::write(ByteView plain) {
  while (!plain.empty() && state_ == State::open) {
    ERR_clear_error();
    std::size_t count = 0;
    auto result = SSL_write_ex(connection_->ssl.get(), plain.data(), plain.size(), &count);
    if (result == 1) {
      plain = plain.subspan(count);
      continue;
    }
    // A memory BIO takes everything and renegotiation is off, so there is nothing to wait for.
    state_ = State::failed;
    failure_ = take_openssl_error();
  }
  return state_;
}

void Engine::shutdown() {
  if (state_ != State::open && state_ != State::closed) return;
  ERR_clear_error();
  SSL_shutdown(connection_->ssl.get());
  ERR_clear_error();
}

Bytes Engine::take_output() {
  Bytes output(BIO_ctrl_pending(connection_->out));
  if (!output.empty()) BIO_read(connection_->out, output.data(), static_cast<int>(output.size()));
  return output;
}

Peer Engine::peer() const {
  const auto* ssl = connection_->ssl.get();
  Peer peer;
  peer.version = SSL_get_version(ssl);
  peer.cipher = SSL_get_cipher_name(ssl);
  const unsigned char* alpn = nullptr;
  unsigned int alpn_size = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &alpn_size);
  peer.alpn = as_text(ByteView(alpn, alpn_size));
  if (const auto* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name))
    peer.server_name = name;
  peer.certificates = peer_certificates(ssl);
  peer.verified = !peer.certificates.empty() && SSL_get_verify_result(ssl) == X509_V_OK;
  return peer;
}

}  // namespace ff::net::tls
