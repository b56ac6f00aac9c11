#include "tools/benchmarks/stations/station.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ff::stations {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr const char* version =
    R"x({"msgtype":"version","station":"2.0.6(linux/std)","firmware":null,"package":null,)x"
    R"x("model":"linux","protocol":2,"features":"rmtsh"})x";

std::int64_t microseconds(Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// A frame of a device that nobody knows: what the gateway server does with it is what is measured.
std::string uplink(std::uint16_t f_cnt, std::int64_t counter_us) {
  constexpr std::int64_t session = std::int64_t{0x5a} << 48;
  char text[512];
  std::snprintf(text, sizeof text,
                R"({"msgtype":"updf","MHdr":64,"DevAddr":%d,"FCtrl":128,"FCnt":%u,"FOpts":"",)"
                R"("FPort":1,"FRMPayload":"a1b2c3d4","MIC":-77,"RefTime":0,"DR":5,)"
                R"("Freq":868100000,"upinfo":{"rctx":0,"xtime":%lld,"gpstime":0,"fts":-1,)"
                R"("rssi":-90,"snr":7.5,"rxtime":1700000001.1}})",
                0x26012345, static_cast<unsigned>(f_cnt),
                static_cast<long long>(session | (counter_us & 0xffffffffffff)));
  return text;
}

std::string time_question(std::int64_t counter_us) {
  return R"({"msgtype":"timesync","txtime":)" + std::to_string(counter_us) + "}";
}

}  // namespace

double Tally::percentile(double share) const {
  if (answer_ms.empty()) return 0;
  auto sorted = answer_ms;
  std::sort(sorted.begin(), sorted.end());
  const auto index = std::ceil(share * static_cast<double>(sorted.size())) - 1;
  return sorted[static_cast<std::size_t>(std::max(index, 0.0))];
}

Station::Station(boost::asio::io_context& context, boost::asio::ssl::context& tls,
                 const Options& options, std::size_t number, Tally& tally)
    : context_(context),
      tls_(tls),
      options_(options),
      number_(number),
      tally_(tally),
      timer_(context) {}

void Station::start() {
  stream_ = std::make_unique<Stream>(context_, tls_);
  received_.clear();
  outgoing_.clear();
  asked_at_.reset();
  const boost::asio::ip::tcp::endpoint server(boost::asio::ip::make_address(options_.host),
                                              static_cast<std::uint16_t>(std::stoi(options_.port)));
  beast::get_lowest_layer(*stream_).async_connect(
      server, [self = shared_from_this()](Failure error) {
        if (error) return self->fail("connect", error);
        // Else a question waits for the acknowledgement of the uplink before it: 40 ms.
        beast::get_lowest_layer(*self->stream_).set_option(boost::asio::ip::tcp::no_delay(true));
        self->secure();
      });
}

void Station::secure() {
  stream_->next_layer().async_handshake(boost::asio::ssl::stream_base::client,
                                        [self = shared_from_this()](Failure error) {
                                          if (error) return self->fail("TLS", error);
                                          self->upgrade();
                                        });
}

void Station::upgrade() {
  stream_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
    if (!options_.key.empty()) request.set(beast::http::field::authorization, options_.key);
  }));
  char path[64];
  std::snprintf(path, sizeof path, "/traffic/eui-%016llX",
                static_cast<unsigned long long>(options_.first_eui + number_));
  stream_->async_handshake(options_.host + ":" + options_.port, path,
                           [self = shared_from_this()](Failure error) {
                             if (error) return self->fail("WebSocket", error);
                             self->ask_for_configuration();
                           });
}

void Station::ask_for_configuration() {
  send(version);
  read();
}

void Station::read() {
  stream_->async_read(received_, [self = shared_from_this()](Failure error, std::size_t) {
    if (error) return self->fail("read", error);
    self->on_message();
    self->received_.clear();
    self->read();
  });
}

void Station::on_message() {
  const std::string_view text(static_cast<const char*>(received_.data().data()), received_.size());
  if (text.find(R"("router_config")") != std::string_view::npos) {
    if (!std::exchange(is_served_, true)) {
      ++tally_.served;
      tally_.last_served_ms = milliseconds(Clock::now() - tally_.start);
    }
    // Spread over the period, as stations that were switched on at some time are.
    const auto share = static_cast<double>(number_) / static_cast<double>(options_.count);
    wait_for_period(std::chrono::milliseconds(
        static_cast<std::int64_t>(share * static_cast<double>(options_.period.count()))));
  } else if (text.find(R"("timesync")") != std::string_view::npos && asked_at_) {
    tally_.answer_ms.push_back(milliseconds(Clock::now() - *asked_at_));
    asked_at_.reset();
  }
}

void Station::wait_for_period(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](Failure error) {
    if (error) return;
    self->send_uplink();
    self->wait_for_period(self->options_.period);
  });
}

void Station::send_uplink() {
  ++tally_.uplinks;
  const auto now = Clock::now();
  send(uplink(++f_cnt_, microseconds(now)));
  asked_at_ = now;
  send(time_question(microseconds(now)));
}

void Station::send(std::string text) {
  outgoing_.push_back(std::move(text));
  if (outgoing_.size() == 1) write_next();
}

void Station::write_next() {
  stream_->async_write(boost::asio::buffer(outgoing_.front()),
                       [self = shared_from_this()](Failure error, std::size_t) {
                         if (error) return self->fail("write", error);
                         self->outgoing_.pop_front();
                         if (!self->outgoing_.empty()) self->write_next();
                       });
}

/// Reading and writing may both say that the connection is gone: it is started once.
void Station::fail(const char* what, const Failure& error) {
  if (error == boost::asio::error::operation_aborted) return;
  ++tally_.failed;
  tally_.last_failure = std::string(what) + ": " + error.message();
  if (std::exchange(is_served_, false)) --tally_.served;
  timer_.expires_after(std::chrono::seconds(1));
  timer_.async_wait([self = shared_from_this()](Failure cancelled) {
    if (!cancelled) self->start();
  });
}

}  // namespace ff::stations
