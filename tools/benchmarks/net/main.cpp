// net_bench: HTTP requests per second and UDP datagrams per second of net/ over loopback, clients
// in this process. Not a test: it prints numbers. `net_bench [seconds] [connections]`.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/http/server.hpp"
#include "net/runtime/runtime.hpp"
#include "net/stream/tcp.hpp"
#include "net/tls/self_signed.hpp"
#include "net/udp/udp.hpp"
#include "protocol/base/random.hpp"

namespace {

using namespace ff;
using namespace ff::net;
using Clock = std::chrono::steady_clock;

constexpr std::string_view request_text = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends the next request when the answer to the last is complete.
class HttpClient final : public StreamHandler {
 public:
  HttpClient(std::shared_ptr<Stream> stream, std::size_t answer_size,
             std::atomic<std::uint64_t>& count)
      : stream_(std::move(stream)), answer_size_(answer_size), count_(count) {
    stream_->write(as_bytes(request_text));
  }
  void on_data(ByteView bytes) override {
    received_ += bytes.size();
    if (received_ < answer_size_) return;
    received_ = 0;
    count_.fetch_add(1, std::memory_order_relaxed);
    stream_->write(as_bytes(request_text));
  }
  void on_closed(CloseReason) override { stream_.reset(); }

 private:
  std::shared_ptr<Stream> stream_;
  const std::size_t answer_size_;
  std::atomic<std::uint64_t>& count_;
  std::size_t received_ = 0;
};

double rate(std::atomic<std::uint64_t>& count, double seconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  auto first = count.load();
  auto begin = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  auto elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  return static_cast<double>(count.load() - first) / elapsed;
}

double http_rate(bool tls, double seconds, int connections) {
  Runtime server_runtime(1);
  Runtime client_runtime(1);
  auto server_network = make_tcp_network(server_runtime);
  auto client_network = make_tcp_network(client_runtime);
  http::HttpServer server({}, [](http::Request, std::shared_ptr<http::ResponseWriter> response) {
    response->respond(200, "application/json", R"({"status":"OK"})");
  });
  ListenOptions listen;
  ConnectOptions connect;
  connect.host = "127.0.0.1";
  if (tls) {
    auto random = make_secure_random();
    auto now = UtcTime(std::chrono::system_clock::now().time_since_epoch());
    auto pair = tls::make_self_signed({}, now, *random);
    listen.tls = *tls::ServerContext::create(*pair);
    connect.tls = *tls::ClientContext::create({.roots_pem = pair->certificate_pem});
  }
  auto listener =
      server_network->listen(Endpoint::v4({127, 0, 0, 1}, 0), listen, server.acceptor());
  if (!listener) return 0;
  connect.port = (*listener)->local().port();
  std::atomic<std::uint64_t> count{0};
  const auto answer_size = std::string(
                               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Content-Length: 15\r\n\r\n{\"status\":\"OK\"}")
                               .size();
  server_runtime.start();
  client_runtime.start();
  for (int i = 0; i < connections; ++i) {
    client_network->connect(connect, [&](Result<std::shared_ptr<Stream>> stream) {
      return stream ? std::make_shared<HttpClient>(*stream, answer_size, count) : nullptr;
    });
  }
  auto result = rate(count, seconds);
  client_runtime.stop();
  server_runtime.stop();
  return result;
}

struct UdpRates {
  double received = 0;
  double sent = 0;
};

/// One sender as fast as its queue takes it; the receiver only counts.
UdpRates udp_rate(double seconds) {
  Runtime receiver_runtime(1);
  Runtime sender_runtime(1);
  std::atomic<std::uint64_t> count{0};
  auto receiver =
      make_udp_network(receiver_runtime)
          ->open(Endpoint::v4({127, 0, 0, 1}, 0), {}, [&](std::span<const Datagram> batch) {
            count.fetch_add(batch.size(), std::memory_order_relaxed);
          });
  auto sender =
      make_udp_network(sender_runtime)->open(Endpoint::v4({127, 0, 0, 1}, 0), {}, [](auto) {});
  if (!receiver || !sender) return {};
  receiver_runtime.start();
  sender_runtime.start();
  std::atomic<bool> stop{false};
  Bytes payload(250, 'u');
  // A task that posts itself: fills the queue, and the flush follows on the same loop.
  std::function<void()> fill = [&] {
    for (int i = 0; i < 512; ++i) (*sender)->send((*receiver)->local(), payload);
    if (!stop) sender_runtime.loop(0).post(fill);
  };
  sender_runtime.loop(0).post(fill);
  auto sent_before = (*sender)->counters().sent;
  auto received = rate(count, seconds);
  auto sent = static_cast<double>((*sender)->counters().sent - sent_before) / (seconds + 0.3);
  stop = true;
  sender_runtime.stop();
  receiver_runtime.stop();
  return {received, sent};
}

}  // namespace

int main(int argc, char** argv) {
  auto seconds = argc > 1 ? std::atof(argv[1]) : 3.0;
  auto connections = argc > 2 ? std::atoi(argv[2]) : 32;
  std::printf("http  %d connections: %.0f requests/s\n", connections,
              http_rate(false, seconds, connections));
  std::printf("https %d connections: %.0f requests/s\n", connections,
              http_rate(true, seconds, connections));
  auto udp = udp_rate(seconds);
  std::printf("udp   250 bytes: sent %.0f/s, received %.0f/s\n", udp.sent, udp.received);
  return 0;
}
