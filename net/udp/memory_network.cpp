#include "net/udp/memory_network.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ff::net {

class MemoryDatagramNetwork::Socket final : public DatagramSocket {
 public:
  Socket(MemoryDatagramNetwork& network, const Endpoint& local, DatagramOptions options,
         DatagramHandler on_received)
      : network_(network), local_(local), options_(options), on_received_(std::move(on_received)) {}
  ~Socket() override { network_.sockets_.erase(local_); }

  bool send(const Endpoint& to, ByteView bytes) override {
    ++counters_.sent;
    network_.send(local_, to, bytes);
    return true;
  }
  const Endpoint& local() const noexcept override { return local_; }
  DatagramCounters counters() const noexcept override { return counters_; }

  void receive(const std::vector<Flying>& batch) {
    std::vector<Datagram> datagrams;
    for (const auto& flying : batch) {
      if (flying.bytes.size() > options_.datagram_size_max) {
        ++counters_.received_truncated;
      } else {
        datagrams.push_back({flying.from, flying.bytes});
      }
    }
    counters_.received += datagrams.size();
    if (!datagrams.empty()) on_received_(datagrams);
  }

 private:
  MemoryDatagramNetwork& network_;
  const Endpoint local_;
  const DatagramOptions options_;
  DatagramHandler on_received_;
  DatagramCounters counters_;
};

MemoryDatagramNetwork::MemoryDatagramNetwork(EventLoop& loop, std::uint64_t seed,
                                             DatagramFaults faults)
    : loop_(loop), random_(make_seeded_random(seed)), faults_(faults), timer_(loop.make_timer()) {}

MemoryDatagramNetwork::~MemoryDatagramNetwork() = default;

Result<std::unique_ptr<DatagramSocket>> MemoryDatagramNetwork::open(const Endpoint& local,
                                                                    DatagramOptions options,
                                                                    DatagramHandler on_received) {
  auto bound = local;
  while (bound.port() == 0 || (local.port() == 0 && sockets_.contains(bound))) {
    bound = bound.with_port(next_port_++);
  }
  if (sockets_.contains(bound)) {
    return fail(bind_failed, {{"address", bound.to_string()}, {"reason", "address in use"}});
  }
  auto socket = std::make_unique<Socket>(*this, bound, options, std::move(on_received));
  sockets_.emplace(bound, socket.get());
  return std::unique_ptr<DatagramSocket>(std::move(socket));
}

void MemoryDatagramNetwork::send(const Endpoint& from, const Endpoint& to, ByteView bytes) {
  if (happens(faults_.drop_permille)) return;
  auto copies = happens(faults_.duplicate_permille) ? 2 : 1;
  for (int i = 0; i < copies; ++i) launch({from, to, to_owned(bytes)});
  schedule();
}

bool MemoryDatagramNetwork::happens(std::uint32_t permille) {
  return permille > 0 && random_->below(1000) < permille;
}

void MemoryDatagramNetwork::launch(Flying flying) {
  auto delay = faults_.delay_min;
  auto spread = faults_.delay_max - faults_.delay_min;
  if (spread > Duration::zero()) {
    delay += Duration(random_->below(static_cast<std::uint64_t>(spread.count()) + 1));
  }
  flying_.emplace(Key(loop_.now() + delay, ++sequence_), std::move(flying));
}

void MemoryDatagramNetwork::schedule() {
  if (flying_.empty()) return timer_->cancel();
  timer_->start(flying_.begin()->first.first - loop_.now(), [this] { deliver_due(); });
}

void MemoryDatagramNetwork::deliver_due() {
  constexpr std::size_t batch_max = 64;
  auto now = loop_.now();
  std::vector<Flying> batch;
  while (!flying_.empty() && flying_.begin()->first.first <= now && batch.size() < batch_max) {
    auto& next = flying_.begin()->second;
    if (!batch.empty() && next.to != batch.front().to) break;
    batch.push_back(std::move(next));
    flying_.erase(flying_.begin());
  }
  schedule();
  if (batch.empty()) return;
  auto socket = sockets_.find(batch.front().to);
  if (socket != sockets_.end()) socket->second->receive(batch);
}

}  // namespace ff::net
