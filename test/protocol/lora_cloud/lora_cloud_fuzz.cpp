// Whatever a server answers or a device sends: no crash, and what is said to be a place is one.
#include "protocol/base/assert.hpp"
#include "protocol/lora_cloud/device_management.hpp"
#include "protocol/lora_cloud/geolocation.hpp"

namespace {

void check(const std::optional<ff::Location>& location) {
  if (!location) return;
  FF_ASSERT(location->latitude >= -90 && location->latitude <= 90);
  FF_ASSERT(location->longitude >= -180 && location->longitude <= 180);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff;
  const ByteView bytes(data, size);
  const auto text = as_text(bytes);
  if (const auto answer = lora_cloud::parse_device_answer(text, DevEui{0x0123456789ABCDEF})) {
    check(answer->position);
    for (const auto& record : answer->stream_records)
      ignore(lora_cloud::scans_in(record), "any outcome is fine");
  }
  using lora_cloud::Solver;
  for (const auto solver : {Solver::lora, Solver::gnss, Solver::wifi}) {
    if (const auto answer = lora_cloud::parse_solver_answer(solver, text)) check(answer->location);
  }
  ignore(lora_cloud::scans_in(bytes), "any outcome is fine");
  lora_cloud::gnss_scan_in(text);
  lora_cloud::wifi_request({}, lora_cloud::access_points_in(text));
  return 0;
}
