// `as.*`: applications. Defaults are the reference's. [spec configuration-and-metrics §6]
#include "config/schema/schema.hpp"

namespace ff::config {

std::vector<Knob> application_server_knobs() {
  return {
      {"as.mqtt.listen", "Address of the MQTT server for applications without TLS.", ":1883",
       one(listen_address(), FF_PLACE(as.mqtt.plain))},
      {"as.mqtt.listen-tls", "The same with TLS; needs tls.source.", ":8883",
       one(listen_address(), FF_PLACE(as.mqtt.tls))},
  };
}

}  // namespace ff::config
