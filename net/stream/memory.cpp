#include "net/stream/memory.hpp"

#include <utility>

#include "net/stream/memory_stream.hpp"

namespace ff::net {

class MemoryStreamNetwork::MemoryListener final : public Listener {
 public:
  MemoryListener(MemoryStreamNetwork& network, const Endpoint& local, ListenOptions options,
                 AcceptHandler on_accept)
      : network_(&network),
        local_(local),
        options_(std::move(options)),
        on_accept_(std::move(on_accept)),
        slots_(std::make_shared<ConnectionSlots>(options_.connections_max,
                                                 options_.connections_per_address_max)) {}
  ~MemoryListener() override { close(); }

  const Endpoint& local() const noexcept override { return local_; }
  ListenerCounters counters() const override {
    auto counters = counters_;
    counters.open = slots_->open();
    return counters;
  }
  void close() override {
    if (network_ != nullptr) std::exchange(network_, nullptr)->listeners_.erase(local_);
  }

  const ListenOptions& options() const { return options_; }
  std::shared_ptr<void> take_slot(const Endpoint& remote) {
    auto slot = slots_->take(remote);
    if (slot && options_.admit && !options_.admit(remote)) slot.reset();
    ++(slot ? counters_.accepted : counters_.refused);
    return slot;
  }
  std::shared_ptr<StreamHandler> accept(std::shared_ptr<Stream> stream) {
    return on_accept_(std::move(stream));
  }

 private:
  MemoryStreamNetwork* network_;
  const Endpoint local_;
  const ListenOptions options_;
  AcceptHandler on_accept_;
  std::shared_ptr<ConnectionSlots> slots_;
  ListenerCounters counters_;
};

StreamPair make_stream_pair(EventLoop& loop, StreamOptions a, StreamOptions b,
                            const MemoryStreamOptions& options) {
  auto at_a = Endpoint::v4({127, 0, 0, 1}, 1);
  auto at_b = Endpoint::v4({127, 0, 0, 1}, 2);
  auto first = std::make_shared<MemoryStream>(
      loop, MemoryStreamParts{a, options, at_a, at_b, false, nullptr});
  auto second = std::make_shared<MemoryStream>(
      loop, MemoryStreamParts{b, options, at_b, at_a, false, nullptr});
  MemoryStream::join(first, second);
  return {std::move(first), std::move(second)};
}

MemoryStreamNetwork::MemoryStreamNetwork(EventLoop& loop, MemoryStreamOptions options)
    : loop_(loop), options_(std::move(options)) {
  set_name("localhost", Endpoint::v4({127, 0, 0, 1}, 0));
}

MemoryStreamNetwork::~MemoryStreamNetwork() {
  for (auto& stream : streams_) stream->dispose();
}

void MemoryStreamNetwork::set_name(const std::string& name, const Endpoint& address) {
  names_.insert_or_assign(name, address);
}

Result<std::unique_ptr<Listener>> MemoryStreamNetwork::listen(const Endpoint& local,
                                                              ListenOptions options,
                                                              AcceptHandler on_accept) {
  auto bound = local;
  while (bound.port() == 0 || (local.port() == 0 && listeners_.contains(bound))) {
    bound = bound.with_port(next_port_++);
  }
  if (listeners_.contains(bound)) {
    return fail(listen_failed, {{"address", bound.to_string()}, {"reason", "address in use"}});
  }
  auto listener =
      std::make_unique<MemoryListener>(*this, bound, std::move(options), std::move(on_accept));
  listeners_.emplace(bound, listener.get());
  return std::unique_ptr<Listener>(std::move(listener));
}

void MemoryStreamNetwork::connect(ConnectOptions options, ConnectHandler on_connect) {
  loop_.post([this, options = std::move(options), on_connect = std::move(on_connect)] {
    connect_now(options, on_connect);
  });
}

MemoryStreamNetwork::MemoryListener* MemoryStreamNetwork::find(const ConnectOptions& options) {
  Endpoint address;
  if (auto name = names_.find(options.host); name != names_.end()) {
    address = name->second;
  } else if (auto v4 = Endpoint::parse(options.host + ":0")) {
    address = *v4;
  } else if (auto v6 = Endpoint::parse("[" + options.host + "]:0")) {
    address = *v6;
  }
  auto found = listeners_.find(address.with_port(options.port));
  if (found == listeners_.end()) found = listeners_.find(Endpoint().with_port(options.port));
  return found == listeners_.end() ? nullptr : found->second;
}

void MemoryStreamNetwork::connect_now(const ConnectOptions& options,
                                      const ConnectHandler& on_connect) {
  auto refuse = [&](const char* reason) {
    auto address = options.host + ":" + std::to_string(options.port);
    on_connect(fail(connect_failed, {{"address", address}, {"reason", reason}}));
  };
  auto* listener = refuse_ ? nullptr : find(options);
  if (listener == nullptr) return refuse("connection refused");
  auto is_tls = options.tls != nullptr;
  if (is_tls != (listener->options().tls != nullptr)) return refuse("TLS on one side only");
  auto client_end = Endpoint::v4({127, 0, 0, 1}, next_port_++);
  auto slot = listener->take_slot(client_end);
  if (!slot) return refuse("closed by peer");
  auto server = std::make_shared<MemoryStream>(
      loop_, MemoryStreamParts{listener->options().stream, options_, listener->local(), client_end,
                               is_tls, std::move(slot)});
  auto client = std::make_shared<MemoryStream>(
      loop_,
      MemoryStreamParts{options.stream, options_, client_end, listener->local(), is_tls, nullptr});
  MemoryStream::join(server, client);
  std::erase_if(streams_, [](const auto& stream) { return stream->finished(); });
  streams_.insert(streams_.end(), {server, client});
  auto server_handler = listener->accept(server);
  if (!server_handler) server->abort();
  server->set_handler(std::move(server_handler));
  auto client_handler = on_connect(std::shared_ptr<Stream>(client));
  if (!client_handler) client->abort();
  client->set_handler(std::move(client_handler));
}

void MemoryStreamNetwork::break_connections() {
  for (auto& stream : std::exchange(streams_, {})) {
    loop_.post([stream] { stream->break_now(); });
  }
}

}  // namespace ff::net
