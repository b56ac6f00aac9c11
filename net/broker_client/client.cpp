#include "net/broker_client/client.hpp"

#include <fstream>
#include <iterator>

#include "net/broker_client/link.hpp"

namespace ff::net::broker_client {
namespace {

/// Debian's ca-certificates.
constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";

class Connection final : public BrokerConnection {
 public:
  explicit Connection(LinkPtr link) : link_(std::move(link)) { link_->open(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override { link_->close(); }
  void publish(Publication publication) override { link_->publish(std::move(publication)); }

 private:
  LinkPtr link_;
};

class Client final : public BrokerClient {
 public:
  explicit Client(SurroundingsPtr surroundings) : surroundings_(std::move(surroundings)) {
    surroundings_->pool = std::make_unique<WorkerPool>(surroundings_->options.workers);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() override { surroundings_->pool.reset(); }

  std::unique_ptr<BrokerConnection> connect(BrokerTarget target, Listen listen) override {
    const auto make = target.url.is_nats() ? make_nats_link : make_mqtt_link;
    return std::make_unique<Connection>(make(surroundings_, std::move(target), std::move(listen)));
  }

 private:
  SurroundingsPtr surroundings_;
};

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<std::unique_ptr<BrokerClient>> make_broker_client(BrokerClientOptions options) {
  auto authorities = contents(system_authorities);
  if (!options.ca_file.empty()) {
    const auto own = contents(options.ca_file);
    if (own.empty())
      return fail(connection_failed, {{"reason", "`" + options.ca_file + "` can not be read"}});
    authorities += "\n" + own;
  }
  auto surroundings = std::make_shared<Surroundings>(std::move(options), std::move(authorities));
  return std::unique_ptr<BrokerClient>(std::make_unique<Client>(std::move(surroundings)));
}

}  // namespace ff::net::broker_client
