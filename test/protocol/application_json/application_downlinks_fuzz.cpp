// Any text as a push request: never throws or crashes, and what is accepted is within the bounds.
#include <cstdint>
#include <cstdlib>

#include "protocol/application_json/parser.hpp"
#include "protocol/application_json/writer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = ff::as_text({data, size});
  const auto downlinks = ff::application_json::parse_downlinks(text);
  if (!downlinks) return 0;
  for (const auto& downlink : *downlinks) {
    if (downlink.frm_payload.size() > 255) std::abort();
  }
  // What we accept we can write, and read again as the same.
  const auto again =
      ff::application_json::parse_downlinks(ff::application_json::to_json(*downlinks));
  if (!again || *again != *downlinks) std::abort();
  return 0;
}
