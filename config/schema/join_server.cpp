// `js.*`: devices' root keys and joins. Defaults are the reference's. [spec
// configuration-and-metrics §7]
#include "config/schema/schema.hpp"

namespace ff::config {

std::vector<Knob> join_server_knobs() {
  return {
      {"js.join-eui-prefix", "JoinEUIs this join server answers for.", "0000000000000000/0",
       many(join_eui_prefix(), FF_PLACE(js.join_eui_prefixes))},
      {"js.default-join-eui", "JoinEUI offered to clients that register a device without one.",
       "0000000000000000", one(join_eui(), FF_PLACE(js.default_join_eui))},
      {"js.device-kek-label",
       "Label of the key vault's key that root keys are wrapped with at rest; empty: the server's "
       "own.",
       "", one(label_or_nothing(), FF_PLACE(js.device_kek_label))},
      {"js.dev-nonce-limit", "DevNonces remembered per device, of all versions.", "1000",
       one(count<std::size_t>(1, 65'536), FF_PLACE(js.dev_nonce_limit))},
      {"js.session-key-limit", "Sessions of a device whose keys are kept.", "10",
       one(count<std::size_t>(1, 1'000), FF_PLACE(js.session_key_limit))},
  };
}

}  // namespace ff::config
