// When a broker is connected to again. Pure. [spec integrations §3.3]
#pragma once

#include <cstdint>

#include "protocol/base/error.hpp"
#include "protocol/base/random.hpp"
#include "protocol/base/time.hpp"

namespace ff::application_server::pubsub {

/// Repeating does not help unless somebody changes something.
bool is_persistent(const Error& error) noexcept;

/// After the failure with this number, from 0: 100 ms, 1 s, 10 s, 1 min and so on; after a
/// persistent error also 5, 15, 30 min. ±10 %.
Duration back_off(std::uint64_t failures, bool persistent, Random& random);

}  // namespace ff::application_server::pubsub
