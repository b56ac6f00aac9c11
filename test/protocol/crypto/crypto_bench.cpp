// What AES and CMAC cost per backend, and what finding a frame's key among many costs. Not a test.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "protocol/crypto/cmac.hpp"

namespace ff::crypto {
namespace {

constexpr std::size_t message_size = 29;  // A PHYPayload of 33 bytes without its MIC.

const Aes128Backend* backend_of(const benchmark::State& state) {
  return state.range(0) == 0 ? &evp_backend() : aes_instructions_backend();
}

std::vector<Aes128Key> random_keys(std::size_t count) {
  std::mt19937 random(1);
  std::vector<Aes128Key> keys;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::uint8_t, 16> bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    keys.emplace_back(bytes);
  }
  return keys;
}

void key_schedule(benchmark::State& state) {
  const auto* backend = backend_of(state);
  if (backend == nullptr) return state.SkipWithError("no AES instructions here");
  const auto key = random_keys(1)[0];
  for (auto _ : state) benchmark::DoNotOptimize(CmacKey(key, *backend));
}

void cmac_cached(benchmark::State& state) {
  const auto* backend = backend_of(state);
  if (backend == nullptr) return state.SkipWithError("no AES instructions here");
  const CmacKey key(random_keys(1)[0], *backend);
  const Bytes message(message_size, 0x55);
  for (auto _ : state) benchmark::DoNotOptimize(key.mac(Block{}, message));
}

void cmac_uncached(benchmark::State& state) {
  const auto* backend = backend_of(state);
  if (backend == nullptr) return state.SkipWithError("no AES instructions here");
  const auto key = random_keys(1)[0];
  const Bytes message(message_size, 0x55);
  for (auto _ : state) benchmark::DoNotOptimize(CmacKey(key, *backend).mac(Block{}, message));
}

/// The worst case: no candidate matches.
void match_cached(benchmark::State& state) {
  const auto* backend = backend_of(state);
  if (backend == nullptr) return state.SkipWithError("no AES instructions here");
  std::vector<CmacKey> keys;
  for (const auto& key : random_keys(static_cast<std::size_t>(state.range(1))))
    keys.emplace_back(key, *backend);
  std::vector<Candidate<CmacKey>> candidates;
  for (const auto& key : keys) candidates.push_back({&key, 7, 0x12345678, 0xffffffff});
  const Bytes message(message_size, 0x55);
  for (auto _ : state) benchmark::DoNotOptimize(match(candidates, Block{}, message));
  state.SetItemsProcessed(state.iterations() * state.range(1));
}

void match_uncached(benchmark::State& state) {
  const auto keys = random_keys(static_cast<std::size_t>(state.range(0)));
  std::vector<Candidate<Aes128Key>> candidates;
  for (const auto& key : keys) candidates.push_back({&key, 7, 0x12345678, 0xffffffff});
  const Bytes message(message_size, 0x55);
  for (auto _ : state) benchmark::DoNotOptimize(match(candidates, Block{}, message));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// First argument: 0 EVP, 1 AES instructions.
BENCHMARK(key_schedule)->Arg(0)->Arg(1);
BENCHMARK(cmac_cached)->Arg(0)->Arg(1);
BENCHMARK(cmac_uncached)->Arg(0)->Arg(1);
BENCHMARK(match_cached)->ArgsProduct({{0, 1}, {1, 8, 10000}});
BENCHMARK(match_uncached)->Arg(1)->Arg(8)->Arg(10000);

}  // namespace
}  // namespace ff::crypto

BENCHMARK_MAIN();
