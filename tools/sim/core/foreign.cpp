#include "tools/sim/core/foreign.hpp"

namespace ff::sim {
namespace {

constexpr std::uint8_t join_request_header = 0x00;
constexpr std::uint8_t unconfirmed_up_header = 0x40;
constexpr std::uint8_t adr_without_f_opts = 0x80;
constexpr std::size_t join_request_size = 23;
constexpr std::size_t data_size_min = 13;
constexpr std::size_t f_ctrl_place = 5;
constexpr std::size_t f_port_place = 8;

}  // namespace

Bytes foreign_frame(Random& random) {
  const bool join = random.below(8) == 0;
  Bytes frame(join ? join_request_size : data_size_min + random.below(30));
  random.fill(frame);
  frame[0] = join ? join_request_header : unconfirmed_up_header;
  if (join) return frame;
  frame[f_ctrl_place] = adr_without_f_opts;
  frame[f_port_place] = static_cast<std::uint8_t>(1 + random.below(223));
  return frame;
}

}  // namespace ff::sim
