// Many LoRa Basics Stations at once: each connects with TLS, asks for its configuration, and then
// sends an uplink and a time question every period. Prints what it saw as JSON: how long it took
// until all were served, how late answers were. Knows nothing of the server.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "tools/benchmarks/stations/station.hpp"

namespace ff::stations {
namespace {

struct Run {
  explicit Run(const Options& wanted) : options(wanted) {}

  void start() {
    for (std::size_t i = 0; i < options.count; ++i) {
      stations.push_back(std::make_shared<Station>(context, tls, options, i, tally));
      stations.back()->start();
    }
  }

  boost::json::object report() const {
    return {{"stations", options.count},
            {"served", tally.served},
            {"all_served_after_ms", tally.served == options.count ? tally.last_served_ms : -1},
            {"failed", tally.failed},
            {"last_failure", tally.last_failure},
            {"uplinks", tally.uplinks},
            {"answers", tally.answer_ms.size()},
            {"answer_ms",
             {{"p50", tally.percentile(0.5)},
              {"p99", tally.percentile(0.99)},
              {"max", tally.percentile(1)}}}};
  }

  const Options& options;
  boost::asio::io_context context{1};
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_client};
  Tally tally;
  std::vector<std::shared_ptr<Station>> stations;
};

int run(const Options& options) {
  Run run(options);
  boost::asio::steady_timer end(run.context, options.duration);
  end.async_wait([&](auto) { run.context.stop(); });
  boost::asio::signal_set signals(run.context, SIGINT, SIGTERM);
  signals.async_wait([&](auto, int) { run.context.stop(); });
  run.start();
  run.context.run();
  std::puts(boost::json::serialize(run.report()).c_str());
  return run.tally.served == options.count ? 0 : 1;
}

}  // namespace
}  // namespace ff::stations

int main(int argc, char** argv) {
  ff::stations::Options options;
  std::string server = "127.0.0.1:8887";
  double seconds = 30;
  double period = 10;
  CLI::App app{"Many LoRa Basics Stations at once, over TLS."};
  app.add_option("--server", server, "address of the LNS listener with TLS")->capture_default_str();
  app.add_option("--stations", options.count, "how many")->capture_default_str();
  app.add_option("--first-eui", options.first_eui, "EUI of the first one")->capture_default_str();
  app.add_option("--key", options.key, "API key that may link all of them")->envname("STATION_KEY");
  app.add_option("--duration", seconds, "seconds")->capture_default_str();
  app.add_option("--period", period, "seconds between two uplinks of a station")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto colon = server.rfind(':');
  options.host = server.substr(0, colon);
  options.port = server.substr(colon + 1);
  options.duration = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  options.period = std::chrono::milliseconds(static_cast<std::int64_t>(period * 1000));
  return ff::stations::run(options);
}
