#include "actors/application_server/integration/pubsub/back_off.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace ff::application_server::pubsub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Duration, 7> delays{milliseconds{100}, seconds{1},  seconds{10}, minutes{1},
                                         minutes{5},        minutes{15}, minutes{30}};
constexpr std::size_t usual = 4;  // of those, unless the error is persistent
constexpr std::uint64_t jitter_percent = 10;

/// An error whose own code says nothing has that of its cause. [spec application-server §14]
Code code_of(const Error& error) noexcept {
  const auto* one = &error;
  while (one->code() == Code::unknown && one->cause() != nullptr) one = one->cause();
  return one->code();
}

}  // namespace

bool is_persistent(const Error& error) noexcept {
  switch (code_of(error)) {
    case Code::failed_precondition:
    case Code::unauthenticated:
    case Code::permission_denied:
    case Code::invalid_argument:
    case Code::already_exists:
    case Code::cancelled:
    case Code::not_found:
      return true;
    default:
      return false;
  }
}

Duration back_off(std::uint64_t failures, bool persistent, Random& random) {
  const auto allowed = std::span(delays).first(persistent ? delays.size() : usual);
  const auto delay = allowed[std::min<std::uint64_t>(failures, allowed.size() - 1)];
  const auto share = static_cast<std::uint64_t>(delay.count()) / 100 * jitter_percent;
  return delay - Duration(share) + Duration(random.below(2 * share + 1));
}

}  // namespace ff::application_server::pubsub
