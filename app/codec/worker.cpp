#include "app/codec/worker.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace ff::codec {
namespace {

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const auto written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Answers every call that has come. Nothing: the loop goes on.
std::optional<Exit> answer_calls(Engine& engine, formatter::FrameReader& frames, int fd) {
  while (const auto body = frames.next()) {
    const auto call = formatter::decode_call(*body);
    if (!call) return Exit::broken;
    const auto answer = engine.run(*call);
    // Each by itself: the first call without an answer is the one that is running.
    if (!write_all(fd, formatter::encode(answer))) return Exit::broken;
    if (answer.retires) return Exit::retired;
  }
  return frames.is_sound() ? std::nullopt : std::optional(Exit::broken);
}

}  // namespace

Exit serve(Engine& engine, int fd) {
  if (!write_all(fd, formatter::encode(formatter::Ready{formatter::wire_version})))
    return Exit::broken;
  formatter::FrameReader frames;
  std::array<std::uint8_t, std::size_t{64} << 10U> buffer;
  for (;;) {
    const auto size = read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Exit::broken;
    if (size == 0) return Exit::closed;
    frames.append(ByteView(buffer).first(static_cast<std::size_t>(size)));
    if (const auto end = answer_calls(engine, frames, fd)) return *end;
  }
}

}  // namespace ff::codec
