#include "tools/sim/mqtt_application.hpp"

#include <mqtt/async_client.h>

#include <atomic>
#include <mutex>

#include "protocol/base/base64.hpp"

namespace ff::sim {
namespace {

constexpr auto connect_timeout = std::chrono::seconds{10};
/// A server that starts again should not wait long for us.
constexpr auto reconnect_min = std::chrono::seconds{1};
constexpr auto reconnect_max = std::chrono::seconds{2};
constexpr int queued_publications_max = 100'000;

std::string push_document(FPort f_port, ByteView payload) {
  return R"({"downlinks":[{"f_port":)" + std::to_string(f_port.value()) + R"(,"frm_payload":")" +
         base64_encode(payload) + R"(","priority":"NORMAL"}]})";
}

mqtt::connect_options connect_options(const MqttOptions& options, const std::string& user) {
  return mqtt::connect_options_builder()
      .clean_session(true)
      .user_name(user)
      .password(options.password)
      .connect_timeout(connect_timeout)
      .keep_alive_interval(std::chrono::seconds{30})
      .max_inflight(1000)
      .automatic_reconnect(reconnect_min, reconnect_max)
      .finalize();
}

}  // namespace

/// Keeps the library's types out of the header.
class MqttApplication::Client final : public mqtt::callback {
 public:
  Client(const MqttOptions& options, std::string application_id, std::function<MonoTime()> clock)
      : options_(options),
        clock_(std::move(clock)),
        up_(options.topic, application_id),
        push_(options.push_topic, application_id),
        user_(options.user.empty() ? application_id : options.user),
        client_("tcp://" + options.address, "", queued_publications_max) {
    client_.set_callback(*this);
  }

  Status start() {
    try {
      client_.connect(connect_options(options_, user_))->wait();
      client_.subscribe(up_.filter(), options_.qos)->wait();
    } catch (const mqtt::exception& error) {
      return fail(mqtt_failed, {{"address", options_.address}, {"reason", error.what()}});
    }
    return {};
  }

  void stop() {
    try {
      // Refused while the library connects once more.
      client_.disable_callbacks();
      if (client_.is_connected()) client_.disconnect()->wait_for(connect_timeout);
    } catch (const mqtt::exception&) {
      // The server has gone first; there is nothing left to end.
    }
  }

  std::vector<ReceivedUplink> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(received_, {});
  }

  void push_downlink(std::string_view device_id, FPort f_port, ByteView payload) {
    try {
      client_.publish(push_.topic(device_id), push_document(f_port, payload), 0, false);
    } catch (const mqtt::exception&) {
      // Not connected: the downlink is missed in the report as one that was not received.
    }
  }

  std::uint64_t connections_lost() const noexcept { return lost_; }

 private:
  void message_arrived(mqtt::const_message_ptr message) override {
    const auto now = clock_();
    const auto device_id = up_.device_id(message->get_topic());
    if (!device_id) return;
    const auto& payload = message->get_payload_ref();
    auto uplink = find_uplink({payload.data(), payload.length()});
    if (!uplink) return;
    const std::lock_guard lock(mutex_);
    received_.push_back({std::string(*device_id), *std::move(uplink), now});
  }
  void connection_lost(const std::string&) override { ++lost_; }
  void connected(const std::string&) override {
    // After a reconnection the session is new; start() subscribes the first time.
    if (lost_ == 0) return;
    try {
      client_.subscribe(up_.filter(), options_.qos);
    } catch (const mqtt::exception&) {
      // Gone again: the next connection comes here too.
    }
  }

  const MqttOptions options_;
  const std::function<MonoTime()> clock_;
  const TopicTemplate up_;
  const TopicTemplate push_;
  const std::string user_;
  mqtt::async_client client_;
  std::mutex mutex_;  // Guards received_.
  std::vector<ReceivedUplink> received_;
  std::atomic<std::uint64_t> lost_{0};
};

MqttApplication::MqttApplication(const MqttOptions& options, std::string application_id,
                                 std::function<MonoTime()> clock)
    : client_(std::make_unique<Client>(options, std::move(application_id), std::move(clock))) {}
MqttApplication::~MqttApplication() = default;

Status MqttApplication::start() {
  return client_->start();
}
std::vector<ReceivedUplink> MqttApplication::take() {
  return client_->take();
}
void MqttApplication::push_downlink(std::string_view device_id, FPort f_port, ByteView payload) {
  client_->push_downlink(device_id, f_port, payload);
}
std::uint64_t MqttApplication::connections_lost() const noexcept {
  return client_->connections_lost();
}
void MqttApplication::stop() {
  client_->stop();
}

}  // namespace ff::sim
