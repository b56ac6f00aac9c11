#include "protocol/phy/frame.hpp"

#include "protocol/base/assert.hpp"

namespace ff::phy {
namespace {
constexpr unsigned bit_adr = 0x80;
constexpr unsigned bit_adr_ack_req = 0x40;  // up; reserved in downlinks since 1.0
constexpr unsigned bit_ack = 0x20;
constexpr unsigned bit_class_b_or_f_pending = 0x10;
}  // namespace

const char* to_string(MType m_type) noexcept {
  switch (m_type) {
    case MType::join_request:
      return "JOIN_REQUEST";
    case MType::join_accept:
      return "JOIN_ACCEPT";
    case MType::unconfirmed_up:
      return "UNCONFIRMED_UP";
    case MType::unconfirmed_down:
      return "UNCONFIRMED_DOWN";
    case MType::confirmed_up:
      return "CONFIRMED_UP";
    case MType::confirmed_down:
      return "CONFIRMED_DOWN";
    case MType::rejoin_request:
      return "REJOIN_REQUEST";
    case MType::proprietary:
      return "PROPRIETARY";
  }
  return "";
}

FCtrl decode_f_ctrl(std::uint8_t byte, Direction direction) noexcept {
  const bool up = direction == Direction::up;
  const bool shared = (byte & bit_class_b_or_f_pending) != 0;
  return {.adr = (byte & bit_adr) != 0,
          .adr_ack_req = up && (byte & bit_adr_ack_req) != 0,
          .ack = (byte & bit_ack) != 0,
          .class_b = up && shared,
          .f_pending = !up && shared};
}

std::uint8_t encode_f_ctrl(FCtrl f_ctrl, Direction direction, std::size_t f_opts_size) noexcept {
  FF_ASSERT(f_opts_size <= f_opts_size_max);
  const bool up = direction == Direction::up;
  unsigned byte = static_cast<unsigned>(f_opts_size);
  if (f_ctrl.adr) byte |= bit_adr;
  if (up && f_ctrl.adr_ack_req) byte |= bit_adr_ack_req;
  if (f_ctrl.ack) byte |= bit_ack;
  if (up ? f_ctrl.class_b : f_ctrl.f_pending) byte |= bit_class_b_or_f_pending;
  return static_cast<std::uint8_t>(byte);
}

}  // namespace ff::phy
