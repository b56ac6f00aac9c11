// The application on the other side of the server, over MQTT: collects uplinks, pushes downlinks.
// Not the comparison with what was sent (core/delivery.hpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/result.hpp"
#include "protocol/base/time.hpp"
#include "tools/sim/core/application_message.hpp"
#include "tools/sim/options.hpp"

namespace ff::sim {

inline constexpr ErrorDef mqtt_failed{"tools/sim", "mqtt", Code::unavailable,
                                      "MQTT server `{address}`: {reason}"};

struct ReceivedUplink {
  std::string device_id;
  ApplicationUplink uplink;
  MonoTime at;
};

class MqttApplication {
 public:
  /// `clock` is called on the client's own thread.
  MqttApplication(const MqttOptions& options, std::string application_id,
                  std::function<MonoTime()> clock);
  ~MqttApplication();

  /// Connects and subscribes; blocks until that is done or failed.
  Status start();
  /// What came since the last call. Any thread.
  std::vector<ReceivedUplink> take();
  /// Any thread; does not wait.
  void push_downlink(std::string_view device_id, FPort f_port, ByteView payload);
  /// How often the connection was lost.
  std::uint64_t connections_lost() const noexcept;
  void stop();

 private:
  class Client;
  std::unique_ptr<Client> client_;
};

}  // namespace ff::sim
