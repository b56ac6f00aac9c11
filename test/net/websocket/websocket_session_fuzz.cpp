#include <algorithm>
#include <string>

#include "net/websocket/session.hpp"
#include "protocol/base/assert.hpp"

namespace {

using namespace ff;
using namespace ff::websocket;

constexpr std::size_t message_size_max = 300;

/// All effects but deadlines, as text.
std::string run(ByteView bytes, std::size_t piece) {
  const auto random = make_seeded_random(1);
  Session session({.message_size_max = message_size_max}, *random, MonoTime{});
  std::string log;
  std::size_t ended = 0;
  const auto note = [&](const Effects& effects) {
    for (const auto& effect : effects) {
      log += std::to_string(effect.index());
      if (const auto* send = std::get_if<Send>(&effect)) log += as_text(send->bytes);
      if (const auto* message = std::get_if<Message>(&effect)) {
        FF_ASSERT(ended == 0);
        FF_ASSERT(message->payload.size() <= message_size_max);
        FF_ASSERT(!message->is_text || is_utf8(message->payload));
        log += as_text(message->payload);
      }
      if (std::holds_alternative<Ended>(effect)) ++ended;
    }
  };
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(piece, bytes.size()));
    note(session.receive(part, MonoTime{}));
    bytes = bytes.subspan(part.size());
  }
  note(session.transport_closed(EndCause::connection_lost));
  FF_ASSERT(ended == 1);
  return log;
}

}  // namespace

/// Whatever a peer sends, the session ends once, gives no message that breaks its limits, and the
/// same ones however the bytes are cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes{data, size};
  FF_ASSERT(run(bytes, std::max<std::size_t>(size, 1)) == run(bytes, 1));
  return 0;
}
