// Any bytes in any pieces, with deliveries and deadlines in between: no crash, Ended comes last and
// once.
#include <cstdlib>

#include "test/net/mqtt/scripted_owner.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

/// The first byte is the size of the pieces and says how much happens between them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff::mqtt;
  if (size == 0) return 0;
  ScriptedOwner owner({.decode = {.packet_size_max = 4096},
                       .requests_max = 1U + data[0] % 4,
                       .receive_maximum = 4,
                       .unreleased_max = 8,
                       .in_flight_max = 2});
  owner.start();
  ff::ByteView rest(data + 1, size - 1);
  std::size_t piece = 1 + data[0] % 61;
  for (std::uint64_t token = 1; !rest.empty(); ++token) {
    auto taken = std::min(piece, rest.size());
    owner.receive(rest.first(taken));
    rest = rest.subspan(taken);
    owner.now += std::chrono::seconds(data[0] / 32);
    if (data[0] % 2 == 0)
      owner.deliver({.topic = "t"}, {.qos = QoS::at_least_once, .token = DeliveryToken(token)});
    if (data[0] % 3 == 0) owner.deadline_passed();
  }
  owner.closed();
  std::size_t ended = 0;
  for (const auto& effect : owner.seen()) {
    bool after_end_only_discards = ended == 0 || std::holds_alternative<Discarded>(effect);
    require(after_end_only_discards);
    ended += std::holds_alternative<Ended>(effect) ? 1U : 0U;
    require(!to_string(effect, owner.session().version()).empty());
  }
  require(ended == 1);
  return 0;
}
