// `as.*`: applications. Defaults are the reference's. [spec configuration-and-metrics §6]
#include "config/schema/schema.hpp"

namespace ff::config {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<Knob> application_server_knobs() {
  return {
      {"as.mqtt.listen", "Address of the MQTT server for applications without TLS.", ":1883",
       one(listen_address(), FF_PLACE(as.mqtt.plain))},
      {"as.mqtt.listen-tls", "The same with TLS; needs tls.source.", ":8883",
       one(listen_address(), FF_PLACE(as.mqtt.tls))},
      {"as.mqtt.sessions.max-per-application",
       "Sessions of MQTT clients kept for one application; 0: none, as in the reference.", "1000",
       one(count<std::size_t>(0, 100'000), FF_PLACE(as.mqtt_sessions.max_per_application))},
      {"as.mqtt.sessions.expiry",
       "How long the session of an MQTT 3 client outlives its connection.", "168h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.mqtt_sessions.expiry))},
      {"as.mqtt.sessions.expiry-max", "The longest time an MQTT 5 client may ask for.", "168h",
       one(duration(seconds{1}, hours{24 * 366}), FF_PLACE(as.mqtt_sessions.expiry_max))},
      {"as.mqtt.sessions.window",
       "Messages sent to a client that it has not acknowledged; it may ask for less.", "64",
       one(count<std::uint16_t>(1, 1024), FF_PLACE(as.mqtt_sessions.window))},
      {"as.mqtt.sessions.cursor-interval",
       "How often acknowledgements are written down: what may be sent again after a crash.", "1s",
       one(duration(milliseconds{100}, minutes{1}), FF_PLACE(as.mqtt_sessions.cursor_interval))},
      {"as.mqtt.sessions.sweep-interval", "How often expired sessions are looked for.", "1m",
       one(duration(seconds{1}, hours{1}), FF_PLACE(as.mqtt_sessions.sweep_interval))},
  };
}

}  // namespace ff::config
