// What finding a frame's session among many on one address costs.   usage: match_bench [google
// benchmark flags]
#include <benchmark/benchmark.h>

#include "actors/network_server/shard/address_index.hpp"
#include "protocol/base/random.hpp"
#include "protocol/phy/seal.hpp"

namespace {

using namespace ff;

constexpr DevAddr address{0x260b1234};

Aes128Key random_key(Random& random) {
  Bytes bytes(Aes128Key::size);
  random.fill(bytes);
  return Aes128Key::from(bytes);
}

/// The frame is the last candidate's: the whole address is searched.
void find_last_of(benchmark::State& state) {
  auto random = make_seeded_random(1);
  network_server::AddressIndex index;
  Aes128Key last;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    last = random_key(*random);
    index.set(address, {.device = std::make_shared<const DeviceUid>(DeviceUid{
                            ApplicationId("bench"), DeviceId("dev-" + std::to_string(i))}),
                        .f_nwk_s_int_key = last,
                        .last_f_cnt_up = FCnt32{100},
                        .mac_version = MacVersion::v1_0_3});
  }
  phy::DataFrame frame;
  frame.dev_addr = address;
  frame.f_port = FPort{1};
  frame.frm_payload = Bytes(20, 7);
  const auto bytes = phy::seal_frame(frame, {last, last, last}, {.f_cnt = FCnt32{101}}).value();
  const auto view = phy::decode_data_frame(bytes).value();
  for (auto _ : state) {
    if (!index.match(view)) state.SkipWithError("the frame was not found");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(find_last_of)->Arg(1)->Arg(100)->Arg(10'000);

}  // namespace

BENCHMARK_MAIN();
