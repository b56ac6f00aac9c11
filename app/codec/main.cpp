// farfield-codec: runs strangers' payload formatters for a server that has started it, with the
// socket between them as file 3. Not for people. usage: farfield-codec CPU-MS MEMORY-BYTES REALMS
// NICE
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <optional>

#include "app/codec/sandbox.hpp"
#include "app/codec/worker.hpp"

namespace {

using namespace ff;

constexpr int usage = 64;
constexpr int no_engine = 70;
constexpr int no_sandbox = 71;
constexpr std::size_t nice_max = 19;

/// For the library, the compiled code and what a hundred milliseconds add before the limit is seen.
constexpr std::size_t memory_base = std::size_t{192} << 20U;
constexpr std::size_t memory_per_realm = std::size_t{256} << 10U;

std::optional<std::size_t> number(const char* text, std::size_t min = 1) {
  std::size_t value = 0;
  const auto* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc{} || stop != end || value < min) return std::nullopt;
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return usage;
  const auto cpu = number(argv[1]);
  const auto memory = number(argv[2]);
  const auto realms = number(argv[3]);
  const auto nice = number(argv[4], 0);
  if (!cpu || !memory || !realms || !nice || *nice > nice_max) return usage;
  // Refused by no system: a process may always be nicer.
  setpriority(PRIO_PROCESS, 0, static_cast<int>(*nice));
  signal(SIGPIPE, SIG_IGN);
  codec::leave_the_system();
  const codec::Limits limits{std::chrono::milliseconds{*cpu}, *memory, *realms};
  auto engine = codec::Engine::start(limits);
  if (!engine) return no_engine;
  engine->warm_up();
  if (!codec::enter_sandbox(memory_base + *memory + *realms * memory_per_realm)) return no_sandbox;
  // The engine's threads have no part in an orderly end.
  _exit(static_cast<int>(codec::serve(*engine, codec::server_fd)));
}
