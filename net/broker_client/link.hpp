// INTERNAL. Link: what connections of both libraries share: jobs one after the other, what is told
// and when no more, room for what arrives.
#pragma once

#include <atomic>
#include <memory>

#include "net/broker_client/client.hpp"
#include "net/broker_client/pem_file.hpp"
#include "net/broker_client/worker_pool.hpp"

namespace ff::net::broker_client {

/// What all links of a client share. Outlives them, but for the pool, which ends with the client.
struct Surroundings {
  Surroundings(BrokerClientOptions given, std::string authorities)
      : options(std::move(given)), ca(std::move(authorities)), ca_file(ca) {}
  const BrokerClientOptions options;
  const std::string ca;  // PEM
  const PemFile ca_file;
  /// Null when the client has ended.
  std::unique_ptr<WorkerPool> pool;
};
using SurroundingsPtr = std::shared_ptr<Surroundings>;

class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(SurroundingsPtr surroundings, BrokerTarget target, Listen listen);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  // Any thread.
  void open();
  void close();
  virtual void publish(Publication publication) = 0;

 protected:
  // On the strand, one at a time; must not throw.
  virtual void do_open() = 0;
  virtual void do_close() = 0;

  /// Runs `job` on the strand unless the link is closed by then. Any thread.
  void post(std::function<void()> job);
  /// Any thread; in the order of the calls of each thread.
  void tell(BrokerEvent event);
  /// The last that is told: Failed before Connected, else Lost. On the strand.
  void give_up(Error error);
  /// On the strand.
  void connected();
  /// Tells of a message, or counts it if it has no room. Any thread.
  void arrived(std::string_view topic, ByteView body);

  const BrokerTarget& target() const noexcept { return target_; }
  const BrokerClientOptions& options() const noexcept { return surroundings_->options; }
  const Surroundings& surroundings() const noexcept { return *surroundings_; }

 private:
  SurroundingsPtr surroundings_;
  WorkerPool* pool_;  // null when it has ended
  BrokerTarget target_;
  Listen listen_;
  WorkerPool::StrandPtr strand_ = std::make_shared<WorkerPool::Strand>();
  std::atomic<bool> closed_{false};
  bool connected_ = false;  // on the strand
  bool over_ = false;       // on the strand
  std::shared_ptr<std::atomic<std::size_t>> waiting_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  std::atomic<std::uint64_t> dropped_{0};
};
using LinkPtr = std::shared_ptr<Link>;

LinkPtr make_mqtt_link(SurroundingsPtr surroundings, BrokerTarget target, Listen listen);
LinkPtr make_nats_link(SurroundingsPtr surroundings, BrokerTarget target, Listen listen);

}  // namespace ff::net::broker_client
