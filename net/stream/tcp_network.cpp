#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <utility>

#include "net/stream/tcp.hpp"
#include "net/stream/tcp_listener.hpp"
#include "net/stream/tcp_stream.hpp"

namespace ff::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// One attempt to connect: resolve, TCP, TLS, all within one time-out. Keeps itself alive until it
/// has answered.
class Connector final : public Stoppable, public std::enable_shared_from_this<Connector> {
 public:
  Connector(AsioLoop& loop, ConnectOptions options, ConnectHandler on_connect)
      : loop_(loop),
        options_(std::move(options)),
        on_connect_(std::move(on_connect)),
        resolver_(loop.context()),
        socket_(loop.context()),
        timeout_(loop.make_timer()) {}

  void start() {
    loop_.add(*this);
    started_ = loop_.now();
    timeout_->start(options_.timeout, [self = shared_from_this()] {
      self->fail_with(Error(connect_timed_out, {{"address", self->address()}}));
    });
    boost::system::error_code not_numeric;
    auto numeric = asio::ip::make_address(options_.host, not_numeric);
    if (!not_numeric)
      return connect_to(tcp::resolver::results_type::create(
          tcp::endpoint(numeric, options_.port), options_.host, std::to_string(options_.port)));
    resolver_.async_resolve(options_.host, std::to_string(options_.port),
                            tcp::resolver::numeric_service,
                            [self = shared_from_this()](const auto& error, const auto& results) {
                              if (self->done()) return;
                              if (error) return self->fail_with(self->broken(error.message()));
                              self->connect_to(results);
                            });
  }

  void on_stop() override { fail_with(broken("stopped")); }

 private:
  bool done() const { return !on_connect_; }
  std::string address() const { return options_.host + ":" + std::to_string(options_.port); }
  Error broken(std::string reason) const {
    return Error(connect_failed, {{"address", address()}, {"reason", std::move(reason)}});
  }

  void connect_to(const tcp::resolver::results_type& results) {
    asio::async_connect(socket_, results,
                        [self = shared_from_this()](const auto& error, const tcp::endpoint&) {
                          if (self->done()) return;
                          if (error) return self->fail_with(self->broken(error.message()));
                          self->connected();
                        });
  }

  void connected() {
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.set_option(asio::socket_base::keep_alive(true), ignored);
    std::unique_ptr<tls::Engine> engine;
    if (options_.tls) {
      auto made = tls::Engine::client(options_.tls, options_.host);
      if (!made) return fail_with(std::move(made).error());
      engine = std::move(*made);
    }
    auto stream = std::make_shared<TcpStream>(
        loop_, TcpStreamParts{std::move(socket_), options_.stream, std::move(engine), nullptr});
    auto rest = options_.timeout - (loop_.now() - started_);
    stream->start(rest,
                  [self = shared_from_this(), weak = std::weak_ptr(stream)](
                      std::optional<CloseReason> failure) -> std::shared_ptr<StreamHandler> {
                    if (self->done()) return nullptr;
                    auto ready = weak.lock();
                    if (!failure && ready) return self->answer(std::move(ready));
                    auto reason = failure.value_or(CloseReason::aborted);
                    self->fail_with(self->broken("TLS: " + std::string(to_string(reason))));
                    return nullptr;
                  });
  }

  void fail_with(Error error) {
    if (done()) return;
    boost::system::error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
    answer(fail(std::move(error)));
  }

  std::shared_ptr<StreamHandler> answer(Result<std::shared_ptr<Stream>> result) {
    auto keep = shared_from_this();
    loop_.remove(*this);
    timeout_->cancel();
    return std::exchange(on_connect_, nullptr)(std::move(result));
  }

  AsioLoop& loop_;
  const ConnectOptions options_;
  ConnectHandler on_connect_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  std::unique_ptr<Timer> timeout_;
  MonoTime started_;
};

class TcpNetwork final : public StreamNetwork {
 public:
  explicit TcpNetwork(Runtime& runtime) : runtime_(runtime) {}

  Result<std::unique_ptr<Listener>> listen(const Endpoint& local, ListenOptions options,
                                           AcceptHandler on_accept) override {
    FF_TRY(auto acceptor,
           TcpAcceptor::open(runtime_, local, std::move(options), std::move(on_accept)));
    return std::unique_ptr<Listener>(std::make_unique<TcpListener>(std::move(acceptor)));
  }

  void connect(ConnectOptions options, ConnectHandler on_connect) override {
    auto& loop = runtime_.next_asio_loop();
    auto connector = std::make_shared<Connector>(loop, std::move(options), std::move(on_connect));
    // Moved: the last reference is dropped on the loop, where its timer lives.
    loop.post([connector = std::move(connector)] { connector->start(); });
  }

 private:
  Runtime& runtime_;
};

}  // namespace

std::unique_ptr<StreamNetwork> make_tcp_network(Runtime& runtime) {
  return std::make_unique<TcpNetwork>(runtime);
}

}  // namespace ff::net
