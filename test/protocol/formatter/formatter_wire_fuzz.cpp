// Whatever a worker writes: no crash, and an answer that is decoded has a meaning or an error.
#include <cstdlib>

#include "protocol/formatter/cayenne_lpp.hpp"
#include "protocol/formatter/outcome.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff;
  const ByteView bytes(data, size);
  formatter::FrameReader frames;
  frames.append(bytes);
  while (const auto body = frames.next()) {
    if (const auto call = formatter::decode_call(*body)) {
      formatter::FrameReader again;
      again.append(formatter::encode(*call));
      if (formatter::decode_call(again.next().value()) != call) std::abort();
    }
    const auto message = formatter::decode_from_worker(*body);
    if (!message) continue;
    if (const auto* answer = std::get_if<formatter::Answer>(&*message)) {
      ignore(formatter::decoded_uplink(*answer), "any outcome is fine");
      ignore(formatter::encoded_downlink(*answer), "any outcome is fine");
      ignore(formatter::decoded_downlink(*answer), "any outcome is fine");
    }
  }
  // The same octets as a payload, and as an answer's text.
  ignore(formatter::decode_cayenne_uplink(bytes), "any outcome is fine");
  const std::string text(as_text(bytes));
  ignore(formatter::encode_cayenne_downlink(text), "any outcome is fine");
  ignore(formatter::decoded_uplink({.text = text, .normalized = text}), "any outcome is fine");
  return 0;
}
