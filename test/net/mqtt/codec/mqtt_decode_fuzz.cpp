// Any bytes are packets, an incomplete packet or an error; what was understood survives being
// written and read again.
#include <cstdlib>

#include "net/mqtt/codec/decoder.hpp"
#include "net/mqtt/codec/encoder.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

/// The first byte chooses the version, the rest is the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::mqtt;
  if (size == 0) return 0;
  Decoder decoder({.packet_size_max = 4096}, static_cast<Version>(3 + data[0] % 3));
  decoder.append({data + 1, size - 1});
  for (auto packet = decoder.next(); packet && *packet; packet = decoder.next()) {
    auto version = decoder.version();
    Decoder again({}, version);
    again.append(encode(**packet, version).flat());
    auto second = again.next();
    require(second && *second && **second == **packet);
  }
  return 0;
}
