// Whatever bytes come: no crash, and what is read can be written and read again to the same
// message.
#include <google/protobuf/message.h>

#include <cstdlib>
#include <string_view>

#include "protocol/api_json/any_type.hpp"
#include "protocol/api_json/api_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* type : {"/ttn.lorawan.v3.ApplicationUp", "/ttn.lorawan.v3.SetEndDeviceRequest",
                           "/ttn.lorawan.v3.Event"}) {
    auto message = ff::api_json::make_any_content(type);
    if (!ff::api_json::from_json(text, *message)) continue;
    auto json = ff::api_json::to_json(*message);
    if (!json) continue;  // Deeper on the way out than on the way in.
    auto again = ff::api_json::make_any_content(type);
    if (!ff::api_json::from_json(*json, *again) || *ff::api_json::to_json(*again) != *json)
      std::abort();
  }
  return 0;
}
