// A client's end of a WebSocket connection for tests: frames as they come, masked frames to send.
#pragma once

#include <string>
#include <vector>

#include "net/websocket/frame.hpp"

namespace ff::websocket {

/// Frames of a server, cut out of its bytes.
class FrameReader {
 public:
  struct Frame {
    FrameHeader header;
    Bytes payload;
    std::string text() const { return std::string(as_text(payload)); }
  };

  /// False when the bytes are no frames.
  bool feed(ByteView bytes) {
    while (!bytes.empty()) {
      if (!current_) {
        const auto progress = decoder_.feed(bytes);
        if (progress.failed) return false;
        bytes = bytes.subspan(progress.consumed);
        if (progress.header) current_ = Frame{*progress.header, {}};
      } else {
        const auto size = std::min<std::size_t>(
            bytes.size(), current_->header.payload_size - current_->payload.size());
        append(current_->payload, bytes.first(size));
        bytes = bytes.subspan(size);
      }
      if (current_ && current_->payload.size() == current_->header.payload_size) {
        frames.push_back(std::move(*current_));
        current_.reset();
      }
    }
    return true;
  }

  std::vector<Frame> frames;

 private:
  HeaderDecoder decoder_;
  std::optional<Frame> current_;
};

inline Bytes client_frame(Opcode opcode, std::string_view payload, bool fin = true) {
  return encode_frame({.fin = fin, .opcode = opcode, .mask = Mask{1, 2, 3, 4}}, as_bytes(payload));
}

}  // namespace ff::websocket
