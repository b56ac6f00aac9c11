// One simulated station of the benchmark: the client's side of the LNS protocol, as little of it as
// costs the server what a station costs.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ff::stations {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string host;
  std::string port;
  std::string key;  // with or without its scheme; empty: none
  std::size_t count = 2000;
  std::uint64_t first_eui = 0xAA55000000000000;
  std::chrono::milliseconds duration{0};
  std::chrono::milliseconds period{0};
};

/// What all stations saw together.
struct Tally {
  Clock::time_point start = Clock::now();
  std::size_t served = 0;  // have their configuration
  double last_served_ms = 0;
  std::size_t failed = 0;
  std::string last_failure;
  std::uint64_t uplinks = 0;
  std::vector<double> answer_ms;  // from a time question to its answer

  /// `share` from 0 to 1; 0 when there are no answers.
  double percentile(double share) const;
};

class Station : public std::enable_shared_from_this<Station> {
 public:
  /// All references outlive the station.
  Station(boost::asio::io_context& context, boost::asio::ssl::context& tls, const Options& options,
          std::size_t number, Tally& tally);
  /// Connects, and tries again a second after a failure.
  void start();

 private:
  using Stream =
      boost::beast::websocket::stream<boost::beast::ssl_stream<boost::asio::ip::tcp::socket>>;
  using Failure = boost::system::error_code;

  void secure();
  void upgrade();
  void ask_for_configuration();
  void read();
  void on_message();
  void wait_for_period(std::chrono::milliseconds time);
  void send_uplink();
  void send(std::string text);
  void write_next();
  void fail(const char* what, const Failure& error);

  boost::asio::io_context& context_;
  boost::asio::ssl::context& tls_;
  const Options& options_;
  const std::size_t number_;
  Tally& tally_;
  std::unique_ptr<Stream> stream_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer received_;
  std::deque<std::string> outgoing_;
  bool is_served_ = false;
  std::uint16_t f_cnt_ = 0;
  std::optional<Clock::time_point> asked_at_;
};

}  // namespace ff::stations
