// Any octets as MAC commands of either direction: never a crash, and what was decoded encodes to
// what was consumed.
#include <cstdlib>

#include "protocol/mac/command/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::mac;
  for (const auto side : {Direction::uplink, Direction::downlink}) {
    for (const std::uint32_t step : {100U, 200U}) {
      const Decoded decoded = decode(ff::ByteView(data, size), side, WireFormat{step});
      std::size_t octets = 0;
      for (const Command& command : decoded.commands) {
        octets += encoded_size(command);
        if (to_string(command).empty() || direction_of(command) != side) std::abort();
      }
      if (octets != decoded.consumed) std::abort();
      const auto encoded = encode(decoded.commands, WireFormat{step});
      if (encoded && decode(*encoded, side, WireFormat{step}).commands != decoded.commands)
        std::abort();
    }
  }
  return 0;
}
